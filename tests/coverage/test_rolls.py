"""Lists: who fell off, who lives elsewhere, what changed, who is enrolled twice and is aided once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import doubling, rolls
from portal.coverage.rolls import ROLLS, RollLine
from portal.database import reach_units, set_reach
from portal.enrolment.review import ReviewRefused
from portal.models import DoubleEnrolment, EnrolmentRecord, Entitlement, MatchPair, Pupil, RegisterEntry, Unit
from portal.vocabulary import EntitlementState
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry, an_intake
from tests.coverage.moves import accepted, moved, the_new_school
from tests.enrolment.doubts import CATALOGUE, compare, officer, rows_of, settle

LATER = A_MONDAY + timedelta(days=30)
ZHAO_YUAN = "419901201510010067"
ZHOU_XIAO = "32990120130206005X"


def on(session: Session, code: str, unit: Unit | None = None) -> list[RollLine]:
    scope = scope_of(unit or a_county(session))
    counted = rolls.on_roll(session, scope, ROLLS[code], TERM)
    return rolls.lines(session, scope, ROLLS[code], TERM, counted, 0, 50)


def listed(session: Session, now: datetime = A_MONDAY) -> Pupil:
    pupil = a_pupil(session)
    an_entry(session)
    compare(session, now)
    return pupil


def unlist(session: Session) -> None:
    session.execute(update(MatchPair).values(register_entry_id=None))
    session.execute(delete(RegisterEntry))
    compare(session, LATER)


def twice(session: Session) -> tuple[Pupil, Pupil]:
    """王小雨 on the rolls of two schools, the second of which came in last."""
    old = a_pupil(session)
    new = a_pupil(session, a_school(session, code="3299010002", name="示例县第二小学"))
    record = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == new.id)).one()
    record.intake_id = an_intake(session, new.school, now=A_MONDAY + timedelta(hours=1)).id
    an_entry(session)
    compare(session)
    return old, new


def test_who_is_on_no_list_any_more_keeps_the_row_and_stands_on_the_list(session: Session) -> None:
    pupil = listed(session)
    assert on(session, "missed") == []
    unlist(session)
    (line,) = on(session, "missed")
    assert (line.pupil_id, line.masked_name) == (pupil.id, "王*雨")
    assert [row.closed_on for row in rows_of(session, pupil)] == [None]


def test_what_was_paid_last_term_goes_on_until_somebody_ends_it(session: Session) -> None:
    pupil = a_pupil(session, term="2026-spring")
    an_entry(session)
    compare(session, term="2026-spring")
    (row,) = rows_of(session, pupil)
    row.state, row.paid_yuan = EntitlementState.PAID, Decimal(500)
    record = session.scalars(select(EnrolmentRecord)).one()
    record.term = TERM
    unlist(session)
    (now, _) = sorted(rows_of(session, pupil), key=lambda row: row.term)
    assert (now.term, now.due_yuan, now.next_step) == (
        TERM,
        row.due_yuan,
        "上期受助、本期未匹配：核实是否仍符合，资助不停",
    )
    assert [line.pupil_id for line in on(session, "missed")] == [pupil.id]


def test_a_child_registered_in_another_province_stays_through_three_runs(session: Session) -> None:
    pupil = a_pupil(session, name="赵远", id_number=ZHAO_YUAN)
    pupil.hukou_division = "419901"
    an_entry(session, name="赵远", id_number=ZHAO_YUAN, category="TP", source="全国系统下发")
    for day in range(3):
        compare(session, A_MONDAY + timedelta(days=day))
        assert [line.pupil_id for line in on(session, "outside")] == [pupil.id]
    assert [(row.policy, row.due_yuan) for row in rows_of(session, pupil)] == [("CMP-LIVE", Decimal(500))]


def test_a_child_of_the_national_list_who_is_left_out_is_not_stopped(session: Session) -> None:
    pupil = a_pupil(session, name="赵远", id_number=ZHAO_YUAN)
    pupil.hukou_division = "419901"
    an_entry(session, name="赵远", id_number=ZHAO_YUAN, category="TP", source="全国系统下发")
    compare(session)
    unlist(session)
    assert [line.pupil_id for line in on(session, "missed")] == [pupil.id]
    assert [row.closed_on for row in rows_of(session, pupil)] == [None]


def test_what_changed_is_told_in_words(session: Session) -> None:
    listed(session)
    assert [line.why for line in on(session, "changes")] == ["新增：城乡低保家庭"]
    an_entry(session, category="ORPHAN")
    compare(session, LATER)
    assert [line.why for line in on(session, "changes")] == ["类别变化：城乡低保家庭 → 城乡低保家庭、孤儿"]
    unlist(session)


def test_the_last_run_is_compared_with_the_one_before_it_on_the_same_day(session: Session) -> None:
    listed(session)
    other = a_pupil(session, name="周晓", id_number=ZHOU_XIAO)
    an_entry(session, name="周晓", id_number=ZHOU_XIAO, category="ORPHAN")
    compare(session, A_MONDAY + timedelta(hours=1))
    assert [(line.pupil_id, line.why) for line in on(session, "changes")] == [(other.id, "新增：孤儿")]
    an_entry(session, category="ORPHAN")
    compare(session, A_MONDAY + timedelta(hours=2))
    assert [line.why for line in on(session, "changes")] == ["类别变化：城乡低保家庭 → 城乡低保家庭、孤儿"]


@pytest.mark.parametrize("twin", [False, True])
def test_a_child_that_comes_from_the_next_county_is_no_change_of_the_schools_own_list(
    session: Session, twin: bool
) -> None:
    pupil, school = listed(session, A_MONDAY - timedelta(hours=1)), the_new_school(session)
    other = a_pupil(session, school, name="周晓", id_number=ZHOU_XIAO)
    an_entry(session, name="周晓", id_number=ZHOU_XIAO, category="ORPHAN")
    if twin:
        a_pupil(session, school)
    compare(session, A_MONDAY - timedelta(hours=2), unit=school.parent)
    accepted(session, moved(session, rows_of(session, pupil)[0]))
    set_reach(session, reach_units(school.path))
    assert [(line.pupil_id, line.why) for line in on(session, "changes", school)] == [(other.id, "新增：孤儿")]


def test_who_is_not_found_is_on_a_list_of_its_own(session: Session) -> None:
    listed(session)
    other = a_pupil(session, name="周晓", id_number=None)
    assert [line.pupil_id for line in on(session, "unfound")] == [other.id]


def settled(session: Session, pupil: Pupil) -> None:
    pair = select(MatchPair).where(MatchPair.pupil_id == pupil.id, MatchPair.superseded_at.is_(None))
    settle(session, session.scalars(pair).one())


def test_a_person_enrolled_twice_is_aided_once_where_the_roster_is_newer(session: Session) -> None:
    old, new = twice(session)
    settled(session, new)
    with pytest.raises(ReviewRefused, match="另一所学校的名册里"):
        settled(session, old)
    assert (len(rows_of(session, old)), len(rows_of(session, new))) == (0, 1)
    said = {line.pupil_id: line.why for line in on(session, "doubles")}
    assert set(said) == {old.id, new.id}
    assert said[old.id] == "同时在示例县实验小学和示例县第二小学，资助只在示例县第二小学发一份"


def test_who_is_found_at_a_second_school_later_keeps_the_row_at_the_first(session: Session) -> None:
    old = listed(session)
    new = a_pupil(session, a_school(session, code="3299010002", name="示例县第二小学"))
    compare(session, LATER)
    assert (len(rows_of(session, old)), len(rows_of(session, new))) == (1, 0)


def test_once_the_county_says_where_the_child_is_the_row_goes_there(session: Session) -> None:
    old, new = twice(session)
    settled(session, new)
    double = session.scalars(select(DoubleEnrolment).where(DoubleEnrolment.pupil_id == new.id)).one()
    doubling.leave(session, double, officer(session), LATER, CATALOGUE)
    compare(session, LATER)
    assert [row.retracted for row in rows_of(session, new)] == [True]
    assert [row.closed_on for row in rows_of(session, old)] == [None]
    assert on(session, "doubles") == []


def test_what_was_paid_at_one_school_is_not_paid_again_at_the_other(session: Session) -> None:
    old, new = twice(session)
    settled(session, new)
    session.execute(update(Entitlement).values(paid_yuan=500, state=EntitlementState.PAID))
    double = session.scalars(select(DoubleEnrolment).where(DoubleEnrolment.pupil_id == new.id)).one()
    doubling.leave(session, double, officer(session), LATER, CATALOGUE)
    compare(session, LATER)
    assert rows_of(session, old) == []


def test_neither_school_sees_the_others_pupil_on_the_list(session: Session) -> None:
    old, _ = twice(session)
    seen = on(session, "doubles", old.school)
    assert [line.pupil_id for line in seen] == [old.id]


def test_namesakes_with_other_numbers_are_two_people(session: Session) -> None:
    a_pupil(session)
    a_pupil(session, a_school(session, code="3299010002"), id_number="329901201809170039")
    compare(session)
    assert session.scalars(select(DoubleEnrolment)).all() == []
