"""学年全面核查 by school, and further aid for whoever is especially hard up."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
MAY = {"further_aid": "SELECT, INSERT, UPDATE", "yearly_look": "SELECT, INSERT", "yearly_check": "SELECT, INSERT"}


def upgrade():
    op.create_table(
        "further_aid",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("flagged_by", sa.String(length=60), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "settled_at IS NULL OR source <> '' OR words_sealed IS NOT NULL",
            name=op.f("ck_further_aid_settled_says_how"),
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_further_aid_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_further_aid_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_further_aid")),
    )
    op.create_index(op.f("ix_further_aid_school_id"), "further_aid", ["school_id"])
    op.create_index(
        "uq_further_aid_open", "further_aid", ["pupil_id"], unique=True, postgresql_where=sa.text("settled_at IS NULL")
    )
    op.create_table(
        "yearly_look",
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(length=9), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_yearly_look_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_yearly_look_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_look")),
        sa.UniqueConstraint(
            "pupil_id", "school_id", "school_year", name=op.f("uq_yearly_look_pupil_id_school_id_school_year")
        ),
    )
    op.create_index(op.f("ix_yearly_look_school_id"), "yearly_look", ["school_id"])
    op.create_table(
        "yearly_check",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("school_year", sa.String(length=9), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("incomplete", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_yearly_check_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_check")),
        sa.UniqueConstraint("school_id", "school_year", name=op.f("uq_yearly_check_school_id_school_year")),
    )
    for table, rights in MAY.items():
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_REACH})")


def downgrade():
    for table in MAY:
        op.drop_table(table)
