"""A run of matching in parts, each kept as it is done, so that a killed run goes on where it was."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROLE = "portal_app"
TABLES = ("match_part", "match_finding")


def upgrade():
    op.add_column("match_run", sa.Column("registers", sa.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.alter_column("match_run", "registers", server_default=None)
    op.add_column("match_run", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "match_part",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("pupil_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_part_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_part")),
    )
    op.create_index(op.f("ix_match_part_run_id"), "match_part", ["run_id"])
    op.create_table(
        "match_finding",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("register_entry_id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("category_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("register_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_finding_run_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_match_finding_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_match_finding_school_id")),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_match_finding_register_entry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name=op.f("fk_match_finding_intake_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_finding")),
    )
    op.create_index("ix_match_finding_run_id", "match_finding", ["run_id", "pupil_id"])
    op.create_index(op.f("ix_match_finding_register_entry_id"), "match_finding", ["register_entry_id"])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY within_reach ON {table} TO {ROLE} USING (current_setting('portal.reach', true) = 'all')"
        )
    # how far a run is may be known to whoever may know of the run
    op.execute(
        f"CREATE POLICY within_reach_of_its_run ON match_part FOR SELECT TO {ROLE} "
        "USING (EXISTS (SELECT FROM match_run WHERE match_run.id = match_part.run_id))"
    )


def downgrade():
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("match_run", "given_up_at")
    op.drop_column("match_run", "registers")
