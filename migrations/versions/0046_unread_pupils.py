"""Whom a run of matching could not compare, because a sealed value does not open: by row, nothing of what it says.

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("match_run", sa.Column("unread", sa.ARRAY(sa.String()), nullable=False, server_default="{}"))
    op.alter_column("match_run", "unread", server_default=None)


def downgrade():
    op.drop_column("match_run", "unread")
