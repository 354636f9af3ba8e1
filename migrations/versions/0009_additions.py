"""人工新增: pupils no list named, proposed by schools and added by counties."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
) OR pupil_id = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"""


def upgrade():
    op.create_table(
        "addition",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("category_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found_by", sa.String(length=32), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("in_charge", sa.String(length=30), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_addition_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_addition_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addition")),
    )
    op.create_index(op.f("ix_addition_pupil_id"), "addition", ["pupil_id"])
    op.create_index(op.f("ix_addition_school_id"), "addition", ["school_id"])
    op.create_index(
        "uq_addition_standing",
        "addition",
        ["pupil_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'added')"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON addition TO {ROLE}")
    op.execute("ALTER TABLE addition ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON addition TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("addition")
