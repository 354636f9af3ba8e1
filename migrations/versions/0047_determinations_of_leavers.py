"""认定原因 of whoever left is emptied with the rest that was written of a person; nothing else can be changed.

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

ROLE = "portal_app"


def upgrade():
    op.execute(f"GRANT UPDATE (words_sealed) ON determination TO {ROLE}")


def downgrade():
    op.execute(f"REVOKE UPDATE (words_sealed) ON determination FROM {ROLE}")
