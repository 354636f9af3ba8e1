"""A page that adds up one tally of all schools finds it by its name, among the others that the schools keep.

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_school_tally_name", "school_tally", ["term", "name", "school_id"])


def downgrade():
    op.drop_index("ix_school_tally_name", table_name="school_tally")
