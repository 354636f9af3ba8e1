"""Numbers known to be mobiles, parents of 企业微信, and messages that get number and words when they are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLE = "portal_app"
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "known_number",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("is_mobile", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_known_number")),
    )
    op.create_table(
        "wecom_parent",
        sa.Column("corp_id", sa.String(length=64), nullable=False),
        sa.Column("userid_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("userid_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_wecom_parent_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_wecom_parent_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_parent")),
    )
    for column in ("phone_index", "pupil_id", "school_id"):
        op.create_index(op.f(f"ix_wecom_parent_{column}"), "wecom_parent", [column])
    op.create_index(
        "uq_wecom_parent_standing",
        "wecom_parent",
        ["corp_id", "userid_index", "pupil_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for table in ("known_number", "wecom_parent"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    op.execute("ALTER TABLE wecom_parent ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON wecom_parent TO {ROLE} USING ({EVERYTHING} OR {UNITS})")
    op.alter_column("message", "phone_sealed", nullable=True)
    # As planning makes it now, in the database alone; of an index that is keyed itself. A code to sign in has its own.
    op.execute(
        """UPDATE message SET dedupe_key = sha256(
            convert_to(matter || '|' || step || '|' || channel || '|', 'UTF8') || phone_index
        ) WHERE matter <> 'sign-in-code'"""
    )


def downgrade():
    op.execute("DELETE FROM message WHERE phone_sealed IS NULL")  # never sent: they are planned again
    op.alter_column("message", "phone_sealed", nullable=False)
    op.drop_table("wecom_parent")
    op.drop_table("known_number")
