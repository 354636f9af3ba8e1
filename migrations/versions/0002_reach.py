"""How far the application's role reaches: grants, row-level security, and tables nobody can rewrite."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLE = "portal_app"

# Tables of pupils: the column that names the school, and the one that names the pupil.
OF_PUPILS = {
    "pupil": ("school_id", "id"),
    "guardian": ("school_id", "pupil_id"),
    "enrolment_record": ("school_id", "pupil_id"),
    "match_pair": ("school_id", "pupil_id"),
    "entitlement": ("school_id", "pupil_id"),
    "entitlement_change": ("school_id", "pupil_id"),
    "award": ("school_id", "pupil_id"),
    "confirmation": ("school_id", "pupil_id"),
    "correction": ("school_id", "pupil_id"),
    "contact_record": ("school_id", "pupil_id"),
    "message_pupil": ("school_id", "pupil_id"),
}
# Tables of units: no family sees them.
OF_UNITS = {"message": "school_id", "intake": "unit_id", "match_run": "unit_id"}
# Nobody but the matching itself looks into the registers (N3-3).
OF_NOBODY = ["register_entry"]

# Trails that are added to and read, never rewritten (N5-7).
TRAILS = ["audit_entry", "entitlement_change"]
# The mark of a demonstration stays for good, and so do the fingerprints by which wrong keys are refused.
MARKS = ["demonstration", "key_check"]
# A report that came again is counted on its row.
COUNTED = ["delivery_report"]
FREE = [
    "unit",
    "school_class",
    "hardship_category",
    "staff_member",
    "sign_in",
    "slip",
    "try_count",
    "job_slot",
]
# The order of entries is the database's to say.
AUDITED = "at, actor, action, unit_id, pupil_id, source, detail"

EVERYTHING = "current_setting('portal.reach', true) = 'all'"
UNITS = """{column} IN (
    SELECT id FROM unit
    WHERE starts_with(path, nullif(current_setting('portal.reach', true), ''))
)"""
PUPILS = "{column} = ANY (string_to_array(nullif(current_setting('portal.pupils', true), ''), ',')::uuid[])"


def upgrade():
    op.execute(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
                CREATE ROLE {ROLE} NOLOGIN;
                EXECUTE format('GRANT {ROLE} TO %I', current_user);
            END IF;
            -- files that come in are copied into a temporary table first
            EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {ROLE}', current_database());
        END $$
        """
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    op.execute(f"GRANT SELECT ON alembic_version TO {ROLE}")
    for table in [*OF_PUPILS, *OF_UNITS, *OF_NOBODY, *FREE]:
        if table not in TRAILS:
            op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    for table in [*TRAILS, *MARKS]:
        columns = f" ({AUDITED})" if table == "audit_entry" else ""
        op.execute(f"GRANT SELECT, INSERT{columns} ON {table} TO {ROLE}")
    for table in COUNTED:
        op.execute(f"GRANT SELECT, INSERT, UPDATE (times) ON {table} TO {ROLE}")

    for table, (school, pupil) in OF_PUPILS.items():
        restrict(table, EVERYTHING, UNITS.format(column=school), PUPILS.format(column=pupil))
    for table, unit in OF_UNITS.items():
        restrict(table, EVERYTHING, UNITS.format(column=unit))
    for table in OF_NOBODY:
        restrict(table, EVERYTHING)

    op.execute(
        """
        CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is a trail: rows are added, never changed or removed', TG_TABLE_NAME;
        END $$
        """
    )
    for table in TRAILS:
        op.execute(
            f"CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def restrict(table, *reaches):
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_reach ON {table} TO {ROLE} USING ({' OR '.join(reaches)})")


def downgrade():
    for table in TRAILS:
        op.execute(f"DROP TRIGGER never_rewritten ON {table}")
    op.execute("DROP FUNCTION refuse_rewriting()")
    for table in [*OF_PUPILS, *OF_UNITS, *OF_NOBODY]:
        op.execute(f"DROP POLICY within_reach ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in [*OF_PUPILS, *OF_UNITS, *OF_NOBODY, *FREE, *TRAILS, *MARKS, *COUNTED, "alembic_version"]:
        op.execute(f"REVOKE ALL ON {table} FROM {ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {ROLE}")
