"""What a person settled of a pair, rows that rest on it, and one row a person; an entry is seen through its pair."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
# The pairs in here are themselves within reach; a family, whose reach names no unit, sees no entry.
THROUGH_A_PAIR = """CASE
    WHEN current_setting('portal.reach', true) IN ('', 'all') THEN false
    ELSE EXISTS (
        SELECT FROM match_pair
        WHERE match_pair.register_entry_id = register_entry.id AND match_pair.superseded_at IS NULL
    )
END"""


def upgrade():
    op.create_table(
        "settlement",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=60), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_settlement_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_settlement_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    op.create_index(op.f("ix_settlement_act_id"), "settlement", ["act_id"])
    op.create_index(op.f("ix_settlement_school_id"), "settlement", ["school_id"])
    op.create_index(
        "uq_settlement_standing",
        "settlement",
        ["pupil_id", "fingerprint"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON settlement TO {ROLE}")
    op.execute("ALTER TABLE settlement ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON settlement TO {ROLE} USING ({WITHIN_REACH})")

    op.add_column("match_pair", sa.Column("settlement_id", sa.Uuid(), nullable=True))
    op.add_column("match_pair", sa.Column("settled_as", sa.String(length=32), nullable=True))
    op.create_foreign_key(op.f("fk_match_pair_settlement_id"), "match_pair", "settlement", ["settlement_id"], ["id"])
    op.execute(f"CREATE POLICY within_reach_of_a_pair ON register_entry FOR SELECT TO {ROLE} USING ({THROUGH_A_PAIR})")

    op.add_column("entitlement", sa.Column("person", sa.LargeBinary(), nullable=True))
    op.add_column("entitlement", sa.Column("settlement_id", sa.Uuid(), nullable=True))
    op.add_column("entitlement", sa.Column("retracted", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.alter_column("entitlement", "retracted", server_default=None)
    op.create_foreign_key(op.f("fk_entitlement_settlement_id"), "entitlement", "settlement", ["settlement_id"], ["id"])
    op.create_index(op.f("ix_entitlement_settlement_id"), "entitlement", ["settlement_id"])
    op.create_index(
        "uq_entitlement_person",
        "entitlement",
        ["person", "policy", "term"],
        unique=True,
        postgresql_where=sa.text("NOT retracted"),
    )


def downgrade():
    op.drop_index("uq_entitlement_person", "entitlement")
    op.drop_index(op.f("ix_entitlement_settlement_id"), "entitlement")
    op.drop_constraint(op.f("fk_entitlement_settlement_id"), "entitlement")
    for column in ("retracted", "settlement_id", "person"):
        op.drop_column("entitlement", column)
    op.execute("DROP POLICY within_reach_of_a_pair ON register_entry")
    op.drop_constraint(op.f("fk_match_pair_settlement_id"), "match_pair")
    op.drop_column("match_pair", "settled_as")
    op.drop_column("match_pair", "settlement_id")
    op.drop_table("settlement")
