"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "demonstration",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demonstration_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demonstration")),
    )
    op.create_table(
        "hardship_category",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("bureau", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_hardship_category")),
    )
    op.create_table(
        "job_slot",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_slot")),
    )
    op.create_table(
        "key_check",
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_check")),
    )
    op.create_table(
        "try_count",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_try_count")),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("stages", postgresql.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("landline", sa.String(length=20), nullable=False),
        sa.Column("aid_officer", sa.String(length=30), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("path", name=op.f("uq_unit_path")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=45), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_audit_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_pupil_id"), "audit_entry", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_unit_id"), "audit_entry", ["unit_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("dedupe_key", sa.LargeBinary(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("because", sa.String(length=120), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.String(length=80), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_message_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
    )
    op.create_index(op.f("ix_message_phone_index"), "message", ["phone_index"], unique=False)
    op.create_index(op.f("ix_message_school_id"), "message", ["school_id"], unique=False)
    op.create_index("ix_message_state_due_at", "message", ["state", "due_at"], unique=False)
    op.create_table(
        "pupil",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("former_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_type", sa.String(length=32), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_certain", sa.Boolean(), nullable=False),
        sa.Column("student_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("student_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date_text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.String(length=32), nullable=True),
        sa.Column("hukou_division", sa.String(length=12), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_pupil_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil")),
    )
    op.create_index(op.f("ix_pupil_id_number_index"), "pupil", ["id_number_index"], unique=False)
    op.create_index(op.f("ix_pupil_name_index"), "pupil", ["name_index"], unique=False)
    op.create_index(op.f("ix_pupil_school_id"), "pupil", ["school_id"], unique=False)
    op.create_table(
        "school_class",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("teacher", sa.String(length=30), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_school_class_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_class")),
        sa.UniqueConstraint("school_id", "grade", "name", name=op.f("uq_school_class_school_id_grade_name")),
    )
    op.create_table(
        "staff_member",
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=30), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("password_digest", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_staff_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("account", name=op.f("uq_staff_member_account")),
    )
    op.create_table(
        "confirmation",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("in_school", sa.Boolean(), nullable=False),
        sa.Column("wants_aid", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(length=12), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_confirmation_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_confirmation_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("pupil_id", "term", name=op.f("uq_confirmation_pupil_id_term")),
        sa.UniqueConstraint("receipt", name=op.f("uq_confirmation_receipt")),
    )
    op.create_index(op.f("ix_confirmation_school_id"), "confirmation", ["school_id"], unique=False)
    op.create_table(
        "contact_record",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_contact_record_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_contact_record_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_record")),
    )
    op.create_index(op.f("ix_contact_record_pupil_id"), "contact_record", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_contact_record_school_id"), "contact_record", ["school_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=30), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_correction_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_correction_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_pupil_id"), "correction", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_correction_school_id"), "correction", ["school_id"], unique=False)
    op.create_table(
        "delivery_report",
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_report_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_report")),
        sa.UniqueConstraint("gateway", "message_id", "code", name=op.f("uq_delivery_report_gateway_message_id_code")),
    )
    op.create_table(
        "entitlement",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("claim_mode", sa.String(length=32), nullable=False),
        sa.Column("due_yuan", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("paid_yuan", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("version_from", sa.Date(), nullable=False),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.Column("owner_level", sa.String(length=32), nullable=False),
        sa.Column("next_step", sa.String(length=120), nullable=False),
        sa.Column("next_step_due", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "closed_on IS NOT NULL OR (reason IS NOT NULL AND next_step <> '' AND next_step_due IS NOT NULL)",
            name=op.f("ck_entitlement_open_has_next_step"),
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_entitlement_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_entitlement_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint("pupil_id", "policy", "term", name=op.f("uq_entitlement_pupil_id_policy_term")),
    )
    op.create_index("ix_entitlement_school_term", "entitlement", ["school_id", "term"], unique=False)
    op.create_table(
        "guardian",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_guardian_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_guardian_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    op.create_index(op.f("ix_guardian_id_number_index"), "guardian", ["id_number_index"], unique=False)
    op.create_index(op.f("ix_guardian_phone_index"), "guardian", ["phone_index"], unique=False)
    op.create_index(op.f("ix_guardian_pupil_id"), "guardian", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_guardian_school_id"), "guardian", ["school_id"], unique=False)
    op.create_table(
        "intake",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("refused_because_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("findings_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("working_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff_member.id"], name=op.f("fk_intake_by_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_intake_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint(
            "kind",
            "unit_id",
            "occasion",
            "category",
            "digest",
            name=op.f("uq_intake_kind_unit_id_occasion_category_digest"),
        ),
    )
    op.create_index(op.f("ix_intake_unit_id"), "intake", ["unit_id"], unique=False)
    op.create_table(
        "match_run",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_staff_id", sa.Uuid(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_staff_id"], ["staff_member.id"], name=op.f("fk_match_run_by_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_match_run_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_index(op.f("ix_match_run_unit_id"), "match_run", ["unit_id"], unique=False)
    op.create_table(
        "message_pupil",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_pupil_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_message_pupil_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_message_pupil_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_pupil")),
        sa.UniqueConstraint("message_id", "pupil_id", name=op.f("uq_message_pupil_message_id_pupil_id")),
    )
    op.create_index(op.f("ix_message_pupil_pupil_id"), "message_pupil", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_message_pupil_school_id"), "message_pupil", ["school_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=30), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("num_nonnulls(staff_id, pupil_id) = 1", name=op.f("ck_sign_in_one_subject")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_sign_in_pupil_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_sign_in_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    op.create_index(op.f("ix_sign_in_pupil_id"), "sign_in", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_sign_in_staff_id"), "sign_in", ["staff_id"], unique=False)
    op.create_table(
        "slip",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_slip_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_slip_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("code_index", name=op.f("uq_slip_code_index")),
    )
    op.create_index(op.f("ix_slip_pupil_id"), "slip", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_slip_school_id"), "slip", ["school_id"], unique=False)
    op.create_table(
        "award",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("yuan", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payee_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_award_intake_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_award_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_award_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint(
            "pupil_id", "policy", "term", "paid_on", name=op.f("uq_award_pupil_id_policy_term_paid_on")
        ),
    )
    op.create_index(op.f("ix_award_school_id"), "award", ["school_id"], unique=False)
    op.create_table(
        "enrolment_record",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("roster_row", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("grade", sa.String(length=30), nullable=False),
        sa.Column("grade_number", sa.Integer(), nullable=True),
        sa.Column("class_name", sa.String(length=30), nullable=False),
        sa.Column("boarding", sa.String(length=32), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_enrolment_record_intake_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_enrolment_record_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_enrolment_record_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_record")),
        sa.UniqueConstraint("pupil_id", "school_id", "term", name=op.f("uq_enrolment_record_pupil_id_school_id_term")),
    )
    op.create_index(op.f("ix_enrolment_record_school_id"), "enrolment_record", ["school_id"], unique=False)
    op.create_table(
        "entitlement_change",
        sa.Column("entitlement_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.Column("next_step", sa.String(length=120), nullable=False),
        sa.Column("next_step_due", sa.Date(), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlement.id"], name=op.f("fk_entitlement_change_entitlement_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_entitlement_change_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_entitlement_change_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_change")),
    )
    op.create_index(
        op.f("ix_entitlement_change_entitlement_id"), "entitlement_change", ["entitlement_id"], unique=False
    )
    op.create_table(
        "register_entry",
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("register_row", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("category_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_certain", sa.Boolean(), nullable=False),
        sa.Column("household_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("household_index", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("valid_to_unreadable", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_register_entry_intake_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
    )
    op.create_index(op.f("ix_register_entry_household_index"), "register_entry", ["household_index"], unique=False)
    op.create_index(op.f("ix_register_entry_id_number_index"), "register_entry", ["id_number_index"], unique=False)
    op.create_index(op.f("ix_register_entry_intake_id"), "register_entry", ["intake_id"], unique=False)
    op.create_table(
        "match_pair",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("register_entry_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("category_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("register_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_match_pair_pupil_id")),
        sa.ForeignKeyConstraint(
            ["register_entry_id"], ["register_entry.id"], name=op.f("fk_match_pair_register_entry_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_pair_run_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_match_pair_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_pair")),
    )
    op.create_index(op.f("ix_match_pair_pupil_id"), "match_pair", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_match_pair_register_entry_id"), "match_pair", ["register_entry_id"], unique=False)
    op.create_index(op.f("ix_match_pair_run_id"), "match_pair", ["run_id"], unique=False)
    op.create_index(op.f("ix_match_pair_school_id"), "match_pair", ["school_id"], unique=False)
    op.create_index(
        "uq_match_pair_standing",
        "match_pair",
        ["pupil_id", "register_entry_id", "term"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade():
    op.drop_index("uq_match_pair_standing", table_name="match_pair", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index(op.f("ix_match_pair_school_id"), table_name="match_pair")
    op.drop_index(op.f("ix_match_pair_run_id"), table_name="match_pair")
    op.drop_index(op.f("ix_match_pair_register_entry_id"), table_name="match_pair")
    op.drop_index(op.f("ix_match_pair_pupil_id"), table_name="match_pair")
    op.drop_table("match_pair")
    op.drop_index(op.f("ix_register_entry_intake_id"), table_name="register_entry")
    op.drop_index(op.f("ix_register_entry_id_number_index"), table_name="register_entry")
    op.drop_index(op.f("ix_register_entry_household_index"), table_name="register_entry")
    op.drop_table("register_entry")
    op.drop_index(op.f("ix_entitlement_change_entitlement_id"), table_name="entitlement_change")
    op.drop_table("entitlement_change")
    op.drop_index(op.f("ix_enrolment_record_school_id"), table_name="enrolment_record")
    op.drop_table("enrolment_record")
    op.drop_index(op.f("ix_award_school_id"), table_name="award")
    op.drop_table("award")
    op.drop_index(op.f("ix_slip_school_id"), table_name="slip")
    op.drop_index(op.f("ix_slip_pupil_id"), table_name="slip")
    op.drop_table("slip")
    op.drop_index(op.f("ix_sign_in_staff_id"), table_name="sign_in")
    op.drop_index(op.f("ix_sign_in_pupil_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_message_pupil_school_id"), table_name="message_pupil")
    op.drop_index(op.f("ix_message_pupil_pupil_id"), table_name="message_pupil")
    op.drop_table("message_pupil")
    op.drop_index(op.f("ix_match_run_unit_id"), table_name="match_run")
    op.drop_table("match_run")
    op.drop_index(op.f("ix_intake_unit_id"), table_name="intake")
    op.drop_table("intake")
    op.drop_index(op.f("ix_guardian_school_id"), table_name="guardian")
    op.drop_index(op.f("ix_guardian_pupil_id"), table_name="guardian")
    op.drop_index(op.f("ix_guardian_phone_index"), table_name="guardian")
    op.drop_index(op.f("ix_guardian_id_number_index"), table_name="guardian")
    op.drop_table("guardian")
    op.drop_index("ix_entitlement_school_term", table_name="entitlement")
    op.drop_table("entitlement")
    op.drop_table("delivery_report")
    op.drop_index(op.f("ix_correction_school_id"), table_name="correction")
    op.drop_index(op.f("ix_correction_pupil_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_contact_record_school_id"), table_name="contact_record")
    op.drop_index(op.f("ix_contact_record_pupil_id"), table_name="contact_record")
    op.drop_table("contact_record")
    op.drop_index(op.f("ix_confirmation_school_id"), table_name="confirmation")
    op.drop_table("confirmation")
    op.drop_table("staff_member")
    op.drop_table("school_class")
    op.drop_index(op.f("ix_pupil_school_id"), table_name="pupil")
    op.drop_index(op.f("ix_pupil_name_index"), table_name="pupil")
    op.drop_index(op.f("ix_pupil_id_number_index"), table_name="pupil")
    op.drop_table("pupil")
    op.drop_index("ix_message_state_due_at", table_name="message")
    op.drop_index(op.f("ix_message_school_id"), table_name="message")
    op.drop_index(op.f("ix_message_phone_index"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_audit_entry_unit_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_pupil_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("try_count")
    op.drop_table("key_check")
    op.drop_table("job_slot")
    op.drop_table("hardship_category")
    op.drop_table("demonstration")
