"""A register says whether it takes the place of the earlier ones of its batch or joins them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("intake", sa.Column("replaces", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("intake", "replaces", server_default=None)


def downgrade():
    op.drop_column("intake", "replaces")
