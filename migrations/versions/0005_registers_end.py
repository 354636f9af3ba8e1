"""Registers have a purpose and an end; a pair outlives the entry it was found by."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SAME_FILE = ["kind", "unit_id", "occasion", "category", "digest"]
ENDED = "('replaced', 'withdrawn', 'expired')"


def upgrade():
    op.add_column("intake", sa.Column("purpose", sa.String(length=32), nullable=True))
    op.add_column("intake", sa.Column("expires_on", sa.Date(), nullable=True))
    op.add_column("intake", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE intake SET purpose = 'term', expires_on = (arrived_at AT TIME ZONE 'Asia/Shanghai')::date + 365 "
        "WHERE kind = 'register'"
    )
    op.drop_constraint("uq_intake_kind_unit_id_occasion_category_digest", "intake", type_="unique")
    op.create_index(
        "uq_intake_standing", "intake", SAME_FILE, unique=True, postgresql_where=sa.text(f"state NOT IN {ENDED}")
    )
    op.add_column("match_pair", sa.Column("intake_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE match_pair SET intake_id = e.intake_id FROM register_entry e WHERE e.id = register_entry_id")
    op.alter_column("match_pair", "intake_id", nullable=False)
    op.create_foreign_key("fk_match_pair_intake_id", "match_pair", "intake", ["intake_id"], ["id"])
    op.create_index("ix_match_pair_intake_id", "match_pair", ["intake_id"])
    op.alter_column("match_pair", "register_entry_id", nullable=True)
    entry_key("SET NULL")


def entry_key(when_gone):
    op.drop_constraint("fk_match_pair_register_entry_id", "match_pair", type_="foreignkey")
    op.create_foreign_key(
        "fk_match_pair_register_entry_id",
        "match_pair",
        "register_entry",
        ["register_entry_id"],
        ["id"],
        ondelete=when_gone,
    )


def downgrade():
    """What ended cannot be told without its end: pairs without an entry, and registers that hold no longer, go."""
    op.execute("DELETE FROM match_pair WHERE register_entry_id IS NULL")
    entry_key(None)
    op.alter_column("match_pair", "register_entry_id", nullable=False)
    op.drop_index("ix_match_pair_intake_id", "match_pair")
    op.drop_constraint("fk_match_pair_intake_id", "match_pair", type_="foreignkey")
    op.drop_column("match_pair", "intake_id")
    op.execute(f"DELETE FROM intake WHERE state = 'checked' OR state IN {ENDED}")
    op.drop_index("uq_intake_standing", "intake")
    op.create_unique_constraint("uq_intake_kind_unit_id_occasion_category_digest", "intake", SAME_FILE)
    for column in ("ended_at", "expires_on", "purpose"):
        op.drop_column("intake", column)
