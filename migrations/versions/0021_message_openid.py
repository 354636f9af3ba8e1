"""Whom WeChat knows a message's family by, beside the number on which its limits hang."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("message", sa.Column("openid_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("message", sa.Column("openid_index", sa.LargeBinary(), nullable=True))
    op.create_index("ix_message_openid_index", "message", ["openid_index"])


def downgrade():
    op.drop_index("ix_message_openid_index", table_name="message")
    op.drop_column("message", "openid_index")
    op.drop_column("message", "openid_sealed")
