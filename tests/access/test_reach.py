"""The database itself shows a transaction nothing outside its reach, even where a filter was forgotten."""

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from portal import audit, database
from portal.database import EVERYTHING, NOTHING, Reach, db, libpq, reach_pupils, reach_units, set_reach
from portal.models import Guardian, Intake, Pupil, RegisterEntry
from tests.builders import A_MONDAY, a_county, a_pupil, a_school, an_entry, an_intake
from tests.conftest import Databases


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_without_a_reach_no_pupil_is_there(session: Session) -> None:
    a_pupil(session)
    set_reach(session, NOTHING)
    assert count(session, Pupil) == count(session, Guardian) == 0


def test_whoever_takes_the_connection_next_reaches_nothing(session: Session) -> None:
    a_pupil(session)
    session.commit()
    with db.engine.connect() as connection:
        with Session(connection) as officer:
            set_reach(officer, EVERYTHING)
            assert count(officer, Pupil) == 1
        connection.rollback()
        with Session(connection) as stranger:
            assert count(stranger, Pupil) == 0


def test_a_connection_that_broke_while_it_lay_idle_is_replaced(
    app: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRUSTED", -1.0)
    whose = text("SELECT pg_backend_pid()")
    with app.app_context():
        with db.engine.connect() as connection:
            broken = connection.scalar(whose)
        with databases.administer() as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s, 1000)", [broken])
        with db.engine.connect() as connection:
            assert connection.scalar(whose) != broken


def test_statements_stay_prepared_when_a_page_that_only_read_is_over(app: Flask) -> None:
    known = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%to be kept%'")
    with app.app_context(), db.engine.connect() as connection:
        for _ in range(7):
            connection.execute(text("SELECT 'to be kept'"))
            connection.rollback()
        assert connection.scalar(known) == 1


def test_a_statement_known_already_has_its_columns_described_no_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = select(Pupil.id, Pupil.hukou_division)
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(known).keys() == ["id", "hukou_division"]
        monkeypatch.delattr("psycopg._cursor_base.Column")
        assert connection.execute(known).all() == []


def test_for_a_family_the_database_reads_no_list_of_units(session: Session) -> None:
    mine = a_pupil(session)
    session.commit()
    set_reach(session, reach_pupils([mine.id]))
    plan = session.scalars(text("EXPLAIN ANALYZE SELECT FROM pupil WHERE id = :mine"), {"mine": mine.id}).all()
    units = [line for line in plan if "on unit" in line]
    assert units
    assert all("never executed" in line for line in units)


def test_every_table_looks_for_a_familys_children_before_the_units(session: Session) -> None:
    units_first = text(
        "SELECT tablename FROM pg_policies WHERE qual LIKE '%portal.pupils%'"
        " AND position('portal.pupils' IN qual) > position('FROM unit' IN qual)"
    )
    assert session.scalars(units_first).all() == []


@pytest.mark.parametrize(
    ("reach", "plans"),
    [(reach_units("/32/3299/"), "force_custom_plan"), (EVERYTHING, "auto"), (reach_pupils([]), "auto")],
)
def test_pages_of_an_officer_are_planned_for_the_unit_that_asks(session: Session, reach: Reach, plans: str) -> None:
    set_reach(session, reach)
    assert session.scalar(text("SHOW plan_cache_mode")) == plans


def test_a_school_reaches_its_own_pupils_only(session: Session) -> None:
    mine = a_school(session)
    a_pupil(session, mine)
    a_pupil(session, a_school(session, a_county(session, "329902", "邻县"), "3299020001"), name="周晓", id_number=None)
    set_reach(session, reach_units(mine.path))
    assert [pupil.name for pupil in session.scalars(select(Pupil))] == ["王小雨"]


def test_a_county_whose_code_begins_alike_is_not_reached(session: Session) -> None:
    a_pupil(session, a_school(session, a_county(session, "3299010", "近似县"), "X1"))
    set_reach(session, reach_units(a_county(session, "329901").path))
    assert count(session, Pupil) == 0


def test_a_family_reaches_its_own_child_only(session: Session) -> None:
    child = a_pupil(session)
    a_pupil(session, name="周晓", id_number=None)
    set_reach(session, reach_pupils([child.id]))
    assert [pupil.id for pupil in session.scalars(select(Pupil))] == [child.id]
    assert session.scalars(select(Guardian.pupil_id)).all() == [child.id]


def test_nobody_with_a_part_of_the_tree_looks_into_the_registers(session: Session) -> None:
    an_entry(session)
    set_reach(session, reach_units("/32/"))
    assert count(session, RegisterEntry) == 0


def test_who_offers_a_key_is_told_to_nobody_with_a_part_of_the_tree(session: Session) -> None:
    pupil = a_pupil(session)
    pupil.offered_keys = [b"one", b"two"]
    session.flush()
    offering = text("SELECT key, pupil_id FROM pupils_offering(ARRAY['two', 'three']::bytea[])")
    assert session.execute(offering).all() == [(b"two", pupil.id)]
    set_reach(session, reach_units("/32/"))
    assert session.execute(offering).all() == []


def test_of_a_roster_a_school_is_told_when_it_came_for_itself_and_nothing_else(session: Session) -> None:
    school, other = a_school(session), a_school(session, code="3299010002")
    files = [an_intake(session, unit).id for unit in (a_county(session), school, other)]
    arrived = [func.roster_arrived_at(file, at) for at in (school.id, other.id) for file in files]
    set_reach(session, reach_units(school.path))
    assert session.execute(select(*arrived)).one() == (A_MONDAY, A_MONDAY, None, None, None, None)
    assert session.scalars(select(Intake.id)).all() == [files[1]]


def test_a_pupil_of_another_school_cannot_be_written(session: Session) -> None:
    school, other = a_school(session), a_school(session, code="3299010002")
    set_reach(session, reach_units(school.path))
    with pytest.raises(ProgrammingError, match="row-level security"):
        a_pupil(session, other)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_audit_trail_cannot_be_rewritten(session: Session, statement: str) -> None:
    audit.record(session, "portal", "matched")
    session.flush()
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement))


@pytest.mark.parametrize("table", ["audit_entry", "entitlement_change"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = DEFAULT", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE unit CASCADE"]
)
def test_not_even_the_owner_of_the_tables_rewrites_a_trail(
    app: Flask, databases: Databases, database: str, table: str, statement: str
) -> None:
    with psycopg.connect(libpq(databases.server.url_for(database, "portal_owner"))) as owner:  # noqa: SIM117
        with pytest.raises(psycopg.errors.RaiseException, match="never changed or removed"):
            owner.execute(sql.SQL(statement).format(sql.Identifier(table)))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM key_check",
        "UPDATE key_check SET fingerprint = 'x'",
        "INSERT INTO audit_entry (id, at, actor, action) OVERRIDING SYSTEM VALUE VALUES (1, now(), 'x', 'read')",
        "SET ROLE portal_owner",
        "SET SESSION AUTHORIZATION portal_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE pupil DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER never_rewritten ON audit_entry",
        "CREATE TABLE mine (i int)",
    ],
)
def test_the_applications_role_stays_within_its_grants(session: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        session.execute(text(statement))


def test_the_reach_ends_with_the_transaction_on_a_shared_connection(session: Session) -> None:
    a_pupil(session)
    session.commit()
    set_reach(session, NOTHING)
    session.commit()
    assert count(session, Pupil) == 0
