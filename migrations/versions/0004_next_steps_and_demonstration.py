"""The database itself refuses an open ledger row without reason, next step and date; demonstrations are marked for good."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLE = "portal_app"


def upgrade():
    op.add_column("entitlement", sa.Column("because_sealed", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_entitlement_open_has_next_step"),
        "entitlement",
        "closed_on IS NOT NULL OR (reason IS NOT NULL AND next_step <> '' AND next_step_due IS NOT NULL)",
    )
    op.create_table(
        "demonstration",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demonstration_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demonstration")),
    )
    op.execute(f"GRANT SELECT, INSERT ON demonstration TO {ROLE}")


def downgrade():
    op.drop_table("demonstration")
    op.drop_constraint(op.f("ck_entitlement_open_has_next_step"), "entitlement", type_="check")
    op.drop_column("entitlement", "because_sealed")
