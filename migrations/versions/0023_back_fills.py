"""回填: what was typed into other systems, what they hold, and exports that want a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR {column} IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
OWNERS = {"back_fill": "school_id", "export_request": "unit_id", "system_line": "unit_id"}


def upgrade():
    op.create_table(
        "back_fill",
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=24), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("press_id", sa.Uuid(), nullable=False),
        sa.Column("due_yuan", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("paid_yuan", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entitlement_id"], ["entitlement.id"], name=op.f("fk_back_fill_entitlement_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_back_fill_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_fill")),
        sa.UniqueConstraint("entitlement_id", "template", name=op.f("uq_back_fill_entitlement_id_template")),
    )
    op.create_index(op.f("ix_back_fill_school_id"), "back_fill", ["school_id"])
    op.create_index(op.f("ix_back_fill_press_id"), "back_fill", ["press_id"])
    op.create_table(
        "export_request",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=24), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff_member.id"], name=op.f("fk_export_request_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_member.id"], name=op.f("fk_export_request_decided_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_export_request_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_request")),
    )
    op.create_index(op.f("ix_export_request_unit_id"), "export_request", ["unit_id"])
    op.create_table(
        "system_line",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=60), nullable=False),
        sa.Column("aided", sa.Boolean(), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("reason_written", sa.String(length=60), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_system_line_intake_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_system_line_pupil_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_system_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_line")),
    )
    op.create_index("ix_system_line_pupil", "system_line", ["pupil_id", "term"])
    op.create_index(op.f("ix_system_line_unit_id"), "system_line", ["unit_id"])
    op.create_index(op.f("ix_system_line_intake_id"), "system_line", ["intake_id"])
    for table, column in OWNERS.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_REACH.format(column=column)})")


def downgrade():
    for table in OWNERS:
        op.drop_table(table)
