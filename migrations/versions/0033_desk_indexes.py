"""What the desk counts and sorts is read from indexes of a school's term, not from the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_enrolment_record_school_term",
        "enrolment_record",
        ["school_id", "term"],
        postgresql_include=["pupil_id", "intake_id", "left_on"],
    )
    op.drop_index(op.f("ix_enrolment_record_school_id"), table_name="enrolment_record")
    op.create_index("ix_pupil_school_hukou", "pupil", ["school_id", "hukou_division"], postgresql_include=["id"])
    op.drop_index(op.f("ix_pupil_school_id"), table_name="pupil")
    op.create_index(
        "ix_match_pair_standing",
        "match_pair",
        ["school_id", "term", "decision"],
        postgresql_include=["pupil_id", "settled_as", "basis", "rule"],
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_entitlement_open",
        "entitlement",
        ["school_id", "term", "next_step_due"],
        postgresql_include=["pupil_id"],
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def downgrade():
    op.drop_index("ix_entitlement_open", table_name="entitlement")
    op.drop_index("ix_match_pair_standing", table_name="match_pair")
    op.create_index(op.f("ix_pupil_school_id"), "pupil", ["school_id"])
    op.drop_index("ix_pupil_school_hukou", table_name="pupil")
    op.create_index(op.f("ix_enrolment_record_school_id"), "enrolment_record", ["school_id"])
    op.drop_index("ix_enrolment_record_school_term", table_name="enrolment_record")
