"""A family's own children are looked for before the units below an officer: that list has a line for every school.

PostgreSQL asks the parts of an OR from the left and stops at the first yes. For a family the units, twenty thousand in
a province, were read anew by every statement of every page.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """{column} IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
PUPILS = "{column} = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"
BY_PUPIL = [
    "addition",
    "award",
    "confirmation",
    "contact_record",
    "contact_task",
    "correction",
    "enrolment_record",
    "entitlement",
    "entitlement_change",
    "family_question",
    "guardian",
    "match_pair",
    "message_pupil",
    "move",
    "pupil_helper",
    "waiver",
]


def upgrade():
    for table, pupils, units in parts():
        alter(table, EVERYTHING, pupils, *units)


def downgrade():
    for table, pupils, units in parts():
        alter(table, EVERYTHING, *units, pupils)


def parts():
    """Each table with whose pupils and whose units reach its rows."""
    yield "pupil", PUPILS.format(column="id"), [UNITS.format(column="school_id")]
    for table in BY_PUPIL:
        schools = ["school_id", "to_school_id"] if table == "move" else ["school_id"]
        yield table, PUPILS.format(column="pupil_id"), [UNITS.format(column=school) for school in schools]


def alter(table, *reaches):
    op.execute(f"ALTER POLICY within_reach ON {table} USING ({' OR '.join(reaches)})")
