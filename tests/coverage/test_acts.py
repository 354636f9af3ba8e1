"""办理: what fits is done with all rows in one press, every press is dated, and can be taken back."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, scope_of
from portal.coverage import progress
from portal.coverage.acts import ACTS, acts_at, fitting
from portal.coverage.pressing import ActRefused, a_press, do, undo, was_done
from portal.models import Entitlement, StaffMember
from portal.vocabulary import EntitlementState, Role, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_school, a_staff_member
from tests.coverage.builders import a_row, states

NEXT_DAY = A_MONDAY + timedelta(days=1)


def county_officer(session: Session) -> StaffMember:
    return a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))


def press(session: Session, act: str, rows: Sequence[Entitlement], by: StaffMember | None = None, **more: object):  # type: ignore[no-untyped-def]
    doing = a_press(session, by or a_staff_member(session), NEXT_DAY, **more)  # type: ignore[arg-type]
    return do(session, scope_of(doing.staff.unit), ACTS[act], [row.id for row in rows], doing)


def a_verified_row(session: Session) -> Entitlement:
    row = a_row(session)
    progress.note_verified(session, row.pupil_id, TERM, "staff:sch1", A_MONDAY)
    session.flush()
    return row


def a_missing_row(session: Session) -> Entitlement:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(500), "command", A_MONDAY)
    progress.note_not_received(session, row, "family", A_MONDAY)
    session.flush()
    return row


def test_a_row_goes_all_the_way_by_the_acts_of_those_whose_move_it_is(session: Session) -> None:
    row = a_verified_row(session)
    press(session, "report", [row])
    progress.note_paid(session, row, Decimal(500), "command", NEXT_DAY)
    session.flush()
    press(session, "received", [row], county_officer(session))
    assert states(session, row) == ["matched", "verified", "approved", "paid", "received"]
    assert row.changes[-1].what == "家长对张老师说收到了"


def test_what_has_to_be_applied_for_is_reported_only_after_that(session: Session) -> None:
    row = a_verified_row(session)
    row.claim_mode = "apply"  # type: ignore[assignment]
    school = a_staff_member(session)
    with pytest.raises(ActRefused, match="才能上报"):
        press(session, "report", [row], school)
    press(session, "apply", [row], school)
    press(session, "report", [row], school)
    assert states(session, row)[-2:] == ["applied", "approved"]


def test_a_row_nobody_verified_is_not_reported(session: Session) -> None:
    row = a_row(session)
    assert "report" not in fitting(session, [row.id], UnitLevel.SCHOOL)
    with pytest.raises(ActRefused):
        press(session, "report", [row])


def test_a_press_is_taken_back_whole_and_that_is_on_record(session: Session) -> None:
    row, school = a_verified_row(session), a_staff_member(session)
    stood = (row.state, row.reason, row.owner_level, row.next_step, row.next_step_due)
    done = press(session, "report", [row], school)
    told = was_done(session, scope_of(school.unit), done.id)
    assert told and (told.rows, told.masked_names) == (1, ("王*雨",))
    assert undo(session, scope_of(school.unit), done.id, school, NEXT_DAY) == 1
    assert (row.state, row.reason, row.owner_level, row.next_step, row.next_step_due) == stood
    session.refresh(row)
    assert row.changes[-1].what == "撤销：学校审核并上报，等待发放"
    with pytest.raises(ActRefused, match="已经撤销过"):
        undo(session, scope_of(school.unit), done.id, school, NEXT_DAY)


def test_what_moved_on_since_is_not_taken_back(session: Session) -> None:
    row, school = a_verified_row(session), a_staff_member(session)
    done = press(session, "report", [row], school)
    progress.note_paid(session, row, Decimal(500), "command", NEXT_DAY)
    session.flush()
    with pytest.raises(ActRefused, match="又有变化"):
        undo(session, scope_of(school.unit), done.id, school, NEXT_DAY)


def test_an_accepted_reason_can_be_taken_back_by_the_same_office_alone(session: Session) -> None:
    row, county, school = a_row(session), county_officer(session), a_staff_member(session)
    done = press(session, "reason", [row], county, reason="R13")
    assert row.closed_on == date(2026, 9, 8)
    with pytest.raises(ActRefused, match="另一个单位"):
        undo(session, scope_of(school.unit), done.id, school, NEXT_DAY)
    undo(session, scope_of(county.unit), done.id, county, NEXT_DAY)
    assert (row.closed_on, row.reason) == (None, "R16")


def test_the_answer_keeps_the_day_the_family_was_promised(session: Session) -> None:
    row = a_missing_row(session)
    press(session, "answer", [row], county_officer(session), words="银行退票，重新发放")
    assert progress.is_missing(row) and progress.is_traced(row)
    assert row.next_step_due == date(2026, 10, 10)
    assert row.changes[-1].what == "县已答复家长，2026-10-10 前查清补到；银行退票，重新发放"


def test_money_that_came_after_all_ends_the_row(session: Session) -> None:
    row = a_missing_row(session)
    press(session, "received", [row], county_officer(session))
    assert (row.state, row.closed_on) == (EntitlementState.RECEIVED, date(2026, 9, 8))


def test_by_hand_a_row_is_passed_up_and_sent_back_with_a_day(session: Session) -> None:
    row, county = a_row(session), county_officer(session)
    press(session, "raise", [row], words="家长两次没接电话")
    assert (row.raised_to, row.owner_level) == (UnitLevel.COUNTY, UnitLevel.SCHOOL)
    press(session, "send_back", [row], county)
    assert (row.raised_to, row.next_step_due) == (None, date(2026, 9, 15))
    press(session, "raise", [row], county)
    assert row.raised_to is UnitLevel.CITY


def test_words_that_ask_for_proof_are_refused_and_numbers_are_struck_out(session: Session) -> None:
    row, school = a_row(session), a_staff_member(session)
    with pytest.raises(ActRefused, match="苏教助函"):
        press(session, "raise", [row], school, words="没有交低保证")
    press(session, "raise", [row], school, words="打19900000001没人接")
    assert "[手机号]" in row.changes[-1].what


def test_a_row_of_another_school_is_not_there(session: Session) -> None:
    row, other = a_row(session), a_staff_member(session, "sch2", unit=a_school(session, code="3299010002"))
    with pytest.raises(NotInScope):
        press(session, "raise", [row], other)


def test_nobody_may_do_at_a_level_what_belongs_to_another() -> None:
    assert {act.code for act in acts_at(UnitLevel.PROVINCE)} == {"answer", "received", "missing", "send_back"}
    assert "answer" not in {act.code for act in acts_at(UnitLevel.SCHOOL)}
