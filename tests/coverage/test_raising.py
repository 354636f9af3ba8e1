"""上报: an overdue row climbs by itself, level by level, and money a family misses climbs without grace."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import progress
from portal.coverage.as_of import standing_on
from portal.coverage.history import history_of
from portal.coverage.lists import LedgerFilter, ledger_lines
from portal.coverage.raising import raise_overdue
from portal.coverage.steps import MONEY_TRACED, take_step
from portal.enrolment import corrections
from portal.vocabulary import EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil
from tests.coverage.builders import CATALOGUE, a_row

COUNTY, CITY, PROVINCE = UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE


def on(day: date) -> datetime:
    return A_MONDAY + (day - A_MONDAY.date())


@pytest.mark.parametrize(
    ("day", "waits_at"),
    [
        (date(2026, 9, 20), None),
        (date(2026, 9, 23), None),
        (date(2026, 9, 24), COUNTY),
    ],
)
def test_a_row_climbs_after_three_working_days_of_grace(
    session: Session, day: date, waits_at: UnitLevel | None
) -> None:
    row = a_row(session)
    assert row.next_step_due == date(2026, 9, 20)  # a Sunday that is worked
    raise_overdue(session, on(day))
    assert (row.raised_to, row.owner_level) == (waits_at, UnitLevel.SCHOOL)


def test_it_climbs_on_while_nobody_moves_and_stops_at_the_top(session: Session) -> None:
    row, seen = a_row(session), []
    for week in range(4, 12):
        raise_overdue(session, A_MONDAY + timedelta(weeks=week))
        seen.append(row.raised_to)
    assert list(dict.fromkeys(seen)) == [COUNTY, CITY, PROVINCE]
    assert raise_overdue(session, A_MONDAY + timedelta(weeks=20)).rows == 0


def test_the_family_reads_once_that_it_said_so_however_high_it_climbs(session: Session) -> None:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(500), "command", A_MONDAY)
    progress.note_not_received(session, row, "family", A_MONDAY)
    for week in range(1, 4):
        raise_overdue(session, A_MONDAY + timedelta(weeks=week))
    said = [event.words for event in history_of(session, row.pupil_id, CATALOGUE)]
    assert said.count("生活补助：您说没收到，交资助中心去查") == 1


def test_the_same_morning_twice_climbs_once(session: Session) -> None:
    a_row(session)
    assert [raise_overdue(session, on(date(2026, 10, 12))).rows for _ in range(2)] == [1, 0]


def test_money_nobody_answered_about_is_the_citys_the_morning_after(session: Session) -> None:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(500), "command", A_MONDAY)
    progress.note_not_received(session, row, "family", A_MONDAY)
    session.flush()
    raise_overdue(session, on(date(2026, 9, 9)))
    assert row.raised_to is None
    raise_overdue(session, on(date(2026, 9, 10)))
    assert row.raised_to is CITY


def test_somebody_above_is_told_when_the_twenty_days_pass(session: Session) -> None:
    row = a_row(session)
    due = date(2026, 10, 10)
    take_step(session, row, EntitlementState.APPROVED, "staff:cnty", A_MONDAY, "已答复", MONEY_TRACED, due)
    raise_overdue(session, on(due))
    assert row.raised_to is None
    raise_overdue(session, on(due + timedelta(days=1)))
    assert row.raised_to is CITY


def test_whatever_moves_waits_above_no_longer(session: Session) -> None:
    row = a_row(session)
    raise_overdue(session, on(date(2026, 10, 12)))
    progress.note_verified(session, row.pupil_id, TERM, "staff:sch1", on(date(2026, 10, 12)))
    assert (row.raised_to, row.raised_at) == (None, None)


def test_yesterdays_list_is_as_it_was_and_a_row_opened_later_is_not_on_it(session: Session) -> None:
    row, scope = a_row(session), scope_of(a_county(session))
    session.flush()
    progress.note_verified(session, row.pupil_id, TERM, "staff:sch1", A_MONDAY + timedelta(days=2))
    session.flush()

    def shown(day: date) -> list[str]:
        page = ledger_lines(session, scope, TERM, CATALOGUE, day, as_of=day)
        return [f"{line.masked_name} {line.state.label}" for line in page.lines]

    assert shown(date(2026, 9, 6)) == []
    assert shown(date(2026, 9, 8)) == ["王*雨 已比对"]
    assert shown(date(2026, 9, 9)) == ["王*雨 已核实"]


def test_yesterdays_list_is_narrowed_as_todays(session: Session) -> None:
    a_row(session)
    session.flush()
    scope, day = scope_of(a_county(session)), date(2026, 10, 9)
    late = ledger_lines(session, scope, TERM, CATALOGUE, day, LedgerFilter(overdue=True), as_of=day)
    early = ledger_lines(session, scope, TERM, CATALOGUE, day, LedgerFilter(overdue=True), as_of=A_MONDAY.date())
    assert (late.total, early.total) == (1, 0)


def test_changes_of_one_moment_have_an_order(session: Session) -> None:
    row = a_row(session)
    progress.note_answered(session, row.pupil_id, TERM, True, True, "family", A_MONDAY)
    session.flush()
    standing = standing_on(scope_of(a_county(session)), TERM, A_MONDAY.date())
    assert session.query(standing.state).one()[0] is EntitlementState.REACHED


@pytest.mark.parametrize(
    ("day", "levels"),
    [
        (date(2026, 9, 9), [COUNTY]),
        (date(2026, 9, 10), [COUNTY, CITY]),
        (date(2026, 10, 20), [COUNTY, CITY, PROVINCE]),
    ],
)
def test_somebody_asked_for_proof_climbs_after_two_and_twenty_working_days(
    session: Session, day: date, levels: list[UnitLevel]
) -> None:
    said = corrections.record(session, a_pupil(session), TERM, "asked_for_proof", "", "family", A_MONDAY)
    assert [one for one in (COUNTY, CITY, PROVINCE) if corrections.has_come_to(said, one, COUNTY, day)] == levels
