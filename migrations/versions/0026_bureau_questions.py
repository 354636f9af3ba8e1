"""What a county asks a bureau of its own register, and the answer; the bureau reaches nothing else of the pupil."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ROLE = "portal_app"
SEALED = (
    "doubt", "pupil_name", "pupil_number", "guardian_name", "guardian_number", "entry_name", "entry_number", "note",
)  # fmt: skip
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR EXISTS (
    SELECT FROM unit
    WHERE unit.id IN (bureau_question.unit_id, bureau_question.school_id)
    AND starts_with(unit.path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "bureau_question",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("register_row", sa.String(length=20), nullable=False),
        sa.Column("asked_by_unit", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True) for name in SEALED),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"], name=op.f("fk_bureau_question_settlement_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_bureau_question_unit_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_bureau_question_school_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_bureau_question_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bureau_question")),
    )
    op.create_index(
        "uq_bureau_question_open",
        "bureau_question",
        ["settlement_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_bureau_question_unit_id"), "bureau_question", ["unit_id"])
    op.create_index(op.f("ix_bureau_question_school_id"), "bureau_question", ["school_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON bureau_question TO {ROLE}")
    op.execute("ALTER TABLE bureau_question ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON bureau_question TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("bureau_question")
