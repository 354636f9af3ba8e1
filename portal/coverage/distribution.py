"""分布: how many pupils of a unit are aided and how many are not, by area, stage, category and origin (N3-19)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Subquery, func, select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage.counted import (
    NO_LIST,
    NOBODY_WROTE,
    NOT_SAID,
    ORIGINS,
    STAGES,
    By,
    Measure,
    beside,
    counted_pupils,
    group_of,
)
from portal.enrolment.household import CHILD_GETS
from portal.enrolment.lists import category_names
from portal.enrolment.standing import stands
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


def total_of(session: Session, unit: Unit, term: str) -> Figures:
    people = counted_pupils(unit, term)
    pupils, aided, unaided, due, gap = session.execute(select(*_sums(people))).one()
    return Figures(pupils, aided, unaided, due, gap)


def distribution(session: Session, unit: Unit, term: str, by: By) -> Distribution:
    """The largest group first, areas in the order of their codes; nobody is left out."""
    total = total_of(session, unit, term)
    if by is By.CATEGORY:
        return Distribution(by, _by_category(session, unit, term), total)
    people = counted_pupils(unit, term)
    key = group_of(by, unit).label("key")
    found = session.execute(beside(people, unit, term, key, *_sums(people)).group_by("key"))
    counted = {code: Figures(*figures) for code, *figures in found}
    if by is By.AREA and unit.level is not UnitLevel.SCHOOL:
        return Distribution(by, _areas(session, unit, counted), total)
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


def _areas(session: Session, unit: Unit, counted: Mapping[str, Figures]) -> tuple[Group, ...]:
    """Every unit right below, those without a pupil as well: a school that has none is a fact too."""
    below = select(Unit).where(Unit.parent_id == unit.id, Unit.level != UnitLevel.BUREAU).order_by(Unit.code)
    return tuple(Group(one.code, one.name, counted.get(one.code, Figures()), one) for one in session.scalars(below))


def _by_category(session: Session, unit: Unit, term: str) -> tuple[Group, ...]:
    people = {(row.pupil_id, row.school_id): row for row in session.execute(select(counted_pupils(unit, term)))}
    names = category_names(session)
    grouped = {
        code: _summed([people[one] for one in members])
        for code, members in by_category(session, unit, term, people).items()
    }
    groups = [Group(code, names.get(code, "本期不在名单（资助没有停）"), sums) for code, sums in grouped.items()]
    return tuple(sorted(groups, key=lambda group: (-group.figures.pupils, group.code)))


def by_category(session: Session, unit: Unit, term: str, counted: Iterable[AtSchool]) -> dict[str, set[AtSchool]]:
    """Who of those counted stands in which category; whoever is on no list any more in ``NO_LIST``."""
    left, groups = set(counted), defaultdict(set)
    everybody = frozenset(left)
    for code, one in [*_listed(session, unit, term), *_added(session, unit)]:
        if one in everybody:
            groups[code].add(one)
            left.discard(one)
    if left:
        groups[NO_LIST] = left
    return dict(groups)


def _listed(session: Session, unit: Unit, term: str) -> Iterable[tuple[str, AtSchool]]:
    """The categories are opened one by one: the database cannot tell them apart, which is why they are sealed."""
    pairs = select(
        MatchPair.id, MatchPair.category_sealed, MatchPair.basis, MatchPair.pupil_id, MatchPair.school_id
    ).where(stands(term), MatchPair.outcome == Decision.CERTAIN)
    for row in session.execute(scope_of(unit).narrow(pairs, MatchPair.school_id)):
        code = MatchPair.category.open(row) or ""
        code = code if row.basis is Basis.SELF else CHILD_GETS.get(code, code)
        yield code, (row.pupil_id, row.school_id)


def _added(session: Session, unit: Unit) -> Iterable[tuple[str, AtSchool]]:
    added = select(Addition.id, Addition.category_sealed, Addition.pupil_id, Addition.school_id).where(
        Addition.state == AdditionState.ADDED
    )
    for row in session.execute(scope_of(unit).narrow(added, Addition.school_id)):
        yield Addition.category.open(row) or "", (row.pupil_id, row.school_id)


def _summed(people: Sequence[Row[*tuple[Any, ...]]]) -> Figures:
    """Of rows of ``counted_pupils``."""
    return Figures(
        len(people), sum(row.aided for row in people), sum(row.unaided for row in people),
        sum((row.due for row in people), Decimal(0)), sum((row.gap for row in people), Decimal(0)),
    )  # fmt: skip
