"""What the national system's file has and nobody here is, and of an award whose account it went to."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR unit_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.add_column("award", sa.Column("payee_differs", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("award", "payee_differs", server_default=None)
    op.add_column("award", sa.Column("as_of", sa.Date(), nullable=True))
    op.execute("UPDATE award SET as_of = intake.as_of FROM intake WHERE intake.id = award.intake_id")
    op.create_table(
        "stray_award",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("project", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_stray_award_intake_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_stray_award_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_award")),
    )
    op.create_index(op.f("ix_stray_award_intake_id"), "stray_award", ["intake_id"])
    op.create_index(op.f("ix_stray_award_unit_id"), "stray_award", ["unit_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON stray_award TO {ROLE}")
    op.execute("ALTER TABLE stray_award ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON stray_award TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("stray_award")
    op.drop_column("award", "as_of")
    op.drop_column("award", "payee_differs")
