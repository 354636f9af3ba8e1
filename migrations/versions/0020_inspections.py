"""Inspections: samples are added and read, never rewritten."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """current_setting('portal.reach', true) = 'all' OR {column} IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
OWNERS = {"inspection_sample": "unit_id", "inspection_pupil": "school_id"}


def upgrade():
    op.create_table(
        "inspection_sample",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("stratum", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_inspection_sample_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_sample")),
    )
    op.create_index(op.f("ix_inspection_sample_unit_id"), "inspection_sample", ["unit_id"])
    op.create_table(
        "inspection_pupil",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["inspection_sample.id"], name=op.f("fk_inspection_pupil_sample_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_inspection_pupil_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_inspection_pupil_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_pupil")),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_inspection_pupil_sample_id_position")),
    )
    for table, column in OWNERS.items():
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_REACH.format(column=column)})")
        op.execute(
            f"CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade():
    op.drop_table("inspection_pupil")
    op.drop_table("inspection_sample")
