"""A city or county has policies of its own, and words, dates and ways of applying for the province's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("policy_overlay", sa.Column("note", sa.String(length=200), nullable=False, server_default=""))
    applying = sa.Column("applying", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    op.add_column("policy_overlay", applying)
    op.add_column("policy_overlay", sa.Column("own", postgresql.JSONB(), nullable=True))
    op.alter_column("policy_overlay", "note", server_default=None)
    op.alter_column("policy_overlay", "applying", server_default=None)


def downgrade():
    for column in ("own", "applying", "note"):
        op.drop_column("policy_overlay", column)
