"""办学性质 and 普惠性 of a school, which policies for kindergartens and vocational schools ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("unit", sa.Column("ownership", sa.String(length=32), nullable=True))
    op.add_column("unit", sa.Column("inclusive", sa.Boolean(), nullable=True))


def downgrade():
    op.drop_column("unit", "inclusive")
    op.drop_column("unit", "ownership")
