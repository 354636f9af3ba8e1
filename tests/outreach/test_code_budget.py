"""登录码的总量: a flood is slowed and then stopped, a busy day like those before is not."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.models import AuditEntry, CodeRequest
from portal.outreach.code_budget import Pace, pace_of
from tests.builders import A_MONDAY
from tests.families.codes import look
from tests.families.people import a_listed_child
from tests.families.test_code import HER, ask

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def sent(session: Session, codes: int, days_ago: int = 0) -> None:
    at = A_MONDAY - days_ago * DAY - 5 * MINUTE
    lines = [{"at": at, "actor": "portal", "action": "code_sent", "source": "", "detail": {}} for _ in range(codes)]
    if lines:
        session.execute(insert(AuditEntry), lines)


def run_out(session: Session, used: int, unused: int) -> None:
    for n in range(used + unused):
        at = A_MONDAY - DAY / 2
        session.add(
            CodeRequest(asked_at=at, ends_at=at, looked_at=at, code_digest=b"x", used_at=at if n < used else None)
        )
    session.flush()


@pytest.mark.parametrize(("before", "now", "pace"), [
    (0, 100, Pace.USUAL), (0, 101, Pace.SLOWED), (40, 120, Pace.USUAL), (40, 121, Pace.SLOWED),
    (40, 401, Pace.SLOWED), (500, 1500, Pace.USUAL),
])  # fmt: skip
def test_a_flood_is_measured_by_the_same_hour_of_the_days_before(
    session: Session, before: int, now: int, pace: Pace
) -> None:
    sent(session, before, days_ago=3)
    sent(session, before // 2, days_ago=1)
    sent(session, now)
    assert pace_of(session, A_MONDAY) is pace


@pytest.mark.parametrize(("used", "unused", "now", "pace"), [
    (59, 141, 0, Pace.SLOWED), (60, 140, 0, Pace.USUAL), (0, 199, 0, Pace.USUAL),
    (59, 141, 400, Pace.SLOWED), (59, 141, 401, Pace.STOPPED),
])  # fmt: skip
def test_codes_that_hardly_anybody_writes_down_are_slowed_and_in_a_flood_stopped(
    session: Session, used: int, unused: int, now: int, pace: Pace
) -> None:
    run_out(session, used, unused)
    sent(session, 40, days_ago=2)
    sent(session, now)
    assert pace_of(session, A_MONDAY) is pace


@pytest.mark.parametrize(("flood", "unused", "codes"), [(0, 0, 2), (121, 0, 1), (121, 200, 0)])
def test_a_number_gets_fewer_codes_or_none_and_the_page_says_the_same(
    session: Session, client: FlaskClient, flood: int, unused: int, codes: int
) -> None:
    a_listed_child(session)
    run_out(session, 0, unused)
    sent(session, flood)
    got = 0
    for minute in (0, 2):
        with time_machine.travel(A_MONDAY + minute * MINUTE, tick=True):
            assert ask(client, *HER).location == "/sign-in/code/enter"
            got += len(look(session))
    assert got == codes
