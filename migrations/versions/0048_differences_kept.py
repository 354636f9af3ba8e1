"""差异 and 学年核查 counted once a school: what is rare gets an index, looks are noted, an award stands beside its row.

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

ROWS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def upgrade():
    odd = sa.text("paid_yuan > 0 AND paid_yuan <> due_yuan")
    op.create_index("ix_entitlement_odd", "entitlement", ["school_id", "term"], postgresql_where=odd)
    raised = sa.text("closed_on IS NULL AND raised_to IS NOT NULL")
    op.create_index("ix_entitlement_raised", "entitlement", ["raised_to", "term"], postgresql_where=raised)
    asked = sa.text("superseded_at IS NULL AND settled_as = 'ask'")
    op.create_index("ix_match_pair_asked", "match_pair", ["term", "settlement_id"], postgresql_where=asked)
    for event, rows in ROWS.items():
        op.execute(
            f"CREATE TRIGGER note_school_{event} AFTER {event.upper()} ON yearly_look REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION note_school_{event}('school_id')"
        )
    op.execute(
        "UPDATE award SET school_id = row.school_id FROM entitlement AS row WHERE row.pupil_id = award.pupil_id "
        "AND row.policy = award.policy AND row.term = award.term AND row.school_id <> award.school_id"
    )


def downgrade():
    for event in ROWS:
        op.execute(f"DROP TRIGGER note_school_{event} ON yearly_look")
    op.drop_index("ix_match_pair_asked", table_name="match_pair")
    op.drop_index("ix_entitlement_raised", table_name="entitlement")
    op.drop_index("ix_entitlement_odd", table_name="entitlement")
