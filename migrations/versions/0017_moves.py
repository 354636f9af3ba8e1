"""学籍变动: dated moves, seen by the school that is left and the one that is entered."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ROLE = "portal_app"
UNITS = """SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))"""
WITHIN_REACH = f"""current_setting('portal.reach', true) = 'all'
    OR school_id IN ({UNITS}) OR to_school_id IN ({UNITS})
    OR pupil_id = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"""


def upgrade():
    op.create_table(
        "move",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("to_school_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("compulsory", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("city_on", sa.Date(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("grade", sa.String(length=30), nullable=False),
        sa.Column("categories_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("aids_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("ended_as", sa.String(length=32), nullable=True),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_move_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_move_school_id")),
        sa.ForeignKeyConstraint(["to_school_id"], ["unit.id"], name=op.f("fk_move_to_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    for column in ("pupil_id", "school_id", "to_school_id"):
        op.create_index(op.f(f"ix_move_{column}"), "move", [column])
    op.create_index("uq_move_standing", "move", ["pupil_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON move TO {ROLE}")
    op.execute("ALTER TABLE move ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON move TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    op.drop_table("move")
