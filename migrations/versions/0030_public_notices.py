"""公示: anybody may read that there is one, and its names while it is up; only its own unit writes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR unit_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""


def upgrade():
    op.create_table(
        "public_notice",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.String(length=20), nullable=False),
        sa.Column("school_year", sa.String(length=9), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("put_up_by", sa.String(length=60), nullable=False),
        sa.Column("put_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_down_by", sa.String(length=60), nullable=False),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_public_notice_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_public_notice_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index(op.f("ix_public_notice_unit_id"), "public_notice", ["unit_id"])
    op.create_table(
        "public_notice_line",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("class_words", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name=op.f("fk_public_notice_line_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice_line")),
    )
    op.create_index(op.f("ix_public_notice_line_notice_id"), "public_notice_line", ["notice_id"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON public_notice TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON public_notice_line TO {ROLE}")
    for table in ("public_notice", "public_notice_line"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON public_notice TO {ROLE} USING ({WITHIN_REACH})")
    op.execute(f"CREATE POLICY anybody ON public_notice FOR SELECT TO {ROLE} USING (taken_down_at IS NULL)")
    of_notice = "SELECT FROM public_notice WHERE public_notice.id = notice_id"
    op.execute(
        f"CREATE POLICY within_reach ON public_notice_line TO {ROLE} USING (EXISTS ({of_notice} AND ({WITHIN_REACH})))"
    )
    op.execute(
        f"CREATE POLICY while_up ON public_notice_line FOR SELECT TO {ROLE} "
        f"USING (EXISTS ({of_notice} AND taken_down_at IS NULL))"
    )


def downgrade():
    op.drop_table("public_notice_line")
    op.drop_table("public_notice")
