"""A visit's children, codes by SMS, WeChat bindings, 自愿放弃 said twice, answers to what families ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLE = "portal_app"
# Looked up before anybody is known, like slips: digests and sealed values only.
FREE = ["code_request", "wechat_binding"]
EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
PUPILS = "pupil_id = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"


def upgrade():
    op.add_column(
        "sign_in", sa.Column("children", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default=sa.text("'{}'"))
    )
    op.execute("UPDATE sign_in SET children = ARRAY[pupil_id] WHERE pupil_id IS NOT NULL")
    op.alter_column("sign_in", "children", server_default=None)
    op.add_column("correction", sa.Column("answer_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "waiver",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("repeated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeated_by", sa.String(length=60), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_waiver_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_waiver_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    op.create_index(op.f("ix_waiver_school_id"), "waiver", ["school_id"], unique=False)
    standing = sa.text("taken_back_at IS NULL")
    op.create_index("uq_waiver_standing", "waiver", ["pupil_id", "term"], unique=True, postgresql_where=standing)
    op.create_table(
        "code_request",
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("children", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_request")),
    )
    waiting = sa.text("looked_at IS NULL")
    op.create_index("ix_code_request_waiting", "code_request", ["asked_at"], postgresql_where=waiting)
    op.create_table(
        "wechat_binding",
        sa.Column("appid", sa.String(length=32), nullable=False),
        sa.Column("openid_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("openid_index", sa.LargeBinary(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("by_student", sa.Boolean(), nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_wechat_binding_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_wechat_binding_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_binding")),
    )
    op.create_index(op.f("ix_wechat_binding_pupil_id"), "wechat_binding", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_wechat_binding_school_id"), "wechat_binding", ["school_id"], unique=False)
    op.create_index(
        "uq_wechat_binding_standing",
        "wechat_binding",
        ["appid", "openid_index", "pupil_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    for table in [*FREE, "waiver"]:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    op.execute("ALTER TABLE waiver ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON waiver TO {ROLE} USING ({EVERYTHING} OR {UNITS} OR {PUPILS})")


def downgrade():
    op.drop_table("wechat_binding")
    op.drop_table("code_request")
    op.drop_table("waiver")
    op.drop_column("correction", "answer_sealed")
    op.drop_column("sign_in", "children")
