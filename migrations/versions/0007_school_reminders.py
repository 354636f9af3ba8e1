"""Schools are reminded of matching; a run made for a whole city is known to its counties."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLE = "portal_app"
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
BELOW = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
ABOVE = """unit_id IN (
    SELECT id FROM unit
    WHERE starts_with(nullif(current_setting('portal.reach', true), ''), path)
)"""


def upgrade():
    op.create_table(
        "school_reminder",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("by_unit", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff_member.id"], name=op.f("fk_school_reminder_by_staff_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_school_reminder_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_reminder")),
        sa.UniqueConstraint("school_id", "term", "on_day", name=op.f("uq_school_reminder_school_id_term_on_day")),
    )
    op.execute(f"GRANT SELECT, INSERT ON school_reminder TO {ROLE}")
    op.execute("ALTER TABLE school_reminder ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON school_reminder TO {ROLE} USING ({EVERYTHING} OR {BELOW})")
    # when it ran and how many it found; no pair and no pupil comes with it
    op.execute(f"CREATE POLICY of_those_above ON match_run FOR SELECT TO {ROLE} USING ({ABOVE})")


def downgrade():
    op.execute("DROP POLICY of_those_above ON match_run")
    op.drop_table("school_reminder")
