"""When a roster came in is told to whoever reaches the school it counts for; the rest of the file is not.

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ROLE = "portal_app"
FROM_ABOVE = """kind = 'roster' AND unit_id IN (
    SELECT id FROM unit WHERE starts_with(nullif(current_setting('portal.reach', true), ''), path)
)"""


def upgrade():
    # A roster counts for its own unit and for the schools below it, whoever asks: a pupil who moved brings along
    # the mark of the old school's roster, and that says nothing of the new school.
    op.execute(
        """
        CREATE FUNCTION roster_arrived_at(roster uuid, at_school uuid) RETURNS timestamptz
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
        BEGIN ATOMIC
            SELECT intake.arrived_at FROM intake
            JOIN unit AS its ON its.id = intake.unit_id
            JOIN unit AS school ON school.id = at_school AND starts_with(school.path, its.path)
            WHERE intake.id = roster AND intake.kind = 'roster' AND (
                current_setting('portal.reach', true) = 'all'
                OR starts_with(school.path, nullif(current_setting('portal.reach', true), ''))
            );
        END
        """
    )
    op.execute("REVOKE EXECUTE ON FUNCTION roster_arrived_at FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION roster_arrived_at TO {ROLE}")
    op.execute("DROP POLICY rosters_from_above ON intake")


def downgrade():
    op.execute(f"CREATE POLICY rosters_from_above ON intake FOR SELECT TO {ROLE} USING ({FROM_ABOVE})")
    op.execute("DROP FUNCTION roster_arrived_at")
