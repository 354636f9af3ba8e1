"""What was typed of a row is reached by whoever reaches the row, also after the child went to another school."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
OF_A_ROW = "EXISTS (SELECT FROM entitlement WHERE entitlement.id = entitlement_id)"


def upgrade():
    op.execute("DROP POLICY within_reach ON back_fill")
    op.execute(f"CREATE POLICY within_reach ON back_fill TO {ROLE} USING ({WITHIN_REACH} OR {OF_A_ROW})")


def downgrade():
    op.execute("DROP POLICY within_reach ON back_fill")
    op.execute(f"CREATE POLICY within_reach ON back_fill TO {ROLE} USING ({WITHIN_REACH})")
