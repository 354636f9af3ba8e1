"""A pair keeps the moment it came, which a school reads of runs that it cannot see.

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("match_pair", sa.Column("came_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        """
        UPDATE match_pair SET came_at = match_run.stands_since
        FROM match_run, unit AS compared, unit AS school
        WHERE match_run.id = match_pair.run_id AND compared.id = match_run.unit_id
            AND school.id = match_pair.school_id AND starts_with(school.path, compared.path)
        """
    )


def downgrade():
    op.drop_column("match_pair", "came_at")
