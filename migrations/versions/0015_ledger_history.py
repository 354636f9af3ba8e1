"""A change tells all of how a row stood, in an order of its own; where a row waits above; terms that schools close.

What changes before this did not keep (whose move it was, what was paid) is taken from the row as it stands.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
# What becomes of a signature; all the rest of it stays as it was written.
REOPENED = "reopened_at, reopened_by, because"
ADDED = (
    "number", "policy", "term", "act_id", "due_yuan", "paid_yuan", "owner_level", "closed_on", "raised_to", "raised_at",
)  # fmt: skip


def upgrade():
    op.add_column("entitlement", sa.Column("raised_to", sa.String(length=32), nullable=True))
    op.add_column("entitlement", sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("entitlement_change", sa.Column("policy", sa.String(length=20), nullable=True))
    op.add_column("entitlement_change", sa.Column("term", sa.String(length=12), nullable=True))
    op.add_column("entitlement_change", sa.Column("act_id", sa.Uuid(), nullable=True))
    op.add_column("entitlement_change", sa.Column("due_yuan", sa.Numeric(10, 2), nullable=True))
    op.add_column("entitlement_change", sa.Column("paid_yuan", sa.Numeric(10, 2), nullable=True))
    op.add_column("entitlement_change", sa.Column("owner_level", sa.String(length=32), nullable=True))
    op.add_column("entitlement_change", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("entitlement_change", sa.Column("raised_to", sa.String(length=32), nullable=True))
    op.add_column("entitlement_change", sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE entitlement_change DISABLE TRIGGER never_rewritten")
    op.execute(
        """
        UPDATE entitlement_change AS change
        SET policy = entitlement.policy, term = entitlement.term, due_yuan = entitlement.due_yuan,
            owner_level = entitlement.owner_level,
            paid_yuan = CASE WHEN change.state IN ('paid', 'received') THEN entitlement.paid_yuan ELSE 0 END,
            closed_on = CASE WHEN change.next_step = '' THEN (change.at AT TIME ZONE 'Asia/Shanghai')::date END
        FROM entitlement WHERE entitlement.id = change.entitlement_id
        """
    )
    op.execute("ALTER TABLE entitlement_change ENABLE TRIGGER never_rewritten")
    for column in ("policy", "term", "paid_yuan", "owner_level"):
        op.alter_column("entitlement_change", column, nullable=False)
    _number_in_order()
    op.create_index(
        "ix_entitlement_change_standing", "entitlement_change", ["school_id", "term", "entitlement_id", "number"]
    )
    op.create_index(
        "ix_entitlement_change_act_id", "entitlement_change", ["act_id"], postgresql_where=sa.text("act_id IS NOT NULL")
    )

    op.create_table(
        "term_closing",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("aided", sa.Integer(), nullable=False),
        sa.Column("paid_yuan", sa.Numeric(12, 2), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.String(length=60), nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_term_closing_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_closing")),
    )
    op.create_index(
        "uq_term_closing_standing",
        "term_closing",
        ["school_id", "term"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT ON term_closing TO {ROLE}")
    op.execute(f"GRANT UPDATE ({REOPENED}) ON term_closing TO {ROLE}")
    op.execute("ALTER TABLE term_closing ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON term_closing TO {ROLE} USING ({WITHIN_REACH})")


def _number_in_order():
    """By moment, and within a moment as a row passes through its states."""
    op.add_column("entitlement_change", sa.Column("number", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE entitlement_change DISABLE TRIGGER never_rewritten")
    op.execute(
        """
        UPDATE entitlement_change AS change SET number = ordered.number
        FROM (
            SELECT id, row_number() OVER (ORDER BY at, array_position(
                ARRAY['matched', 'verified', 'reached', 'applied', 'approved', 'paid', 'received'], state::text
            )) AS number
            FROM entitlement_change
        ) AS ordered
        WHERE ordered.id = change.id
        """
    )
    op.execute("ALTER TABLE entitlement_change ENABLE TRIGGER never_rewritten")
    op.alter_column("entitlement_change", "number", nullable=False)
    op.execute("ALTER TABLE entitlement_change ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY")
    op.execute(
        "SELECT setval(pg_get_serial_sequence('entitlement_change', 'number'),"
        " coalesce((SELECT max(number) FROM entitlement_change), 0) + 1, false)"
    )


def downgrade():
    op.drop_table("term_closing")
    op.drop_index("ix_entitlement_change_act_id", "entitlement_change")
    op.drop_index("ix_entitlement_change_standing", "entitlement_change")
    for column in ADDED:
        op.drop_column("entitlement_change", column)
    op.drop_column("entitlement", "raised_at")
    op.drop_column("entitlement", "raised_to")
