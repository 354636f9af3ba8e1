"""差额: yuan owed to a child, a class, a school, a county, back to the first term in which it was entitled (G7, N3-10).

Each row counts by the rule under which it was opened; a term before this one is owed as long as its row stands open.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Subquery, case, func, select, tuple_
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.clock import SchoolTerm, previous_term
from portal.coverage.counted import enrolment_of, part_of
from portal.coverage.lists import names_of
from portal.coverage.tallies import FEN, Counts, Found, Tally, added_up, by_school, places_of_page
from portal.coverage.totals import gap_of_row, is_in_gap
from portal.coverage.words import class_words, yuan_words
from portal.models import EnrolmentRecord, Entitlement, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name
from portal.vocabulary import UnitLevel

LOOK_BACK = 12
"""Terms: six school years, the longest a child is at one school."""
NO_CLASS = "名册没有写班级"


@dataclass(frozen=True)
class Owed:
    """A part of a unit: ``before`` is what of ``yuan`` is owed from earlier terms, ``since`` the first of them."""

    code: str
    label: str
    pupils: int
    yuan: Decimal
    before: Decimal
    since: date


@dataclass(frozen=True)
class OwedLine:
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    yuan: Decimal
    since: date
    rows: tuple[str, ...]
    """义务教育家庭经济困难学生生活补助 2026年秋季学期 500 元."""


def owed(session: Session, unit: Unit, term: SchoolTerm) -> tuple[Owed, ...]:
    """The parts of a unit to which something is owed; those of a school are its classes."""
    if unit.level is not UnitLevel.SCHOOL:
        return _owed_below(session, unit, term)
    children = _children(scope_of(unit), term)
    key = _CLASS.label("part")
    sums = select(key, func.count(), func.sum(children.c.yuan), func.sum(children.c.before), func.min(children.c.since))
    enrolled = enrolment_of(children, scope_of(unit), term.code)
    found = session.execute(sums.outerjoin_from(children, EnrolmentRecord, enrolled).group_by(key).order_by(key)).all()
    return tuple(Owed(part, part, *figures) for part, *figures in found)


def _owed_below(session: Session, unit: Unit, term: SchoolTerm) -> tuple[Owed, ...]:
    counted = by_school(session, scope_of(unit), term.code, OWED)
    parts: defaultdict[str, list[Counts]] = defaultdict(list)
    of_school = select(Unit.id, part_of(unit)).where(Unit.id.in_(counted))
    for school, part in session.execute(of_school):
        parts[part].append(counted[school])
    names = _names(session, parts)
    found = ((part, names.get(part, part), added_up(parts[part])) for part in sorted(parts))
    return tuple(_owed(part, name, counts) for part, name, counts in found if counts)


def _owed(code: str, label: str, counts: Counts) -> Owed:
    each = {int(fen): numbers for (kind, fen), numbers in counts.items() if kind == EACH}
    pupils, before = (sum(numbers) for numbers in zip(*each.values(), strict=True))
    yuan = sum(fen * pupils for fen, (pupils, _) in each.items())
    since = min(date.fromisoformat(day) for kind, day in counts if kind == "since")
    return Owed(code, label, pupils, Decimal(yuan) / FEN, Decimal(before) / FEN, since)


def _owed_at(session: Session, scope: Scope, term: str) -> Found:
    """By what a pupil of a school is owed, in 分, how many are and how much of it is from before; and since when."""
    children = _children(scope, SchoolTerm.parse(term))
    by = children.c.school_id, children.c.yuan
    sums = func.count(), func.sum(children.c.before), func.min(children.c.since)
    since: defaultdict[UUID, set[date]] = defaultdict(set)
    for school, yuan, pupils, before, first in session.execute(select(*by, *sums).group_by(*by)):
        since[school].add(first)
        yield school, (EACH, str(int(yuan * FEN))), (pupils, int(before * FEN))
    for school, days in since.items():
        yield school, ("since", str(min(days))), (1, 0)


EACH = "each"
OWED = Tally("owed-2", _owed_at)


def lines(
    session: Session, unit: Unit, term: SchoolTerm, part: str, catalogue: Catalogue, offset: int, limit: int
) -> list[OwedLine]:
    """To whom most is owed stands first, those to whom as much is owed school by school."""
    if unit.level is UnitLevel.SCHOOL:
        children = _children_of_class(unit, term, part)
    else:
        children, offset = _children_about(session, unit, term, part, offset, limit)
    at_school = select(children, Unit.name, Unit.code).join(Unit, Unit.id == children.c.school_id).subquery()
    there = select(at_school).order_by(*_most(at_school)).offset(offset).limit(limit).subquery()
    beside = select(there, EnrolmentRecord.grade, EnrolmentRecord.class_name).outerjoin(
        EnrolmentRecord, enrolment_of(there, scope_of(unit), term.code)
    )
    page = session.execute(beside.order_by(*_most(there))).all()
    ids = [row.pupil_id for row in page]
    rows, names = _rows_of(session, unit, term, ids, catalogue), names_of(session, ids)
    return [
        OwedLine(
            row.pupil_id, mask_name(names.get(row.pupil_id, "")) or "已转出的学生", row.name,
            class_words(row.grade or "", row.class_name or ""), row.yuan, row.since, tuple(rows[row.pupil_id]),
        )
        for row in page
    ]  # fmt: skip


def _children(scope: Scope, term: SchoolTerm) -> Subquery:
    """A row for each pupil at a school of the scope to whom something is owed from this term or one before."""
    terms = _up_to(term)
    began = case({one.code: one.first_day for one in terms}, value=Entitlement.term, else_=term.first_day)
    gap = gap_of_row()
    rows = select(
        Entitlement.pupil_id,
        Entitlement.school_id,
        func.sum(gap).label("yuan"),
        func.coalesce(func.sum(gap).filter(Entitlement.term != term.code), 0).label("before"),
        func.min(began, type_=Date).label("since"),
    ).where(Entitlement.term.in_([one.code for one in terms]), is_in_gap(), gap > 0)
    within = scope.narrow(rows, Entitlement.school_id)
    return within.group_by(Entitlement.pupil_id, Entitlement.school_id).subquery()


def _up_to(term: SchoolTerm) -> list[SchoolTerm]:
    """This term and those before it, as far back as anybody looks."""
    terms = [term]
    while len(terms) < LOOK_BACK:
        terms.append(previous_term(terms[-1]))
    return terms


_WRITTEN = func.concat(EnrolmentRecord.grade, EnrolmentRecord.class_name)
_CLASS: ColumnElement[str] = func.coalesce(func.nullif(_WRITTEN, ""), NO_CLASS)


def _most(children: Subquery) -> tuple[Any, ...]:
    return children.c.yuan.desc(), children.c.code, children.c.pupil_id


def _children_about(
    session: Session, unit: Unit, term: SchoolTerm, part: str, offset: int, limit: int
) -> tuple[Subquery, int]:
    """Those among whom the lines of a page stand, and how many of them come before it.

    How many are owed which sum is known by school, so that only the page's sums and schools are looked at.
    """
    scope = scope_of(unit)
    counted = by_school(session, scope, term.code, OWED)
    schools = select(Unit.id).where(Unit.id.in_(counted), *([part_of(unit) == part] if part else []))
    sums = (
        (int(fen), school, pupils)
        for school in session.scalars(schools.order_by(Unit.code))
        for (kind, fen), (pupils, _) in counted[school].items()
        if kind == EACH
    )
    most = sorted(sums, key=itemgetter(0), reverse=True)  # schools of the same sum stay in their order
    in_order = (((Decimal(fen) / FEN, school), pupils) for fen, school, pupils in most)
    places, skipped = places_of_page(in_order, offset, limit)
    children = _children(scope.of_schools({school for _, school in places}), term)
    here = tuple_(children.c.yuan, children.c.school_id).in_(places)
    return select(children).where(here).subquery(), skipped


def _children_of_class(school: Unit, term: SchoolTerm, part: str) -> Subquery:
    """Without a class those of the whole school."""
    scope = scope_of(school)
    children = _children(scope, term)
    if not part:
        return children
    of_class = select(children).outerjoin(EnrolmentRecord, enrolment_of(children, scope, term.code))
    return of_class.where(_CLASS.in_((part,))).subquery()


def _names(session: Session, codes: Collection[str]) -> dict[str, str]:
    named = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return dict(iter(named))


def _rows_of(
    session: Session, unit: Unit, term: SchoolTerm, pupils: Sequence[UUID], catalogue: Catalogue
) -> dict[UUID, list[str]]:
    gap, terms = gap_of_row(), _up_to(term)
    statement = select(Entitlement.pupil_id, Entitlement.policy, Entitlement.term, gap).where(
        Entitlement.pupil_id.in_(pupils), Entitlement.term.in_([one.code for one in terms]), is_in_gap(), gap > 0
    )
    rows = session.execute(scope_of(unit).narrow(statement, Entitlement.school_id)).all()
    words: defaultdict[UUID, list[str]] = defaultdict(list)
    for pupil_id, policy, code, yuan in sorted(rows, key=lambda row: SchoolTerm.parse(row[2]).first_day):
        words[pupil_id].append(f"{catalogue[policy].name} {SchoolTerm.parse(code).label} {yuan_words(yuan)} 元")
    return words
