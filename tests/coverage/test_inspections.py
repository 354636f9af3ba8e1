"""督查: a sample is by chance, can be drawn again from its seed, and stays as it was drawn."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.coverage.counted import Measure
from portal.coverage.inspections import SampleRefused, draw, drawn, lines_of
from portal.models import Entitlement, InspectionSample, Unit
from portal.vocabulary import Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member
from tests.coverage.builders import a_match, opened


def listed(session: Session, count: int = 12) -> Unit:
    for _ in range(count):
        a_match(session, a_pupil(session, a_school(session), id_number=None))
    opened(session)
    return a_county(session)


def a_sample(session: Session, unit: Unit, size: int = 5, seed: str = "甲") -> InspectionSample:
    inspector = a_staff_member(session, f"insp-{seed}", Role.INSPECTOR, unit)
    return draw(session, unit, TERM, Measure.UNAIDED, size, seed, inspector, A_MONDAY)


def test_the_same_seed_draws_the_same_and_another_seed_another(session: Session) -> None:
    county = listed(session)
    again = [drawn(session, county, TERM, Measure.ALL, 6, seed) for seed in ("甲", "甲", "乙")]
    assert again[0] == again[1] != again[2]
    assert len(set(again[0])) == 6


def test_a_sample_stays_as_it_was_drawn(session: Session) -> None:
    county = listed(session)
    sample = a_sample(session, county)
    before = [line.pupil_id for line in lines_of(session, sample)]
    listed(session, 6)
    assert [line.pupil_id for line in lines_of(session, sample)] == before
    assert (sample.population, len(before)) == (12, 5)


def test_of_whom_the_school_has_no_row_any_more_the_sample_says_neither_aided_nor_unaided(session: Session) -> None:
    sample = a_sample(session, listed(session, 1))
    session.scalars(select(Entitlement)).one().retracted = True
    session.flush()
    assert [line.unaided for line in lines_of(session, sample)] == [None]


def test_fewer_than_asked_are_all_drawn(session: Session) -> None:
    assert len(lines_of(session, a_sample(session, listed(session, 3), size=20))) == 3


@pytest.mark.parametrize(("size", "seed"), [(0, "甲"), (101, "甲"), (5, "")])
def test_what_cannot_be_drawn_is_refused_in_words(session: Session, size: int, seed: str) -> None:
    with pytest.raises(SampleRefused, match=r"人数|种子"):
        a_sample(session, listed(session, 2), size, seed)


@pytest.mark.parametrize("table", ["inspection_sample", "inspection_pupil"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_nobody_takes_a_pupil_out_of_a_sample(session: Session, table: str, statement: str) -> None:
    a_sample(session, listed(session, 2))
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement.format(table)))
