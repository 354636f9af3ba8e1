"""Gateways: their health shared by all dispatchers, their troubles, replies of families, reports by a supplier's id."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLE = "portal_app"
NEW = ["gateway_health", "gateway_trouble", "reply"]

EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    op.create_table(
        "gateway_health",
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("in_window", sa.Integer(), nullable=False),
        moment("window_ends_at", nullable=True),
        moment("shut_until", nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("because", sa.String(120), nullable=True),
        sa.Column("slow", sa.Boolean(), nullable=False),
        moment("next_at", nullable=True),
        moment("changed_at"),
        sa.PrimaryKeyConstraint("gateway", name="pk_gateway_health"),
    )
    op.create_table(
        "gateway_trouble",
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("handed", sa.String(20), nullable=False),
        sa.Column("sentence", sa.String(120), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        moment("first_at"),
        moment("last_at"),
        sa.PrimaryKeyConstraint("gateway", "code", name="pk_gateway_trouble"),
    )
    op.create_table(
        "reply",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sender_index", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        moment("arrived_at"),
        moment("handled_at", nullable=True),
        sa.Column("handled_by", sa.String(60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_reply_message_id"),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name="fk_reply_school_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.UniqueConstraint("key", name="uq_reply_key"),
    )
    op.create_index("ix_reply_school_id", "reply", ["school_id"])
    op.create_index("ix_reply_sender_index", "reply", ["sender_index"])
    for table in NEW:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    op.execute("ALTER TABLE reply ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON reply TO {ROLE} USING ({EVERYTHING} OR {UNITS})")

    op.add_column("message", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("message", "asked", server_default=None)
    op.add_column("message", moment("ask_at", nullable=True))
    op.create_index("ix_message_vendor_id", "message", ["vendor_id"])
    op.add_column("delivery_report", sa.Column("vendor_id", sa.String(80), nullable=True))
    op.add_column("delivery_report", sa.Column("why", sa.String(32), nullable=True))
    op.alter_column("delivery_report", "message_id", nullable=True)
    op.create_index(
        "uq_delivery_report_waiting",
        "delivery_report",
        ["gateway", "vendor_id", "code"],
        unique=True,
        postgresql_where=sa.text("message_id IS NULL"),
    )


def downgrade():
    op.drop_index("uq_delivery_report_waiting", "delivery_report")
    op.execute("DELETE FROM delivery_report WHERE message_id IS NULL")
    op.alter_column("delivery_report", "message_id", nullable=False)
    for table, column in (("delivery_report", "why"), ("delivery_report", "vendor_id")):
        op.drop_column(table, column)
    op.drop_index("ix_message_vendor_id", "message")
    for column in ("ask_at", "asked"):
        op.drop_column("message", column)
    for table in reversed(NEW):
        op.drop_table(table)
