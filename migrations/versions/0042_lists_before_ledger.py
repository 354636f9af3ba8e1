"""A run's list stands before its ledger is open; what says the same as a standing pair names it.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("match_run", sa.Column("stands_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE match_run SET stands_since = finished_at")
    op.add_column("match_finding", sa.Column("stands_as", sa.Uuid(), nullable=True))


def downgrade():
    # a list that stands was whole; what its ledger lacks, the next run opens
    op.execute("UPDATE match_run SET finished_at = stands_since WHERE finished_at IS NULL AND given_up_at IS NULL")
    op.execute("DELETE FROM match_part USING match_run r WHERE r.id = match_part.run_id AND r.finished_at IS NOT NULL")
    op.drop_column("match_finding", "stands_as")
    op.drop_column("match_run", "stands_since")
