"""No page of the desk reads a large table whole: PostgreSQL's own plans, beside four hundred strange schools."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from portal.database import db, reach_units, set_reach
from portal.models import Award, Confirmation, ContactRecord
from portal.vocabulary import Channel
from tests.builders import A_MONDAY, TERM
from tests.conftest import Databases
from tests.staff.county import StaffCounty, sign_in
from tests.staff.test_every_page import LISTS

SCHOOLS, EACH = 400, 50
"""Rows of a table at each: by then PostgreSQL finds a county's few by an index, wherever there is one."""
NEIGHBOURS = 40
"""Schools of one county: what is asked for school by school enters an index once for each."""
ASKED = ("/staff/ledger?show=aware", "/staff/ledger?show=missing")
"""The same pages as in LISTS, asked for in more ways."""
OF_FEW = (
    "/staff/awards", "/staff/awards/differences", "/staff/awards/differences?kind=duplicate",
    "/staff/awards/owed/pupils", "/staff/ledger?show=missing", "/staff/statistics",
)  # fmt: skip
"""Pages that know at which few schools their rows stand, or by which step."""
LARGE = (
    "pupil", "guardian", "enrolment_record", "match_pair", "entitlement", "entitlement_change", "award", "confirmation",
    "contact_record",
)  # fmt: skip
FEW = {"correction": 2, "contact_task": 5}
"""Of these a school has no more; they matter for what PostgreSQL expects of a join."""
UNITS = """
    INSERT INTO unit (id, code, name, level, parent_id, path, stages, landline, aid_officer)
    SELECT gen_random_uuid(), code || place, name || place, level, parent_id, rtrim(path, '/') || place || '/', stages,
    '', '' FROM unit, generate_series(1, %s) AS place WHERE id = %s
"""
COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'
"""
COPIED = """
    INSERT INTO {table} ({columns}) SELECT {values}
    FROM (SELECT * FROM {table} LIMIT 1) AS one, (SELECT id FROM unit WHERE starts_with(path, {path})) AS elsewhere,
    generate_series(1, {each})
"""
NEW = {
    "uuid": "CASE WHEN one.{} IS NOT NULL THEN gen_random_uuid() END",
    "bytea": "CASE WHEN one.{} IS NOT NULL THEN decode(md5(random()::text), 'hex') END",
}
Questions = dict[str, Any]
"""Statements, each with the values it was asked with."""


def strangers(connection: psycopg.Connection, school: UUID, path: str) -> None:
    """Whatever the county has of a table, again and again elsewhere; nobody opens what is sealed in it."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(UNITS, [SCHOOLS, school])
    for table in (*LARGE, *FEW):
        columns = dict(iter(connection.execute(COLUMNS, [table])))
        values = {name: sql.SQL(NEW.get(kind, "one.{}")).format(sql.Identifier(name)) for name, kind in columns.items()}
        values["school_id"] = sql.SQL("elsewhere.id")
        if "receipt" in columns:
            values["receipt"] = sql.SQL("left(md5(random()::text), 12)")
        connection.execute(
            sql.SQL(COPIED).format(
                table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                values=sql.SQL(", ").join(values.values()), path=path, each=FEW.get(table, EACH),
            )
        )  # fmt: skip
    connection.execute("ANALYZE")


@pytest.fixture
def among_strangers(session: Session, county: StaffCounty, databases: Databases, database: str) -> StaffCounty:
    of_ours = {"pupil_id": county.ours.pupil.id, "school_id": county.ours.pupil.school_id}
    paid = Award(
        **of_ours, intake_id=county.ours.intake.id, policy="CMP-LIVE", term=TERM, yuan=500, paid_on=A_MONDAY.date(),
        payee_differs=False, as_of=A_MONDAY.date(),
    )  # fmt: skip
    said = Confirmation(
        **of_ours, term=TERM, in_school=True, wants_aid=True, by="family", said_at=A_MONDAY, receipt="1"
    )
    spoken = ContactRecord(**of_ours, at=A_MONDAY, by="staff:t4", channel=Channel.PHONE, reached=True)
    session.add_all((paid, said, spoken))
    session.commit()
    with databases.administer(database) as connection:
        strangers(connection, county.theirs.pupil.school_id, county.theirs.pupil.school.path.rstrip("/"))
    return county


@contextmanager
def heard(app: Flask) -> Iterator[Questions]:
    """What goes to the database meanwhile."""
    questions: Questions = {}

    def hear(_c: Connection, _cursor: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if not many and statement.lstrip().upper().startswith(("SELECT", "WITH")):
            questions.setdefault(statement, parameters)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield questions
    event.remove(db.engine, "before_cursor_execute", hear)


def read_whole(session: Session, statement: str, parameters: Any) -> set[str]:
    """Large tables that the plan reads from end to end, by themselves or along an index."""
    plan = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return whole(plan[0]["Plan"]) & set(LARGE)


def read_whole_by(session: Session, path: str, questions: Mapping[str, Any]) -> dict[str, set[str]]:
    """Of what a page of the unit with this path asked, that which reads a large table so."""
    set_reach(session, reach_units(path))
    return {asked: tables for asked, values in questions.items() if (tables := read_whole(session, asked, values))}


def whole(node: dict[str, Any]) -> set[str]:
    scans = node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"} and "Index Cond" not in node
    here = {node["Relation Name"]} if scans else set()
    return here.union(*map(whole, node.get("Plans", [])))


@pytest.mark.parametrize(("account", "place"), [("sch1", "school"), ("cnty", "county")])
def test_pages_enter_large_tables_by_an_index(
    app: Flask,
    client: FlaskClient,
    session: Session,
    among_strangers: StaffCounty,
    databases: Databases,
    database: str,
    account: str,
    place: str,
) -> None:
    sign_in(client, account)
    with heard(app) as questions:
        answers = {page: client.get(page).status_code for page in (*LISTS[account], *ASKED)}
    path = among_strangers.units[place].path
    doubted = {asked: questions[asked] for asked in read_whole_by(session, path, questions)}
    session.rollback()
    with databases.administer(database) as connection:
        connection.execute("ANALYZE")  # what is expected rests on a sample, and two plans may cost nearly the same
    assert (set(answers.values()), read_whole_by(session, path, doubted)) == ({200}, {})


def test_what_few_schools_have_is_not_looked_for_at_all_of_a_county(
    app: Flask,
    client: FlaskClient,
    session: Session,
    among_strangers: StaffCounty,
    databases: Databases,
    database: str,
) -> None:
    with databases.administer(database) as connection:
        connection.execute(UNITS, [NEIGHBOURS, among_strangers.units["school"].id])
        connection.execute("ANALYZE unit")
    sign_in(client, "cnty")
    with heard(app) as questions:
        answers = {client.get(page).status_code for page in OF_FEW}
    path = among_strangers.units["county"].path
    assert (answers, read_whole_by(session, path, questions)) == ({200}, {})
