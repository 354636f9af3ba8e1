"""Every page of the desk as one officer opens it, in this process: milliseconds, statements, and what they would scan.

Prints one JSON object: page → [p95 ms, statements, tables read whole]. Arguments: folder, account, password.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Connection, Select, event, select, text
from sqlalchemy.orm import sessionmaker
from werkzeug.test import TestResponse

from portal import clock
from portal.access.scope import enter, scope_of
from portal.app import create_app
from portal.coverage.tally_keeping import keep_tallies
from portal.database import EVERYTHING, db
from portal.models import ContactTask, Entitlement, Intake, MatchPair, StaffMember
from portal.settings import read_settings
from portal.vocabulary import Decision, IntakeKind

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
TIMES = 20
PATIENCE = 5.0
"""Seconds for one page; of one that needs longer for all its times the slowest counts."""
LARGE = 10_000
"""Rows; to read a smaller table whole is no harm."""
EXAMPLES: dict[str, tuple[str, Select[UUID]]] = {
    # endpoint: the argument, and which ids it may be
    "staff.pupil": ("pupil_id", select(Entitlement.pupil_id)),
    "staff.one_pair": ("pair_id", select(MatchPair.id).where(MatchPair.decision == Decision.POSSIBLE)),
    "staff.contact_task": ("task_id", select(ContactTask.id).where(ContactTask.closed_at.is_(None))),
    "staff.intake": ("intake_id", select(Intake.id).where(Intake.kind == IntakeKind.ROSTER)),
}
ASKED = {
    # the same page asked for in other ways
    "staff.ledger": ({"show": "late"}, {"show": "unaided"}, {"show": "aware"}, {"show": "missing"}, {"page": 20}),
    "staff.statistics": ({"by": "stage"}, {"by": "category"}, {"by": "origin"}),
    "staff.counted": ({"measure": "unaided"}, {"by": "category"}),
    "staff.matched": ({"decision": "possible"}, {"page": 20}),
    "staff.roll": ({},),
}
NOT_PAGES = {"staff.sign_in", "staff.phone"}


def addresses(app: Flask, account: str) -> dict[str, str]:
    """Every page without arguments, those with an example, and a few asked for in more ways."""
    found: dict[str, str] = {}
    session = db.session()
    staff = session.scalars(select(StaffMember).where(StaffMember.account == account)).one()
    enter(session, scope_of(staff.unit))
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or not rule.endpoint.startswith("staff.") or rule.endpoint in NOT_PAGES:
            continue
        values = example(rule.endpoint, rule.arguments)
        if values is None:
            continue
        found[rule.endpoint.removeprefix("staff.")] = url_for(rule.endpoint, **values)
        for asked in ASKED.get(rule.endpoint, ()):
            words = " ".join(f"{key}={value}" for key, value in asked.items())
            found[f"{rule.endpoint.removeprefix('staff.')} {words}".strip()] = url_for(rule.endpoint, **values, **asked)
    session.rollback()
    return found


def example(endpoint: str, arguments: set[str]) -> dict[str, Any] | None:
    if not arguments:
        return {}
    if endpoint == "staff.roll":
        return {"code": "missed"}
    if endpoint not in EXAMPLES:
        return None
    name, statement = EXAMPLES[endpoint]
    key: UUID | None = db.session.scalar(statement.limit(1))
    return {name: key} if key else None


class Told:
    """Statements with their parameters, while anybody listens."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] | None = None

    def __call__(self, _c: Connection, _cursor: Any, statement: str, parameters: Any, _ctx: Any, many: bool) -> None:
        if self.statements is not None and not many:
            self.statements.append((statement, parameters))


def whole(connection: Connection, statement: str, parameters: Any, sizes: dict[str, float]) -> set[str]:
    """The large tables that PostgreSQL would read from end to end for this statement."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return set()
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return {table for table in scanned(plan[0]["Plan"]) if sizes.get(table, 0) > LARGE}


def scanned(node: dict[str, Any]) -> set[str]:
    here = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
    return here.union(*map(scanned, node.get("Plans", [])))


def main(folder: str, account: str, password: str) -> dict[str, tuple[float, int, list[str]]]:
    app = create_app(read_settings({"PORTAL_INSTANCE": folder, "PORTAL_LOG_LEVEL": "ERROR"}))
    with app.app_context():  # as the scheduler does every minute
        keep_tallies(sessionmaker(db.engine, info={"reach": EVERYTHING}), clock.now())
    told, found = Told(), {}
    with app.test_request_context():
        pages = addresses(app, account)
        event.listen(db.engine, "before_cursor_execute", told)
        named = db.session.execute(text("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'"))
        sizes = {row.relname: row.reltuples for row in named}
        staff = db.session.scalars(select(StaffMember).where(StaffMember.account == account)).one()
        reach = scope_of(staff.unit)
        db.session.rollback()
    client = app.test_client()
    signed_in(client, account, password)
    for page, path in pages.items():
        told.statements = []
        first = client.get(path)
        if first.status_code != 200 or first.mimetype != "text/html":
            continue
        statements, told.statements = told.statements, None
        times = sorted(opened(client, path))
        with app.app_context():
            session = db.session()
            enter(session, reach)
            read = set().union(*(whole(session.connection(), *one, sizes) for one in statements))
            session.rollback()
        found[page] = (times[math.ceil(0.95 * len(times)) - 1], len(statements), sorted(read))
        print(f"{found[page][0]:9.1f} ms {len(statements):4d}  {page}  {' '.join(sorted(read))}", file=sys.stderr)
    return found


def opened(client: FlaskClient, path: str) -> Iterator[float]:
    """Milliseconds of each time."""
    first = perf_counter()
    for _ in range(TIMES):
        began = perf_counter()
        client.get(path)
        yield (perf_counter() - began) * 1000
        if perf_counter() - first > PATIENCE:
            return


def signed_in(client: FlaskClient, account: str, password: str) -> TestResponse:
    page = client.get("/staff/sign-in").get_data(as_text=True)
    token = TOKEN.search(page)
    if token is None:
        raise SystemExit("the sign-in page has no token")
    answer: TestResponse = client.post(
        "/staff/sign-in", data={"csrf_token": token[1], "account": account, "password": password}
    )
    return answer


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
