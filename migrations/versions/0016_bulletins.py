"""Bulletins: added and read, never rewritten; read by the unit that issued them, all below it and all above."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR unit_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
FROM_ABOVE = """unit_id IN (
    SELECT id FROM unit WHERE starts_with(nullif(current_setting('portal.reach', true), ''), path)
)"""


def upgrade():
    op.create_table(
        "bulletin",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=60), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_bulletin_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("unit_id", "year", "number", name=op.f("uq_bulletin_unit_id_year_number")),
    )
    op.create_index(op.f("ix_bulletin_unit_id"), "bulletin", ["unit_id"])
    op.execute(f"GRANT SELECT, INSERT ON bulletin TO {ROLE}")
    op.execute("ALTER TABLE bulletin ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON bulletin TO {ROLE} USING ({WITHIN_REACH})")
    op.execute(f"CREATE POLICY from_above ON bulletin FOR SELECT TO {ROLE} USING ({FROM_ABOVE})")
    op.execute(
        "CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON bulletin "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade():
    op.drop_table("bulletin")
