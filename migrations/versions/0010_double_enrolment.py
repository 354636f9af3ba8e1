"""双重学籍: who is on the rolls of two schools, told to both, aided at one."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "double_enrolment",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("other_school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("aided_here", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_double_enrolment_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_double_enrolment_school_id")),
        sa.ForeignKeyConstraint(["other_school_id"], ["unit.id"], name=op.f("fk_double_enrolment_other_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_enrolment")),
        sa.UniqueConstraint(
            "pupil_id", "term", "other_school_id", name=op.f("uq_double_enrolment_pupil_id_term_other_school_id")
        ),
    )
    op.create_index(op.f("ix_double_enrolment_school_id"), "double_enrolment", ["school_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON double_enrolment TO {ROLE}")
    op.execute("ALTER TABLE double_enrolment ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON double_enrolment TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("double_enrolment")
