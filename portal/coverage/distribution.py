"""分布: how many pupils of a unit are aided and how many are not, by area, stage, category and origin (N3-19)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.coverage.counted import (
    GRADE,
    NO_LIST,
    NOBODY_WROTE,
    NOT_SAID,
    ORIGIN,
    ORIGINS,
    STAGE,
    STAGES,
    By,
    Measure,
    beside,
    counted_pupils,
    part_of,
)
from portal.coverage.tallies import FEN, Counts, Found, Key, Numbers, Tally, added_up, by_school
from portal.enrolment.lists import category_names
from portal.enrolment.standing import stands
from portal.matching.household import CHILD_GETS
from portal.models import Addition, MatchPair, Unit
from portal.vocabulary import AdditionState, Basis, Decision, UnitLevel

AtSchool = tuple[UUID, UUID]
"""A pupil at a school."""


@dataclass(frozen=True)
class Figures:
    """Pupils, and the yuan of rows that did not end by a reason."""

    pupils: int = 0
    aided: int = 0
    unaided: int = 0
    due: Decimal = Decimal(0)
    gap: Decimal = Decimal(0)

    @property
    def ended(self) -> int:
        return self.pupils - self.aided - self.unaided

    @property
    def rate(self) -> float | None:
        """资助覆盖率: the aided among those who are or should be, None where there is nobody."""
        entitled = self.aided + self.unaided
        return self.aided / entitled if entitled else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.pupils + other.pupils, self.aided + other.aided, self.unaided + other.unaided,
            self.due + other.due, self.gap + other.gap,
        )  # fmt: skip

    def as_numbers(self) -> Numbers:
        return self.pupils, self.aided, self.unaided, int(self.due * FEN), int(self.gap * FEN)

    @classmethod
    def of_numbers(cls, numbers: Numbers | None) -> "Figures":
        if numbers is None:
            return cls()
        pupils, aided, unaided, due, gap = numbers
        return cls(pupils, aided, unaided, Decimal(due) / FEN, Decimal(gap) / FEN)

    def of(self, measure: Measure) -> int:
        return {
            Measure.ALL: self.pupils,
            Measure.AIDED: self.aided,
            Measure.UNAIDED: self.unaided,
            Measure.ENDED: self.ended,
        }[measure]


@dataclass(frozen=True)
class Group:
    """``unit`` where the group is one that can be opened in its turn."""

    code: str
    label: str
    figures: Figures
    unit: Unit | None = None


@dataclass(frozen=True)
class Distribution:
    """By category a pupil on two lists stands in both groups: ``total`` is of pupils all the same."""

    by: By
    groups: tuple[Group, ...]
    total: Figures

    def of(self, code: str) -> tuple[str, Figures]:
        """How a group is called and what it counts; without a code all of them, of no such group nothing."""
        named = {group.code: (group.label, group.figures) for group in self.groups}
        return named.get(code, ("", Figures())) if code else ("全部", self.total)


def _figures_of(session: Session, scope: Scope, term: str) -> Found:
    """What of a school each key counts: 总数, its stages, origins and grades, and categories."""
    people = counted_pupils(scope, term)
    by = STAGE.label("stage"), ORIGIN.label("origin"), GRADE.label("grade")
    found = session.execute(
        beside(people, scope, term, people.c.school_id, *by, *_sums(people)).group_by(people.c.school_id, *by)
    )
    counted: defaultdict[tuple[UUID, Key], Figures] = defaultdict(Figures)
    for school, stage, origin, grade, *sums in found:
        for key in (ALL, (By.STAGE, stage), (By.ORIGIN, origin), (By.AREA, grade)):
            counted[school, key] += Figures(*sums)
    for (school, code), figures in _in_categories(session, scope, term).items():
        counted[school, (By.CATEGORY, code)] = figures
    for (school, key), figures in counted.items():
        yield school, key, figures.as_numbers()


FIGURES = Tally("figures-2", _figures_of)
ALL: Key = ("",)


def distribution(session: Session, unit: Unit, term: str, by: By) -> Distribution:
    """The largest group first, areas in the order of their codes; nobody is left out."""
    of_schools = by_school(session, scope_of(unit), term, FIGURES)
    counts = added_up(of_schools.values())
    total = Figures.of_numbers(counts.get(ALL))
    if by is By.AREA and unit.level is not UnitLevel.SCHOOL:
        return Distribution(by, _areas(session, unit, of_schools), total)
    counted = {key[1]: Figures.of_numbers(numbers) for key, numbers in counts.items() if key[0] == by}
    if by is By.CATEGORY:
        return Distribution(by, _categories(session, counted), total)
    return Distribution(by, _named(counted, LABELS.get(by, {NOT_SAID: NOBODY_WROTE})), total)


LABELS = {By.STAGE: STAGES, By.ORIGIN: ORIGINS}


def _named(counted: Mapping[str, Figures], labels: Mapping[str, str]) -> tuple[Group, ...]:
    """In the order of the labels; a code without one, such as a grade, is its own."""
    order = list(labels)
    codes = sorted(counted, key=lambda code: (order.index(code) if code in order else len(order), code))
    return tuple(Group(code, labels.get(code, code), counted[code]) for code in codes)


def _sums(people: Subquery) -> tuple[ColumnElement[Any], ...]:
    return (
        func.count(),
        func.count().filter(people.c.aided),
        func.count().filter(people.c.unaided),
        func.coalesce(func.sum(people.c.due), 0),
        func.coalesce(func.sum(people.c.gap), 0),
    )


def _areas(session: Session, unit: Unit, of_schools: Mapping[UUID, Counts]) -> tuple[Group, ...]:
    """Every unit right below, those without a pupil as well: a school that has none is a fact too."""
    counted: defaultdict[str, Figures] = defaultdict(Figures)
    parts = select(Unit.id, part_of(unit)).where(Unit.id.in_(of_schools))
    for school, part in session.execute(parts):
        counted[part] += Figures.of_numbers(of_schools[school].get(ALL))
    below = select(Unit).where(Unit.parent_id == unit.id, Unit.level != UnitLevel.BUREAU).order_by(Unit.code)
    return tuple(Group(one.code, one.name, counted[one.code], one) for one in session.scalars(below))


def _categories(session: Session, counted: Mapping[str, Figures]) -> tuple[Group, ...]:
    names = category_names(session)
    groups = [Group(code, names.get(code, "本期不在名单（资助没有停）"), figures) for code, figures in counted.items()]
    return tuple(sorted(groups, key=lambda group: (-group.figures.pupils, group.code)))


def _in_categories(session: Session, scope: Scope, term: str) -> dict[tuple[UUID, str], Figures]:
    people = {(row.pupil_id, row.school_id): row for row in session.execute(select(counted_pupils(scope, term)))}
    counted: defaultdict[tuple[UUID, str], Figures] = defaultdict(Figures)
    for code, members in by_category(session, scope, term, people).items():
        for one in members:
            row = people[one]
            counted[one[1], code] += Figures(1, int(row.aided), int(row.unaided), row.due, row.gap)
    return counted


def by_category(session: Session, scope: Scope, term: str, counted: Iterable[AtSchool]) -> dict[str, set[AtSchool]]:
    """Who of those counted stands in which category; whoever is on no list any more in ``NO_LIST``."""
    left, groups = set(counted), defaultdict(set)
    everybody = frozenset(left)
    for code, one in [*_listed(session, scope, term), *_added(session, scope)]:
        if one in everybody:
            groups[code].add(one)
            left.discard(one)
    if left:
        groups[NO_LIST] = left
    return dict(groups)


def _listed(session: Session, scope: Scope, term: str) -> Iterable[tuple[str, AtSchool]]:
    """The categories are opened one by one: the database cannot tell them apart, which is why they are sealed."""
    pairs = select(
        MatchPair.id, MatchPair.category_sealed, MatchPair.basis, MatchPair.pupil_id, MatchPair.school_id
    ).where(stands(term), MatchPair.outcome == Decision.CERTAIN)
    for row in session.execute(scope.narrow(pairs, MatchPair.school_id)):
        code = MatchPair.category.open(row) or ""
        code = code if row.basis is Basis.SELF else CHILD_GETS.get(code, code)
        yield code, (row.pupil_id, row.school_id)


def _added(session: Session, scope: Scope) -> Iterable[tuple[str, AtSchool]]:
    added = select(Addition.id, Addition.category_sealed, Addition.pupil_id, Addition.school_id).where(
        Addition.state == AdditionState.ADDED
    )
    for row in session.execute(scope.narrow(added, Addition.school_id)):
        yield Addition.category.open(row) or "", (row.pupil_id, row.school_id)
