"""What lists of a county ask for has an index of its own: open rows by their next step, whose family knows, awards.

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade():
    is_open = sa.text("closed_on IS NULL")
    op.create_index("ix_entitlement_step", "entitlement", ["term", "next_step"], postgresql_where=is_open)
    op.create_index("ix_award_school_id_term", "award", ["school_id", "term"])
    op.drop_index("ix_award_school_id", table_name="award")
    op.create_index(
        "ix_confirmation_school_id_term", "confirmation", ["school_id", "term"], postgresql_include=["pupil_id"]
    )
    op.drop_index("ix_confirmation_school_id", table_name="confirmation")
    reached = {"postgresql_include": ["pupil_id"], "postgresql_where": sa.text("reached")}
    op.create_index("ix_contact_record_reached", "contact_record", ["school_id", "at"], **reached)


def downgrade():
    op.drop_index("ix_contact_record_reached", table_name="contact_record")
    op.create_index("ix_confirmation_school_id", "confirmation", ["school_id"])
    op.drop_index("ix_confirmation_school_id_term", table_name="confirmation")
    op.create_index("ix_award_school_id", "award", ["school_id"])
    op.drop_index("ix_award_school_id_term", table_name="award")
    op.drop_index("ix_entitlement_step", table_name="entitlement")
