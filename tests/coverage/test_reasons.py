from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from portal.coverage import progress
from portal.coverage.reasons import REASONS, ReasonRefused, check, choices
from portal.coverage.unaided import give_reason
from portal.models import Entitlement, StaffMember
from portal.vocabulary import Role, UnitLevel
from tests.builders import A_MONDAY, a_county, a_staff_member
from tests.coverage.builders import a_row

TODAY = date(2026, 9, 7)
SCHOOL, COUNTY = UnitLevel.SCHOOL, UnitLevel.COUNTY


def county_officer(session: Session) -> StaffMember:
    return a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session), "陈老师")


def given(session: Session, code: str, words: str = "说明", by: StaffMember | None = None) -> Entitlement:
    row = a_row(session)
    give_reason(session, row, code, words, by or a_staff_member(session), A_MONDAY)
    return row


@pytest.mark.parametrize("code", ["R09", "R14", "R16", "R01", "R04"])
def test_what_is_still_owed_or_has_to_be_followed_never_ends_a_row(code: str) -> None:
    assert not REASONS[code].final


def test_no_level_is_offered_giving_up_in_the_familys_place() -> None:
    for level in UnitLevel:
        assert "R08" not in {reason.code for reason in choices(level)}
    with pytest.raises(ReasonRefused, match="只能由家长自己说"):
        check("R08", "", SCHOOL, None, TODAY)


@pytest.mark.parametrize(
    ("code", "words"),
    [("材料不全", ""), ("R99", "材料不齐，等家长"), ("R99", "没有交低保证"), ("R16", "缺证明")],
)
def test_missing_papers_are_no_reason(code: str, words: str) -> None:
    with pytest.raises(ReasonRefused, match="苏教助函〔2020〕8号"):
        check(code, words, SCHOOL, TODAY, TODAY)


def test_free_text_alone_is_no_reason() -> None:
    with pytest.raises(ReasonRefused, match="只写文字不算原因"):
        check("", "家里没来", SCHOOL, None, TODAY)


@pytest.mark.parametrize("code", [code for code, reason in REASONS.items() if reason.needs_words])
def test_some_reasons_want_a_sentence(code: str) -> None:
    with pytest.raises(ReasonRefused, match="一句话"):
        check(code, " ", SCHOOL, None, TODAY)


@pytest.mark.parametrize("due", [None, date(2026, 9, 6), date(2027, 9, 1)])
def test_still_in_progress_wants_a_day_that_is_one(due: date | None) -> None:
    with pytest.raises(ReasonRefused, match="日期"):
        check("R16", "", SCHOOL, due, TODAY)


def test_still_in_progress_keeps_the_row_open_until_its_day(session: Session) -> None:
    row = a_row(session)
    give_reason(session, row, "R16", "", a_staff_member(session), A_MONDAY, date(2026, 9, 30))
    assert (row.reason, row.closed_on, row.next_step_due) == ("R16", None, date(2026, 9, 30))
    assert row.owner_level is SCHOOL


def test_a_schools_final_reason_waits_for_the_county(session: Session) -> None:
    row = given(session, "R10")
    assert (row.reason, row.closed_on, row.owner_level) == ("R10", None, COUNTY)
    give_reason(session, row, "R10", "核对无误", county_officer(session), A_MONDAY)
    assert (row.reason, row.closed_on, row.next_step) == ("R10", TODAY, "")


def test_the_county_hands_a_row_back_to_the_school(session: Session) -> None:
    row = given(session, "R10")
    give_reason(session, row, "R09", "", county_officer(session), A_MONDAY)
    assert (row.reason, row.owner_level, row.next_step) == ("R09", SCHOOL, "联系家长，协助办理申请")


def test_the_school_that_a_pupil_left_cannot_end_the_row(session: Session) -> None:
    row = given(session, "R01")
    assert (row.closed_on, row.owner_level, row.next_step) == (None, COUNTY, "查明转入学校，由转入学校接收")


def test_what_is_the_countys_the_school_cannot_take_over(session: Session) -> None:
    row = given(session, "R01")
    with pytest.raises(ReasonRefused, match="上级资助中心办理"):
        give_reason(session, row, "R09", "", a_staff_member(session, "sch1b"), A_MONDAY)


def test_a_paid_or_received_row_takes_no_reason(session: Session) -> None:
    row = a_row(session)
    progress.note_paid(session, row, Decimal(500), "staff:cnty", A_MONDAY)
    officer = county_officer(session)
    with pytest.raises(ReasonRefused, match="发放记录"):
        give_reason(session, row, "R13", "", officer, A_MONDAY)
    progress.note_received(session, row, "family", A_MONDAY + timedelta(days=1))
    with pytest.raises(ReasonRefused, match="已说收到"):
        give_reason(session, row, "R13", "", officer, A_MONDAY)


def test_a_number_written_into_the_words_is_struck_out(session: Session) -> None:
    row = given(session, "R99", "打了19900000001没人接")
    session.flush()
    session.refresh(row)
    assert "[手机号]" in row.changes[-1].what
    assert "199" not in row.changes[-1].what
