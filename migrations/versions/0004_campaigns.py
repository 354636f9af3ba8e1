"""Campaigns, pauses, opt-outs, contact tasks, officers' own words, suppliers' templates, what families ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


ROLE = "portal_app"
# Staff work within a subtree of units; no family sees these.
OF_UNITS = {
    "campaign": "unit_id",
    "campaign_pupil": "school_id",
    "contact_task": "school_id",
    "family_question": "school_id",
    "wording": "unit_id",
}
FREE = ["opt_out", "outreach_pause", "supplier_template"]
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """{column} IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "opt_out",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("phone_index", "channel", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "supplier_template",
        sa.Column("supplier", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_template")),
        sa.UniqueConstraint("supplier", "code", name=op.f("uq_supplier_template_supplier_code")),
    )
    op.create_table(
        "campaign",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wording", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("stops_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(length=60), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("unit_id", "occasion", "term", name=op.f("uq_campaign_unit_id_occasion_term")),
    )
    op.create_table(
        "outreach_pause",
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(length=60), nullable=False),
        sa.Column("because", sa.String(length=120), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=60), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_outreach_pause_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_pause")),
    )
    op.create_index(op.f("ix_outreach_pause_unit_id"), "outreach_pause", ["unit_id"], unique=False)
    op.create_table(
        "wording",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_wording_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("unit_id", "title", "version", name=op.f("uq_wording_unit_id_title_version")),
    )
    op.create_table(
        "campaign_pupil",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("left_out", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_pupil_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_campaign_pupil_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_campaign_pupil_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_pupil")),
        sa.UniqueConstraint("campaign_id", "pupil_id", name=op.f("uq_campaign_pupil_campaign_id_pupil_id")),
    )
    op.create_index(op.f("ix_campaign_pupil_pupil_id"), "campaign_pupil", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_campaign_pupil_school_id"), "campaign_pupil", ["school_id"], unique=False)
    op.create_table(
        "contact_task",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("assignee", sa.String(length=30), nullable=False),
        sa.Column("because", sa.String(length=120), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("outcome", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_contact_task_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_contact_task_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_task")),
    )
    op.create_index(op.f("ix_contact_task_school_id"), "contact_task", ["school_id"], unique=False)
    op.create_index(
        "uq_contact_task_of_number",
        "contact_task",
        ["school_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_contact_task_of_pupil",
        "contact_task",
        ["pupil_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "family_question",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_family_question_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_family_question_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_question")),
    )
    op.create_index(op.f("ix_family_question_pupil_id"), "family_question", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_family_question_school_id"), "family_question", ["school_id"], unique=False)
    op.add_column("message", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_message_campaign_id"), "message", ["campaign_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_message_campaign_id"), "message", "campaign", ["campaign_id"], ["id"], ondelete="SET NULL"
    )

    for table in [*OF_UNITS, *FREE]:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    for table, unit in OF_UNITS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        within = f"{EVERYTHING} OR {UNITS.format(column=unit)}"
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({within})")


def downgrade():
    op.drop_constraint(op.f("fk_message_campaign_id"), "message", type_="foreignkey")
    op.drop_index(op.f("ix_message_campaign_id"), table_name="message")
    op.drop_column("message", "campaign_id")
    op.drop_index(op.f("ix_family_question_school_id"), table_name="family_question")
    op.drop_index(op.f("ix_family_question_pupil_id"), table_name="family_question")
    op.drop_table("family_question")
    op.drop_index("uq_contact_task_of_pupil", table_name="contact_task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("uq_contact_task_of_number", table_name="contact_task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index(op.f("ix_contact_task_school_id"), table_name="contact_task")
    op.drop_table("contact_task")
    op.drop_index(op.f("ix_campaign_pupil_school_id"), table_name="campaign_pupil")
    op.drop_index(op.f("ix_campaign_pupil_pupil_id"), table_name="campaign_pupil")
    op.drop_table("campaign_pupil")
    op.drop_table("wording")
    op.drop_index(op.f("ix_outreach_pause_unit_id"), table_name="outreach_pause")
    op.drop_table("outreach_pause")
    op.drop_table("campaign")
    op.drop_table("supplier_template")
    op.drop_table("opt_out")
