"""Where each school stands, by when, and that nobody is asked twice a day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm, local
from portal.coverage.board import ROSTER, SchoolLine, board, late_schools, remind
from portal.database import reach_units, set_reach
from portal.models import AuditEntry, Intake, MatchRun, SchoolReminder, StaffMember
from portal.vocabulary import Decision, MatchingState, Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member
from tests.coverage.builders import a_match, a_row, a_run
from tests.coverage.moves import accepted, moved, the_new_school

AUTUMN = SchoolTerm.parse(TERM)
IN_TIME, TOO_LATE = date(2026, 9, 7), date(2026, 10, 8)
OCTOBER = A_MONDAY + timedelta(days=31)


def line(session: Session, day: date = IN_TIME) -> SchoolLine:
    (found,) = board(session, scope_of(a_county(session)), AUTUMN, day)
    return found


def test_without_a_roster_a_school_has_not_begun(session: Session) -> None:
    a_school(session)
    found = line(session)
    assert (found.state, found.task and found.task.words) == (MatchingState.NOT_BEGUN, "导入学籍名册")
    assert (found.due, found.late) == (date(2026, 9, 15), False)


def test_a_roster_alone_is_under_way(session: Session) -> None:
    a_pupil(session)
    found = line(session)
    assert (found.state, found.pupils, found.matched_on) == (MatchingState.UNDER_WAY, 1, None)


def test_matched_without_doubts_is_done(session: Session) -> None:
    a_match(session, a_pupil(session))
    assert line(session).state is MatchingState.DONE


def test_a_doubt_keeps_it_under_way(session: Session) -> None:
    a_match(session, a_pupil(session), decision=Decision.POSSIBLE)
    found = line(session)
    assert (found.state, found.doubts, found.due) == (MatchingState.UNDER_WAY, 1, date(2026, 9, 30))


def test_a_roster_after_the_run_has_to_be_matched(session: Session) -> None:
    a_match(session, a_pupil(session))
    a_pupil(session, name="新生", id_number=None, now=A_MONDAY)
    session.scalars(select(MatchRun)).one().began_at = A_MONDAY - timedelta(days=1)
    assert line(session).state is MatchingState.UNDER_WAY


def test_a_roster_of_the_school_a_pupil_came_from_is_not_the_new_schools(session: Session) -> None:
    row = a_row(session)
    accepted(session, moved(session, row))
    (found,) = board(session, scope_of(the_new_school(session)), AUTUMN, IN_TIME)
    assert (found.pupils, found.roster_on, found.task) == (1, None, ROSTER)


def test_a_run_of_the_whole_city_counts_and_the_county_knows_of_it(session: Session) -> None:
    a_pupil(session)
    county = a_county(session)
    assert county.parent is not None
    a_run(session, county.parent)
    set_reach(session, reach_units(county.path))
    assert line(session).state is MatchingState.DONE


def test_the_late_stand_first_and_another_county_is_not_there(session: Session) -> None:
    a_match(session, a_pupil(session))
    a_school(session, code="3299010002", name="示例县第一中学")
    a_school(session, a_county(session, "329902", "邻县"), "3299020001")
    lines = board(session, scope_of(a_county(session)), AUTUMN, TOO_LATE)
    assert [(one.school.code, one.late) for one in lines] == [("3299010002", True), ("3299010001", False)]
    assert late_schools(session, scope_of(a_county(session)), AUTUMN, TOO_LATE) == 1


def ask(session: Session, days: int = 0) -> int:
    county = a_county(session)
    known = select(StaffMember).where(StaffMember.account == "cnty")
    staff = session.scalars(known).first() or a_staff_member(session, "cnty", Role.COUNTY_OFFICER, county)
    now = OCTOBER + timedelta(days=days)
    lines = board(session, scope_of(county), AUTUMN, local(now).date())
    return remind(session, lines, AUTUMN, staff, "staff:cnty", now)


def test_the_late_are_asked_once_a_day_and_it_is_in_the_trail(session: Session) -> None:
    school = a_school(session)
    assert [ask(session, 0), ask(session, 0), ask(session, 1)] == [1, 0, 1]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "school_reminded")).all()
    assert [(entry.unit_id, entry.detail["about"]) for entry in entries] == [(school.id, "导入学籍名册")] * 2


@pytest.mark.parametrize("path", ["/32/3299/329902/", "/41/"])
def test_a_reminder_is_there_for_the_school_and_those_above_only(session: Session, path: str) -> None:
    school = a_school(session)
    ask(session)
    set_reach(session, reach_units(path))
    assert session.scalars(select(SchoolReminder)).all() == []
    set_reach(session, reach_units(school.path))
    assert len(session.scalars(select(SchoolReminder)).all()) == 1


def test_a_roster_that_the_county_brought_in_counts_at_the_school_too(session: Session) -> None:
    pupil = a_pupil(session)
    session.scalars(select(Intake)).one().unit_id = pupil.school.parent_id
    session.flush()
    set_reach(session, reach_units(pupil.school.path))
    (found,) = board(session, scope_of(pupil.school), AUTUMN, IN_TIME)
    assert (found.pupils, found.roster_on) == (1, A_MONDAY.date())
