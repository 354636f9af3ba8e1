"""签名备案: on which day which operator confirmed which signature; rows are only ever added.

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ROLE = "portal_app"


def upgrade():
    op.create_table(
        "signature_filing",
        sa.Column("signature", sa.String(length=120), nullable=False),
        sa.Column("operator", sa.String(length=32), nullable=False),
        sa.Column("filed", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_filing")),
    )
    op.create_index(op.f("ix_signature_filing_signature"), "signature_filing", ["signature"])
    # whoever sends must see it; no row is anybody's, as with suppliers' templates
    op.execute(f"GRANT SELECT, INSERT ON signature_filing TO {ROLE}")


def downgrade():
    op.drop_table("signature_filing")
