"""Entries with a damaged number seek pupils by digests; registers and rosters from before do once they come anew."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROLE = "portal_app"
OF_WHO_SEEKS = ("old_number_index", "name_birth_index", "name_place_index")


def upgrade():
    op.add_column("pupil", sa.Column("offered_keys", sa.ARRAY(sa.LargeBinary()), nullable=True))
    op.create_index("ix_pupil_offered_keys", "pupil", ["offered_keys"], postgresql_using="gin")
    for column in OF_WHO_SEEKS:
        op.create_index(f"ix_pupil_{column}", "pupil", [column], postgresql_where=sa.text("NOT id_certain"))
    op.create_table(
        "sought_key",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["register_entry.id"], name=op.f("fk_sought_key_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "entry_id", name=op.f("pk_sought_key")),
    )
    op.create_index(op.f("ix_sought_key_entry_id"), "sought_key", ["entry_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON sought_key TO {ROLE}")
    op.execute("ALTER TABLE sought_key ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY within_reach ON sought_key TO {ROLE} USING (current_setting('portal.reach', true) = 'all')"
    )


def downgrade():
    op.drop_table("sought_key")
    for column in OF_WHO_SEEKS:
        op.drop_index(f"ix_pupil_{column}", "pupil")
    op.drop_index("ix_pupil_offered_keys", "pupil")
    op.drop_column("pupil", "offered_keys")
