"""认定等级: level, day and basis of a pupil for a school year; rows are only ever added.

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "determination",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(length=9), nullable=False),
        sa.Column("level_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("route", sa.String(length=32), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_determination_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_determination_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_determination")),
    )
    op.create_index(op.f("ix_determination_school_id"), "determination", ["school_id"])
    op.create_index("ix_determination_pupil_id_school_year", "determination", ["pupil_id", "school_year"])
    op.execute(f"GRANT SELECT, INSERT ON determination TO {ROLE}")
    op.execute("ALTER TABLE determination ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON determination TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("determination")
