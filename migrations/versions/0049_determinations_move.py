"""A determination goes with the child to its next school, and is read beside the child itself.

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

ROLE = "portal_app"
BELOW = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
BESIDE = f"""pupil_id = ANY (
    string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[]
) OR {BELOW}"""


def upgrade():
    op.execute(f"ALTER POLICY within_reach ON determination USING ({BESIDE}) WITH CHECK ({BELOW})")
    op.execute(f"GRANT UPDATE (pupil_id, school_id) ON determination TO {ROLE}")


def downgrade():
    op.execute(f"REVOKE UPDATE (pupil_id, school_id) ON determination FROM {ROLE}")
    op.execute(f"ALTER POLICY within_reach ON determination USING ({BELOW}) WITH CHECK ({BELOW})")
