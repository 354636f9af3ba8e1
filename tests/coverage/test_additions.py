"""Whom no list names: proposed by the school, added or refused by the county, kept through every run."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage import additions
from portal.coverage.additions import AdditionRefused, Found
from portal.coverage.known import known_of
from portal.coverage.notices import notices
from portal.models import Addition, AuditEntry, DoubleEnrolment, Pupil
from portal.vocabulary import AdditionState, EntitlementState, FoundBy, Role
from tests.builders import A_MONDAY, TERM, a_pupil, a_school
from tests.enrolment.doubts import CATALOGUE, compare, officer, rows_of

VISITED = Found("GENERAL", FoundBy.SCHOOL_VISIT, "父亲生病", "李老师")


def added(session: Session, pupil: Pupil, found: Found = VISITED) -> Addition:
    return additions.add(session, pupil, TERM, found, officer(session), A_MONDAY, CATALOGUE)


def proposed(session: Session, pupil: Pupil) -> Addition:
    return additions.nominate(session, pupil, TERM, VISITED, officer(session, Role.SCHOOL_OFFICER), A_MONDAY)


def test_an_added_pupil_has_rows_the_same_day_and_says_by_whom(session: Session) -> None:
    pupil = a_pupil(session)
    added(session, pupil)
    (row,) = rows_of(session, pupil)
    assert (row.policy, row.state, row.opened_at) == ("CMP-LIVE", EntitlementState.MATCHED, A_MONDAY)
    assert row.because == "2026年9月7日县资助中心确认"
    assert row.changes[0].what == "人工新增（学校走访，负责人李老师），开立台账"


def twice_enrolled(session: Session) -> tuple[Pupil, Pupil]:
    """One child at two schools; the roster of the second came in last."""
    pupils = a_pupil(session), a_pupil(session, a_school(session, code="3299010002", name="示例县第二小学"))
    compare(session)
    return pupils


def test_who_is_added_at_one_of_two_schools_has_the_rows_there_and_keeps_them(session: Session) -> None:
    first, second = twice_enrolled(session)
    added(session, first)
    compare(session, A_MONDAY + timedelta(days=1))
    assert (len(rows_of(session, first)), len(rows_of(session, second))) == (1, 0)


def test_who_is_aided_at_the_other_school_is_not_added_beside_it(session: Session) -> None:
    first, second = twice_enrolled(session)
    added(session, first)
    with pytest.raises(AdditionRefused, match="也在示例县实验小学的名册里"):
        added(session, second)


def test_of_three_schools_the_one_that_adds_alone_has_the_rows_and_the_one_that_had_is_told(session: Session) -> None:
    first, second = twice_enrolled(session)
    third = a_pupil(session, a_school(session, code="3299010003", name="示例县第三小学"))
    compare(session)
    for side in session.scalars(select(DoubleEnrolment)):
        side.aided_here = side.pupil_id == third.id
    session.flush()
    added(session, first)
    sides = select(DoubleEnrolment.pupil_id, DoubleEnrolment.aided_here)
    assert {tuple(side) for side in session.execute(sides)} == {
        (first.id, True), (second.id, False), (third.id, False),
    }  # fmt: skip
    told = select(AuditEntry.pupil_id).where(AuditEntry.action == "aided_elsewhere")
    assert session.scalars(told).all() == [third.id]


def test_no_later_run_takes_it_away_or_opens_it_twice(session: Session) -> None:
    pupil = a_pupil(session)
    added(session, pupil)
    for day in (1, 2, 3):
        compare(session, A_MONDAY + timedelta(days=day))
    assert len(rows_of(session, pupil)) == 1
    assert session.scalars(select(Addition.state)).all() == [AdditionState.ADDED]


def test_a_proposal_opens_nothing_until_the_county_takes_it(session: Session) -> None:
    pupil = a_pupil(session)
    proposal = proposed(session, pupil)
    compare(session)
    assert rows_of(session, pupil) == []
    assert added(session, pupil).id == proposal.id
    assert len(rows_of(session, pupil)) == 1


def test_a_refusal_is_told_to_the_family_with_how_to_object(session: Session) -> None:
    pupil = a_pupil(session)
    additions.refuse(session, proposed(session, pupil), "走访后家里收入高于标准", officer(session), A_MONDAY)
    known = known_of(session, pupil.id, SchoolTerm.parse(TERM))
    assert known
    (said,) = notices(session, pupil, TERM, False, known.refused, grown_up=False)
    assert "走访后家里收入高于标准" in said
    assert "不同意的，可以打县资助中心电话0510-00000000" in said


def test_what_the_county_wrote_is_read_as_it_wrote_it_by_the_student_too(session: Session) -> None:
    pupil = a_pupil(session)
    additions.refuse(session, proposed(session, pupil), "家里另一个孩子已享受", officer(session), A_MONDAY)
    known = known_of(session, pupil.id, SchoolTerm.parse(TERM))
    assert known
    (said,) = notices(session, pupil, TERM, False, known.refused, grown_up=True)
    assert said.startswith("学校替您提过资助，县资助中心没有受理：家里另一个孩子已享受。")


@pytest.mark.parametrize("because", ["", "材料不全", "请补低保证复印件"])
def test_a_refusal_needs_a_reason_and_never_proof(session: Session, because: str) -> None:
    proposal = proposed(session, a_pupil(session))
    with pytest.raises(AdditionRefused):
        additions.refuse(session, proposal, because, officer(session), A_MONDAY)
    assert proposal.state is AdditionState.PROPOSED


def test_nobody_is_added_twice_or_without_somebody_in_charge(session: Session) -> None:
    pupil = a_pupil(session)
    with pytest.raises(AdditionRefused, match="负责人"):
        added(session, pupil, Found("GENERAL", FoundBy.FAMILY, ""))
    added(session, pupil)
    with pytest.raises(AdditionRefused, match="已经是人工新增"):
        added(session, pupil)


def test_an_ended_addition_leaves_its_rows_to_a_reason_of_their_own(session: Session) -> None:
    pupil = a_pupil(session)
    additions.end(session, added(session, pupil), "家庭情况好转", officer(session), A_MONDAY)
    compare(session)
    assert [row.closed_on for row in rows_of(session, pupil)] == [None]
