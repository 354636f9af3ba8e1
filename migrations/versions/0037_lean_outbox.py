"""A message's id is its occasion, and what is empty when a message is planned stands in no index.

A million rows are planned at once: each index costs nearly as much as the row itself, each check of a foreign key more.
What planning copies from rows that have the keys is not checked again; what is pointed to was never deleted by the
application and now cannot be.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ROLE = "portal_app"
OFTEN_EMPTY = ("campaign_id", "openid_index", "vendor_id")
COPIED = (
    # table, column, the table it points to
    ("message", "school_id", "unit"),
    ("message_pupil", "school_id", "unit"),
    ("message_pupil", "pupil_id", "pupil"),
    ("message_pupil", "message_id", "message"),
)
KEPT = "unit, pupil, message, message_pupil"
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.drop_constraint("uq_message_dedupe_key", "message")
    op.drop_column("message", "dedupe_key")
    for column in OFTEN_EMPTY:
        op.drop_index(f"ix_message_{column}", "message")
        op.create_index(f"ix_message_{column}", "message", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
    op.drop_constraint("pk_message_pupil", "message_pupil")
    op.drop_constraint("uq_message_pupil_message_id_pupil_id", "message_pupil")
    op.drop_column("message_pupil", "id")
    op.create_primary_key("pk_message_pupil", "message_pupil", ["message_id", "pupil_id"])
    for table, column, _ in COPIED:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.execute(f"REVOKE DELETE ON {KEPT} FROM {ROLE}")
    op.execute(f"ALTER POLICY within_reach ON message USING ((SELECT {EVERYTHING}) OR {UNITS})")


def downgrade():
    op.execute(f"ALTER POLICY within_reach ON message USING ({EVERYTHING} OR {UNITS})")
    op.execute(f"GRANT DELETE ON {KEPT} TO {ROLE}")
    for table, column, other in COPIED:
        with_it = "CASCADE" if other == "message" else None
        op.create_foreign_key(f"fk_{table}_{column}", table, other, [column], ["id"], ondelete=with_it)
    op.drop_constraint("pk_message_pupil", "message_pupil")
    op.add_column("message_pupil", sa.Column("id", sa.Uuid(), server_default=sa.func.gen_random_uuid(), nullable=False))
    op.alter_column("message_pupil", "id", server_default=None)
    op.create_primary_key("pk_message_pupil", "message_pupil", ["id"])
    op.create_unique_constraint("uq_message_pupil_message_id_pupil_id", "message_pupil", ["message_id", "pupil_id"])
    for column in OFTEN_EMPTY:
        op.drop_index(f"ix_message_{column}", "message")
        op.create_index(f"ix_message_{column}", "message", [column])
    op.add_column("message", sa.Column("dedupe_key", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE message SET dedupe_key = uuid_send(id)")
    op.alter_column("message", "dedupe_key", nullable=False)
    op.create_unique_constraint("uq_message_dedupe_key", "message", ["dedupe_key"])
