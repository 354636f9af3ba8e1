"""多少人: a person counts once, wherever it stands; the keeper is told before ten million and at it."""

import pytest
from sqlalchemy.orm import Session

from portal.enrolment.headcount import Size, people_held, size_of
from tests.builders import a_pupil, an_entry


def test_a_pupil_on_a_list_is_one_person_and_everybody_without_number_another(session: Session) -> None:
    pupil = a_pupil(session)
    an_entry(session, pupil.name or "", pupil.id_number)
    an_entry(session, "陈明", "329901201211110023")
    an_entry(session, "李明", None)
    a_pupil(session, name="无号", id_number=None)
    mothers = 2  # without a number of their own
    assert people_held(session) == 4 + mothers


@pytest.mark.parametrize(
    ("people", "size"),
    [(7_999_999, Size.ORDINARY), (8_000_000, Size.NEAR), (9_999_999, Size.NEAR), (10_000_000, Size.MANY)],
)
def test_the_keeper_is_told_before_ten_million_and_at_it(people: int, size: Size) -> None:
    assert size_of(people) is size
