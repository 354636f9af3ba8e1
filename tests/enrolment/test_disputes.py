"""名单有异议: what a family says of a list reaches its bureau; until it is answered the child is not counted."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage.counted import By, Measure, count_left_out
from portal.coverage.distribution import distribution
from portal.coverage.inspections import draw, lines_of
from portal.enrolment.bureau_questions import answer, asked_of
from portal.enrolment.corrections import NOT_ON_LIST, CorrectionRefused, record, settle_one, waiting_with_pupils
from portal.enrolment.disputes import ask_bureaus
from portal.models import Correction, Entitlement, MatchPair, Unit
from portal.vocabulary import Answer, BureauAnswer, Decision, Role, UnitLevel
from tests.builders import A_MONDAY, TERM, a_bureau, a_county, a_pupil, a_staff_member, an_entry
from tests.enrolment.doubts import compare, officer, settle


def a_dispute(session: Session) -> Correction:
    pupil = a_pupil(session)
    an_entry(session)
    compare(session)
    return record(session, pupil, TERM, NOT_ON_LIST, "我家没有低保", "family", A_MONDAY)


def bureau_says(session: Session, said: BureauAnswer) -> None:
    (question,) = asked_of(session, a_bureau(session).id)
    clerk = a_staff_member(session, "mz", Role.BUREAU_OFFICER, a_bureau(session), "王科员")
    answer(session, question, said, "", clerk, A_MONDAY)


def the_pair(session: Session) -> MatchPair:
    return session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None))).one()


def counted(session: Session, unit: Unit) -> tuple[int, int]:
    """By 统计, and left out of it."""
    return distribution(session, unit, TERM, By.AREA).total.pupils, count_left_out(session, scope_of(unit), TERM)


def test_the_county_sees_it_and_asks_the_bureau_that_delivered_the_list_once(session: Session) -> None:
    said = a_dispute(session)
    levels = (UnitLevel.SCHOOL, UnitLevel.COUNTY)
    scope = scope_of(a_county(session))
    assert [len(waiting_with_pupils(session, scope, level, TERM)) for level in levels] == [0, 1]
    assert ask_bureaus(session, said, officer(session), A_MONDAY) == 1
    assert [question.pupil_name for question in asked_of(session, a_bureau(session).id)] == ["王小雨"]
    with pytest.raises(CorrectionRefused, match="已经问过"):
        ask_bureaus(session, said, officer(session), A_MONDAY)


def test_until_the_family_is_answered_the_child_is_not_counted_and_its_aid_goes_on(session: Session) -> None:
    said = a_dispute(session)
    county = a_county(session)
    ask_bureaus(session, said, officer(session), A_MONDAY)
    assert counted(session, county) == (0, 1)
    row = session.scalars(select(Entitlement)).one()
    assert (the_pair(session).outcome, row.closed_on) == (Decision.CERTAIN, None)
    settle_one(session, said, "名单没有错，资助照旧", "staff:cnty", A_MONDAY)
    assert counted(session, county) == (1, 0)


def test_without_an_answer_in_writing_it_is_not_settled(session: Session) -> None:
    with pytest.raises(CorrectionRefused, match="请写答复"):
        settle_one(session, a_dispute(session), " ", "staff:cnty", A_MONDAY)


def test_a_list_that_was_wrong_falls_and_the_county_looks_whether_aid_is_still_due(session: Session) -> None:
    ask_bureaus(session, a_dispute(session), officer(session), A_MONDAY)
    bureau_says(session, BureauAnswer.NO)
    settle(session, the_pair(session), Answer.NOT_SAME)
    row = session.scalars(select(Entitlement)).one()
    assert (the_pair(session).outcome, row.closed_on) == (None, None)
    assert (row.owner_level, row.next_step) == (UnitLevel.COUNTY, "所依据的名单没有了：核对孩子是否仍应享受")


def test_a_list_that_was_right_stands_as_before(session: Session) -> None:
    ask_bureaus(session, a_dispute(session), officer(session), A_MONDAY)
    before = session.scalars(select(Entitlement.next_step)).one()
    bureau_says(session, BureauAnswer.YES)
    settle(session, the_pair(session), Answer.SAME)
    assert (the_pair(session).outcome, session.scalars(select(Entitlement.next_step)).one()) == (
        Decision.CERTAIN,
        before,
    )


def test_two_batches_that_say_the_same_are_one_question_and_a_list_of_nobodys_bureau_holds_nothing(
    session: Session,
) -> None:
    pupil = a_pupil(session)
    an_entry(session)
    an_entry(session, batch="2026-09")
    an_entry(session, category="DIS", bureau=a_county(session), source="全国系统下发")
    compare(session)
    said = record(session, pupil, TERM, NOT_ON_LIST, "我家没有低保", "family", A_MONDAY)
    assert ask_bureaus(session, said, officer(session), A_MONDAY) == 1
    standing = select(MatchPair.settled_as).where(MatchPair.superseded_at.is_(None))
    assert sorted(map(str, session.scalars(standing))) == ["None", "ask", "ask"]


def test_an_inspector_reads_what_a_disputed_child_lacks(session: Session) -> None:
    said, county = a_dispute(session), a_county(session)
    inspector = a_staff_member(session, "insp", Role.INSPECTOR, county)
    sample = draw(session, county, TERM, Measure.UNAIDED, 1, "2026", inspector, A_MONDAY)
    (line,) = lines_of(session, sample)
    assert (line.pupil_id, line.unaided, line.gap) == (said.pupil_id, True, Decimal(500))


def test_of_whom_no_row_is_kept_nobody_is_left_out(session: Session) -> None:
    record(session, a_pupil(session), TERM, NOT_ON_LIST, "我家没有低保", "family", A_MONDAY)
    assert count_left_out(session, scope_of(a_county(session)), TERM) == 0
