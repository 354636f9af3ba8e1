"""Blind indexes by which people meet who have no number that holds; rows from before meet by their number alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ("old_number_index", "name_birth_index", "name_place_index")


def upgrade():
    for column in COLUMNS:
        op.add_column("pupil", sa.Column(column, sa.LargeBinary(), nullable=True))
        op.add_column("register_entry", sa.Column(column, sa.LargeBinary(), nullable=True))
        op.create_index(op.f(f"ix_register_entry_{column}"), "register_entry", [column])


def downgrade():
    for column in COLUMNS:
        op.drop_index(op.f(f"ix_register_entry_{column}"), "register_entry")
        op.drop_column("register_entry", column)
        op.drop_column("pupil", column)
