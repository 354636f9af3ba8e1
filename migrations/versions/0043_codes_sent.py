"""How many sign-in codes left within an hour is read from an index of those entries alone."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_audit_entry_code_sent", "audit_entry", ["at"], postgresql_where=sa.text("action = 'code_sent'"))


def downgrade():
    op.drop_index("ix_audit_entry_code_sent", table_name="audit_entry")
