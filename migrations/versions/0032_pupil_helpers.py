"""一对一帮扶: one named helper a pupil at a school; what families said is settled in one press and can wait again."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
) OR pupil_id = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"""


def upgrade():
    op.create_table(
        "pupil_helper",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.String(length=60), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_pupil_helper_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_pupil_helper_school_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_pupil_helper_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_helper")),
        sa.UniqueConstraint("pupil_id", "school_id", name=op.f("uq_pupil_helper_pupil_id_school_id")),
    )
    op.create_index(op.f("ix_pupil_helper_school_id"), "pupil_helper", ["school_id"])
    op.create_index(op.f("ix_pupil_helper_staff_id"), "pupil_helper", ["staff_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON pupil_helper TO {ROLE}")
    op.execute("ALTER TABLE pupil_helper ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON pupil_helper TO {ROLE} USING ({WITHIN_REACH})")
    op.add_column("correction", sa.Column("settled_by", sa.String(length=60), nullable=True))
    op.add_column("correction", sa.Column("act_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_correction_act_id"), "correction", ["act_id"])


def downgrade():
    op.drop_index(op.f("ix_correction_act_id"), table_name="correction")
    op.drop_column("correction", "act_id")
    op.drop_column("correction", "settled_by")
    op.drop_table("pupil_helper")
