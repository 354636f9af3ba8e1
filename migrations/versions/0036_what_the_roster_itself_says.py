"""The birth date of the roster beside a number that says another; namesakes are looked up by name and county.

Rosters from before say it once they come anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OF_WHO_SEEKS = ("old_number_index", "name_birth_index")
BEFORE, NOW = "NOT id_certain", "NOT id_certain OR written_birth_sealed IS NOT NULL"


def upgrade():
    op.add_column("pupil", sa.Column("written_birth_sealed", sa.LargeBinary(), nullable=True))
    op.drop_index("ix_pupil_name_place_index", "pupil")
    op.create_index("ix_pupil_name_place_index", "pupil", ["name_place_index"])
    for column in OF_WHO_SEEKS:
        op.drop_index(f"ix_pupil_{column}", "pupil")
        op.create_index(f"ix_pupil_{column}", "pupil", [column], postgresql_where=sa.text(NOW))


def downgrade():
    for column in OF_WHO_SEEKS:
        op.drop_index(f"ix_pupil_{column}", "pupil")
        op.create_index(f"ix_pupil_{column}", "pupil", [column], postgresql_where=sa.text(BEFORE))
    op.drop_index("ix_pupil_name_place_index", "pupil")
    op.create_index("ix_pupil_name_place_index", "pupil", ["name_place_index"], postgresql_where=sa.text(BEFORE))
    op.drop_column("pupil", "written_birth_sealed")
