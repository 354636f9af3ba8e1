"""What PostgreSQL guesses and reads: a pair's outcome is a column, the reach is read once a statement, and what lists
sort by, and whether a guardian has a name and a phone, stands in indexes of a school.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ROLE = "portal_app"
# Tables of pupils with the column that names the pupil; all of them name the school in school_id.
OF_PUPILS = {
    "pupil": "id",
    "guardian": "pupil_id",
    "enrolment_record": "pupil_id",
    "match_pair": "pupil_id",
    "entitlement": "pupil_id",
    "entitlement_change": "pupil_id",
    "award": "pupil_id",
    "confirmation": "pupil_id",
    "contact_record": "pupil_id",
    "contact_task": "pupil_id",
    "message_pupil": "pupil_id",
}
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
PUPILS = "string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[]"

LEFT = ["pupil_id", "intake_id", "left_on"]
OUTCOME = "CASE settled_as WHEN 'same' THEN 'certain' WHEN 'not_same' THEN NULL ELSE decision END"


def upgrade():
    for table, pupil in OF_PUPILS.items():
        # a setting in a sub-select is read once a statement, and not again for each row
        once = f"(SELECT {EVERYTHING}) OR {pupil} = ANY ((SELECT {PUPILS})::uuid[]) OR {UNITS}"
        op.execute(f"ALTER POLICY within_reach ON {table} USING ({once})")
    op.add_column("match_pair", sa.Column("outcome", sa.String(length=32), sa.Computed(OUTCOME, persisted=True)))
    pairs("outcome", ["pupil_id", "decision", "settled_as", "basis", "rule", "register_entry_id"])
    enrolments([*LEFT, "stage", "grade", "grade_number", "class_name", "roster_row"])
    for column in ("name", "phone"):
        op.create_index(
            f"ix_guardian_school_{column}",
            "guardian",
            ["school_id"],
            postgresql_include=["pupil_id"],
            postgresql_where=sa.text(f"{column}_sealed IS NOT NULL"),
        )
    op.drop_index("ix_guardian_school_id", table_name="guardian")


def downgrade():
    op.create_index("ix_guardian_school_id", "guardian", ["school_id"])
    for column in ("name", "phone"):
        op.drop_index(f"ix_guardian_school_{column}", table_name="guardian")
    enrolments(LEFT)
    pairs("decision", ["pupil_id", "settled_as", "basis", "rule"])
    op.drop_column("match_pair", "outcome")
    for table, pupil in OF_PUPILS.items():
        op.execute(f"ALTER POLICY within_reach ON {table} USING ({EVERYTHING} OR {pupil} = ANY ({PUPILS}) OR {UNITS})")


def pairs(decision, beside):
    op.drop_index("ix_match_pair_standing", table_name="match_pair")
    op.create_index(
        "ix_match_pair_standing",
        "match_pair",
        ["school_id", "term", decision],
        postgresql_include=beside,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def enrolments(beside):
    op.drop_index("ix_enrolment_record_school_term", table_name="enrolment_record")
    op.create_index(
        "ix_enrolment_record_school_term", "enrolment_record", ["school_id", "term"], postgresql_include=beside
    )
