"""School, county, city and province count the same rows: totals agree to the pupil, and every number is its list's."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage.counted import By, Measure
from portal.coverage.counted_lists import Question, lines_of
from portal.coverage.distribution import Figures, distribution
from portal.coverage.small_groups import LEAST, UNTOLD, WITHHELD, tell
from portal.coverage.totals import totals
from portal.database import reach_units, set_reach
from portal.models import Unit
from portal.vocabulary import Stage
from tests.builders import TERM, a_county, a_pupil
from tests.coverage.builders import a_match, opened
from tests.coverage.random_ledgers import TODAY, for_random_ledgers


def whole(many: list[Figures]) -> Figures:
    return sum(many, Figures())


PLAIN = text(
    """
    SELECT count(*), coalesce(sum(gap), 0) FROM (
        SELECT sum(CASE WHEN closed_on IS NULL OR state = 'received' THEN greatest(coalesce(due_yuan, 0)
            - CASE WHEN state IN ('paid', 'received') THEN paid_yuan ELSE 0 END, 0) ELSE 0 END) AS gap
        FROM entitlement WHERE term = '2026-autumn' AND NOT retracted GROUP BY pupil_id, school_id
    ) AS each
    """
)


def test_schools_counties_cities_and_the_province_add_up_to_the_pupil(session: Session) -> None:
    def add_up(schools: list[Unit], above: list[Unit]) -> None:
        of = {unit.code: distribution(session, unit, TERM, By.CATEGORY).total for unit in [*schools, *above]}
        assert whole([of[school.code] for school in schools]) == of["32"]
        assert whole([of["329901"], of["329902"], of["329903"], of["3299000001"]]) == of["3299"]
        assert of["3299010001"] + of["3299010002"] == of["329901"]
        assert (of["32"].pupils, of["32"].gap) == tuple(session.execute(PLAIN).one())
        assert of["32"].gap == totals(session, scope_of(above[-1]), TERM, TODAY).gap_yuan
        for by in (By.AREA, By.STAGE, By.ORIGIN):
            groups = distribution(session, above[-1], TERM, by).groups
            assert whole([group.figures for group in groups]) == of["32"]

    for_random_ledgers(session, 25, add_up)


def test_every_number_is_that_of_its_list(session: Session) -> None:
    def is_its_lists(schools: list[Unit], above: list[Unit]) -> None:
        for unit in (above[-1], schools[0]):
            for by in By:
                for group in distribution(session, unit, TERM, by).groups:
                    for measure in Measure:
                        asked = Question(unit, TERM, by, group.code, measure)
                        assert len(lines_of(session, asked, 0, 100)) == group.figures.of(measure), asked

    for_random_ledgers(session, 10, is_its_lists)


def test_a_school_and_its_county_open_the_same_list_within_their_reach(session: Session) -> None:
    pupil = a_pupil(session)
    a_match(session, pupil)
    opened(session)
    seen: list[tuple[UUID, ...]] = []
    for unit in (pupil.school, pupil.school.parent):
        set_reach(session, reach_units(unit.path))
        asked = Question(unit, TERM, By.CATEGORY, "DIBAO", Measure.UNAIDED)
        seen.append(tuple(line.pupil_id for line in lines_of(session, asked, 0, 50)))
    assert seen == [(pupil.id,), (pupil.id,)]


def test_a_pupil_of_two_categories_stands_in_both_and_counts_once(session: Session) -> None:
    pupil = a_pupil(session)
    a_match(session, pupil)
    disabled = a_match(session, pupil)
    disabled.category = "DIS"
    opened(session)
    found = distribution(session, pupil.school, TERM, By.CATEGORY)
    assert [(group.code, group.figures.pupils) for group in found.groups] == [("DIBAO", 1), ("DIS", 1)]
    assert found.total.pupils == 1


def test_stages_come_in_their_order_with_their_names(session: Session) -> None:
    for stage, number in ((Stage.SENIOR, "329901201001010014"), (Stage.PRIMARY, "329901201603050015")):
        a_match(session, a_pupil(session, id_number=number, stage=stage, grade_number=1))
    opened(session)
    groups = distribution(session, a_county(session), TERM, By.STAGE).groups
    assert [(group.label, group.figures.pupils) for group in groups] == [("小学", 1), ("普通高中", 1)]


def figures(aided: int, unaided: int) -> Figures:
    return Figures(aided + unaided, aided, unaided, Decimal(1000), Decimal(10))


COUNTS = some.lists(some.tuples(some.integers(0, 12), some.integers(0, 12)), min_size=1, max_size=6)


@given(COUNTS)
def test_no_small_number_of_people_leaves_and_none_can_be_had_by_taking_off(counts: list[tuple[int, int]]) -> None:
    lines = [(f"县{place}", figures(*count)) for place, count in enumerate(counts)]
    total = ("合计", whole([line for _, line in lines]))
    told = tell(lines, total)
    said = [line for line in told if WITHHELD not in line[1:]]
    assert all(not 0 < int(number.replace(",", "")) < LEAST for line in said for number in line[1:5])
    withheld = [line for line in told[:-1] if WITHHELD in line[1:]]
    populated = [line for _, line in lines if line.pupils]
    assert len(withheld) != 1 or len(populated) == 1 or total[1].pupils < LEAST
    unsaid = [line for line in told[:-1] if line[1] in (UNTOLD, WITHHELD)]
    assert len(unsaid) != 1 or len(populated) == 1


@pytest.mark.parametrize("count", [1, 4])
def test_a_few_pupils_are_not_told_how_few(count: int) -> None:
    lines = [("甲县", figures(count, 0)), ("乙县", figures(40, 0)), ("丙县", figures(90, 0))]
    told = tell(lines, ("合计", whole([line for _, line in lines])))
    assert [line[1] for line in told] == [UNTOLD, WITHHELD, "90", f"{130 + count}"]
