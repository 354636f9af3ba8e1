"""A mark of 回填 says whose row it was: the row may go to a school that the one that typed it cannot see.

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("back_fill", sa.Column("pupil_id", sa.Uuid(), nullable=True))
    op.add_column("back_fill", sa.Column("term", sa.String(12), nullable=True))
    op.execute(
        "UPDATE back_fill SET pupil_id = entitlement.pupil_id, term = entitlement.term "
        "FROM entitlement WHERE entitlement.id = back_fill.entitlement_id"
    )
    op.alter_column("back_fill", "pupil_id", nullable=False)
    op.alter_column("back_fill", "term", nullable=False)
    op.create_foreign_key(op.f("fk_back_fill_pupil_id"), "back_fill", "pupil", ["pupil_id"], ["id"])
    op.create_index("ix_back_fill_school_id_term", "back_fill", ["school_id", "term", "template", "pupil_id"])
    op.drop_index("ix_back_fill_school_id", table_name="back_fill")


def downgrade():
    op.create_index("ix_back_fill_school_id", "back_fill", ["school_id"])
    op.drop_index("ix_back_fill_school_id_term", table_name="back_fill")
    op.drop_constraint(op.f("fk_back_fill_pupil_id"), "back_fill", type_="foreignkey")
    op.drop_column("back_fill", "term")
    op.drop_column("back_fill", "pupil_id")
