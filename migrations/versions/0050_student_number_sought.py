"""A child is found by its 学籍号 where a roster has no other number of it.

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_pupil_student_number_index", "pupil", ["student_number_index"])


def downgrade():
    op.drop_index("ix_pupil_student_number_index", "pupil")
