"""班主任: a class has its teacher's account; a pupil's tasks and questions are reached by whoever reaches the pupil."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROLE = "portal_app"
OF_PUPILS = ("contact_task", "family_question")
WITHIN_UNITS = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
PUPILS = "pupil_id = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"


def upgrade():
    op.add_column("school_class", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_school_class_staff_id"), "school_class", "staff_member", ["staff_id"], ["id"])
    op.create_index(op.f("ix_school_class_staff_id"), "school_class", ["staff_id"])
    for table in OF_PUPILS:
        op.execute(f"DROP POLICY within_reach ON {table}")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_UNITS} OR {PUPILS})")


def downgrade():
    for table in OF_PUPILS:
        op.execute(f"DROP POLICY within_reach ON {table}")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_UNITS})")
    op.drop_index(op.f("ix_school_class_staff_id"), table_name="school_class")
    op.drop_constraint(op.f("fk_school_class_staff_id"), "school_class", type_="foreignkey")
    op.drop_column("school_class", "staff_id")
