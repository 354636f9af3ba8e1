"""Local standards: everybody reads the approved, nobody rewrites what was proposed, nothing is deleted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR unit_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
# What becomes of a proposal; all the rest of a row stays as it was written.
DECIDED = "state, decided_by, decided_at, because, superseded_at"


def upgrade():
    op.create_table(
        "policy_overlay",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("amounts", postgresql.JSONB(), nullable=False),
        sa.Column("claim_mode", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("clause", sa.String(length=400), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_policy_overlay_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_overlay")),
    )
    op.create_index(op.f("ix_policy_overlay_unit_id"), "policy_overlay", ["unit_id"])
    op.create_index(
        "uq_policy_overlay_proposed",
        "policy_overlay",
        ["unit_id", "policy"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "uq_policy_overlay_approved",
        "policy_overlay",
        ["unit_id", "policy", "starts"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.execute(f"GRANT SELECT, INSERT ON policy_overlay TO {ROLE}")
    op.execute(f"GRANT UPDATE ({DECIDED}) ON policy_overlay TO {ROLE}")
    op.execute("ALTER TABLE policy_overlay ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON policy_overlay TO {ROLE} USING ({WITHIN_REACH})")
    op.execute(f"CREATE POLICY in_force ON policy_overlay FOR SELECT TO {ROLE} USING (state = 'approved')")


def downgrade():
    op.drop_table("policy_overlay")
