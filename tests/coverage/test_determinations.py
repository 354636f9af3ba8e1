"""认定等级: level, day and basis are kept; whom a list names is asked for nothing more (N4-8)."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.determinations import DeterminationRefused, Said, record, route_of, standing_of, take_back
from portal.vocabulary import Determination, DeterminationRoute
from tests.builders import A_MONDAY, TERM, a_pupil, a_staff_member
from tests.coverage.builders import a_match

THIS_TERM = SchoolTerm.parse(TERM)
TODAY = A_MONDAY.date()
EXTREME = Said(Determination.EXTREME, TODAY)


def test_whom_a_list_names_is_determined_without_a_word_more(session: Session) -> None:
    pupil = a_pupil(session)
    a_match(session, pupil)
    record(session, pupil, THIS_TERM, EXTREME, a_staff_member(session), A_MONDAY)

    standing = standing_of(session, pupil.id, "2026-2027")
    assert standing is not None
    assert (standing.level, standing.decided_on, standing.route) == ("extreme", TODAY, DeterminationRoute.LISTED)


def test_of_the_others_the_reason_is_said_and_never_proof(session: Session) -> None:
    pupil, officer = a_pupil(session), a_staff_member(session)
    assert route_of(session, pupil, THIS_TERM) is DeterminationRoute.APPLIED
    for words, sentence in (("", "不在名单上"), ("缺低保证复印件，办不了", "不能写要证明材料的话")):
        with pytest.raises(DeterminationRefused, match=sentence):
            record(session, pupil, THIS_TERM, Said(Determination.GENERAL, TODAY, words), officer, A_MONDAY)

    kept = record(session, pupil, THIS_TERM, Said(Determination.GENERAL, TODAY, "父亲长期生病"), officer, A_MONDAY)

    assert (kept.route, kept.words) == (DeterminationRoute.APPLIED, "父亲长期生病")


@pytest.mark.parametrize("day", [date(2026, 8, 31), TODAY + timedelta(days=1)])
def test_the_day_lies_in_this_school_year_and_not_ahead(session: Session, day: date) -> None:
    with pytest.raises(DeterminationRefused, match="认定日期不能早于2026年9月1日"):
        record(
            session, a_pupil(session), THIS_TERM, Said(Determination.SERIOUS, day), a_staff_member(session), A_MONDAY
        )


def test_what_was_recorded_wrongly_is_taken_back_and_stays_beneath(session: Session) -> None:
    pupil, officer = a_pupil(session), a_staff_member(session)
    a_match(session, pupil)
    record(session, pupil, THIS_TERM, EXTREME, officer, A_MONDAY)
    take_back(session, pupil, THIS_TERM, officer, A_MONDAY + timedelta(minutes=1))
    assert standing_of(session, pupil.id, "2026-2027") is None
    with pytest.raises(DeterminationRefused, match="不用撤回"):
        take_back(session, pupil, THIS_TERM, officer, A_MONDAY + timedelta(minutes=2))
