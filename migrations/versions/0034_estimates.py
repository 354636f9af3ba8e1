"""What PostgreSQL has to guess for each plan: a pair's outcome is a column, and the reach is read once a statement."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
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

OUTCOME = "CASE settled_as WHEN 'same' THEN 'certain' WHEN 'not_same' THEN NULL ELSE decision END"


def upgrade():
    for table, pupil in OF_PUPILS.items():
        # a setting in a sub-select is read once a statement, and not again for each row
        once = f"(SELECT {EVERYTHING}) OR {UNITS} OR {pupil} = ANY ((SELECT {PUPILS})::uuid[])"
        op.execute(f"ALTER POLICY within_reach ON {table} USING ({once})")
    op.add_column("match_pair", sa.Column("outcome", sa.String(length=32), sa.Computed(OUTCOME, persisted=True)))
    index_of("outcome", ["pupil_id", "decision", "settled_as", "basis", "rule", "register_entry_id"])


def downgrade():
    index_of("decision", ["pupil_id", "settled_as", "basis", "rule"])
    op.drop_column("match_pair", "outcome")
    for table, pupil in OF_PUPILS.items():
        op.execute(f"ALTER POLICY within_reach ON {table} USING ({EVERYTHING} OR {UNITS} OR {pupil} = ANY ({PUPILS}))")


def index_of(decision, beside):
    op.drop_index("ix_match_pair_standing", table_name="match_pair")
    op.create_index(
        "ix_match_pair_standing",
        "match_pair",
        ["school_id", "term", decision],
        postgresql_include=beside,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
