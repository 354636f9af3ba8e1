"""What a person settles holds until the data change, opens the ledger as a rule would, and can be taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import settling
from portal.database import reach_units, set_reach
from portal.enrolment.lists import count_matched
from portal.enrolment.queue import situations, waiting
from portal.enrolment.review import ReviewRefused, fingerprint
from portal.models import AuditEntry, MatchPair, Pupil, RegisterEntry, Settlement
from portal.vocabulary import Answer, Decision, EntitlementState, Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_entry
from tests.enrolment.doubts import (
    CATALOGUE,
    a_doubt,
    a_household,
    compare,
    officer,
    rows_of,
    settle,
    standing,
    undo,
)

LATER = A_MONDAY + timedelta(days=30)


def waits(session: Session, role: Role = Role.COUNTY_OFFICER) -> int:
    found = situations(session, scope_of(a_county(session)), waiting(role, TERM))
    return sum(one.count for one in found)


def test_the_same_person_is_aided_the_moment_somebody_says_so(session: Session) -> None:
    pair = a_doubt(session)
    assert rows_of(session, pair.pupil) == []
    settle(session, pair)
    (row,) = rows_of(session, pair.pupil)
    assert (row.policy, row.state, row.due_yuan) == ("CMP-LIVE", EntitlementState.MATCHED, Decimal(500))
    assert row.because == "您家在示例县民政局2026年8月低保名单里"
    assert row.changes[0].what == "张老师核实（证件号一致，姓名相近），开立台账"


def test_a_settled_pair_waits_no_more_and_counts_as_matched(session: Session) -> None:
    pair = a_doubt(session)
    assert waits(session) == 1
    settle(session, pair)
    assert waits(session) == 0
    assert count_matched(session, a_county(session), TERM)[Decision.CERTAIN] == 1


def test_it_stays_settled_in_the_next_run(session: Session) -> None:
    pair = a_doubt(session)
    (settlement,) = settle(session, pair)
    compare(session, LATER)
    (again,) = standing(session)
    assert (again.settlement_id, again.settled_as) == (settlement.id, Answer.SAME)
    assert len(rows_of(session, again.pupil)) == 1


def test_next_months_batch_with_the_same_words_asks_nothing(session: Session) -> None:
    settle(session, a_doubt(session), Answer.NOT_SAME)
    an_entry(session, name="王小语", batch="2026-09")
    compare(session, LATER)
    assert [pair.settled_as for pair in standing(session)] == [Answer.NOT_SAME, Answer.NOT_SAME]
    assert waits(session) == 0


@pytest.mark.parametrize("answer", [Answer.SAME, Answer.NOT_SAME])
@pytest.mark.parametrize("side", ["roster", "register"])
def test_other_data_on_either_side_ask_anew(session: Session, answer: Answer, side: str) -> None:
    pair = a_doubt(session)
    settle(session, pair, answer)
    if side == "roster":
        pair.pupil.name = "王晓雨"
    else:
        pair.entry.category = "ORPHAN"
    session.flush()
    compare(session, LATER)
    (fresh,) = standing(session)
    assert fresh.settled_as is None
    assert waits(session) == 1


def test_who_said_no_is_heard_even_where_a_rule_becomes_certain(session: Session) -> None:
    pupil = a_pupil(session)
    an_entry(session)
    other = a_pupil(session, name="李大")
    compare(session)
    pair = session.scalars(select(MatchPair).where(MatchPair.pupil_id == pupil.id)).one()
    settle(session, pair, Answer.NOT_SAME)
    other.id_number = None
    session.flush()
    compare(session, LATER)
    fresh = session.scalars(
        select(MatchPair).where(MatchPair.pupil_id == pupil.id, MatchPair.superseded_at.is_(None))
    ).one()
    assert (fresh.decision, fresh.settled_as) == (Decision.CERTAIN, Answer.NOT_SAME)
    assert rows_of(session, pupil) == []


def test_an_ended_validity_is_asked_about_each_term(session: Session) -> None:
    a_pupil(session)
    an_entry(session, valid_to=date(2026, 8, 31))
    compare(session)
    pair = standing(session)[0]
    here = fingerprint(pair, date(2026, 9, 1))
    pair.term = "2027-spring"
    assert fingerprint(pair, date(2027, 2, 1)) != here


def test_taking_it_back_ends_the_row_and_the_pair_waits_again(session: Session) -> None:
    pair = a_doubt(session)
    undo(session, settle(session, pair))
    (row,) = rows_of(session, pair.pupil)
    assert (row.closed_on, row.reason, row.retracted) == (date(2026, 9, 7), "R10", True)
    assert waits(session) == 1


def test_settling_again_opens_the_same_row_again(session: Session) -> None:
    pair = a_doubt(session)
    undo(session, settle(session, pair))
    settle(session, pair)
    (row,) = rows_of(session, pair.pupil)
    assert (row.closed_on, row.retracted, row.state) == (None, False, EntitlementState.MATCHED)
    assert row.next_step != ""


def test_a_later_certain_match_opens_a_row_that_was_taken_back(session: Session) -> None:
    pair = a_doubt(session)
    undo(session, settle(session, pair))
    pair.entry.name = "王小雨"
    session.flush()
    compare(session, LATER)
    (row,) = rows_of(session, session.scalars(select(Pupil)).one())
    assert (row.closed_on, row.retracted) == (None, False)


def test_money_that_was_paid_stays_on_the_row_for_the_county(session: Session) -> None:
    pair = a_doubt(session)
    made = settle(session, pair)
    (row,) = rows_of(session, pair.pupil)
    row.paid_yuan = Decimal(500)
    undo(session, made)
    (row,) = rows_of(session, pair.pupil)
    assert (row.closed_on, row.retracted) == (None, False)
    assert "已发放" in row.next_step


def test_a_row_that_rests_on_another_list_too_stays(session: Session) -> None:
    pair = a_doubt(session)
    made = settle(session, pair)
    an_entry(session, category="DIS")
    pair.entry.id_number = None  # else the number stands for two names
    session.flush()
    compare(session, LATER)
    undo(session, made)
    (row,) = rows_of(session, session.scalars(select(Pupil)).one())
    assert row.closed_on is None


def test_a_school_settles_its_own_pupils_but_no_household(session: Session) -> None:
    assert settle(session, a_doubt(session), role=Role.SCHOOL_OFFICER)
    household = a_household(session)
    with pytest.raises(ReviewRefused, match="由上级资助中心核实"):
        settle(session, household, role=Role.SCHOOL_OFFICER)


def test_a_school_does_not_take_back_what_the_county_said(session: Session) -> None:
    made = settle(session, a_doubt(session))
    with pytest.raises(ReviewRefused, match="学校不能撤销"):
        undo(session, made, Role.SCHOOL_OFFICER)


def test_a_child_of_a_listed_household_is_aided_once_the_county_says_so(session: Session) -> None:
    pair = a_household(session)
    assert rows_of(session, pair.pupil) == []
    settle(session, pair)
    (row,) = rows_of(session, pair.pupil)
    assert row.because == "您家在示例县民政局2026年8月低保名单里"


def test_a_parents_disability_makes_the_child_that_parents_child(session: Session) -> None:
    pair = a_household(session, category="DIS")
    settle(session, pair)
    assert [row.because for row in rows_of(session, pair.pupil)] in ([], ["您家在示例县民政局2026年8月名单里"])


def test_what_holds_for_the_named_alone_passes_to_nobody(session: Session) -> None:
    with pytest.raises(ReviewRefused, match="只对名单上的本人算数"):
        settle(session, a_household(session, category="ORPHAN"))


def test_what_is_not_alike_is_not_settled_together(session: Session) -> None:
    pairs = [a_doubt(session), a_household(session)]
    with pytest.raises(ReviewRefused, match="情况相同"):
        settling.settle(session, pairs, Answer.NOT_SAME, officer(session), A_MONDAY, CATALOGUE)
    assert session.scalars(select(Settlement)).all() == []


def test_asking_the_bureau_puts_it_aside_and_opens_nothing(session: Session) -> None:
    pair = a_doubt(session)
    settle(session, pair, Answer.ASK)
    assert waits(session) == 0
    assert rows_of(session, pair.pupil) == []
    settle(session, pair)
    assert len(rows_of(session, pair.pupil)) == 1


def test_one_entry_is_not_two_children(session: Session) -> None:
    pair = a_doubt(session)
    settle(session, pair)
    a_pupil(session, name="王小玉")
    compare(session, LATER)
    other = session.scalars(select(MatchPair).where(MatchPair.pupil_id != pair.pupil_id)).one()
    with pytest.raises(ReviewRefused, match="另一名学生"):
        settle(session, other)


def test_who_settled_what_and_who_took_it_back_is_in_the_trail(session: Session) -> None:
    undo(session, settle(session, a_doubt(session)))
    session.flush()
    trail = select(AuditEntry.action).where(AuditEntry.actor == "staff:cnty").order_by(AuditEntry.id)
    actions = session.scalars(trail).all()
    assert actions == ["settled", "settlement_undone"]


def test_an_entry_is_seen_through_a_pair_of_ones_own_pupil_and_not_otherwise(session: Session) -> None:
    a_doubt(session)
    an_entry(session, name="外人", id_number=None)
    for school, seen in ((a_school(session), 1), (a_school(session, code="3299010002"), 0)):
        set_reach(session, reach_units(school.path))
        assert len(session.scalars(select(RegisterEntry.id)).all()) == seen
