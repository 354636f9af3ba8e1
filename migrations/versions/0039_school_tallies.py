"""小计 a school and term, kept and sealed; a change of anything they count is noted with the change itself."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ROLE = "portal_app"
WITHIN_REACH = """(SELECT current_setting('portal.reach', true) = 'all') OR school_id IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
COUNTED = (
    "addition", "award", "confirmation", "contact_record", "correction", "double_enrolment", "enrolment_record",
    "entitlement", "further_aid", "guardian", "match_pair", "pupil", "pupil_helper", "school_class",
)  # fmt: skip
"""Tables with a school_id; of an account the unit is the school."""
FROM_ABOVE = """kind = 'roster' AND unit_id IN (
    SELECT id FROM unit WHERE starts_with(nullif(current_setting('portal.reach', true), ''), path)
)"""
ROWS = {"INSERT": ("new_rows",), "UPDATE": ("old_rows", "new_rows"), "DELETE": ("old_rows",)}


def upgrade():
    op.create_table(
        "school_tally",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_school_tally_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_tally")),
        sa.UniqueConstraint("school_id", "term", "name", name=op.f("uq_school_tally_school_id_term_name")),
    )
    op.create_table(
        "school_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_change")),
    )
    op.create_index(op.f("ix_school_change_school_id"), "school_change", ["school_id"])
    op.execute(f"GRANT SELECT, INSERT, DELETE ON school_tally TO {ROLE}")
    op.execute(f"GRANT SELECT, DELETE ON school_change TO {ROLE}")
    for table in ("school_tally", "school_change"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({WITHIN_REACH})")
    # a roster that the county brought in is the school's as well: when it came in counts there too
    op.execute(f"CREATE POLICY rosters_from_above ON intake FOR SELECT TO {ROLE} USING ({FROM_ABOVE})")
    for event, rows in ROWS.items():
        each = " UNION ".join(f"SELECT %1$I FROM {name} WHERE %1$I IS NOT NULL" for name in rows)
        op.execute(
            f"""
            CREATE FUNCTION note_school_{event.lower()}() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN
                EXECUTE format('INSERT INTO school_change (school_id) {each}', TG_ARGV[0]);
                RETURN NULL;
            END $$
            """
        )
        referencing = " ".join(f"{name[:3].upper()} TABLE AS {name}" for name in rows)
        for table in (*COUNTED, "staff_member"):
            school = "unit_id" if table == "staff_member" else "school_id"
            op.execute(
                f"CREATE TRIGGER note_school_{event.lower()} AFTER {event} ON {table} REFERENCING {referencing} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION note_school_{event.lower()}('{school}')"
            )


def downgrade():
    op.execute("DROP POLICY rosters_from_above ON intake")
    for event in ROWS:
        op.execute(f"DROP FUNCTION note_school_{event.lower()}() CASCADE")
    op.drop_table("school_change")
    op.drop_table("school_tally")
