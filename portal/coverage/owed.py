"""差额: yuan owed to a child, a class, a school, a county, back to the first term in which it was entitled (G7, N3-10).

Each row counts by the rule under which it was opened; a term before this one is owed as long as its row stands open.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Subquery, case, func, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.clock import SchoolTerm, previous_term
from portal.coverage.counted import enrolment_of, part_of
from portal.coverage.lists import names_of
from portal.coverage.tallies import FEN, Counts, Found, Key, Tally, added_up, by_school
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
    pupils, yuan, before = counts[SUMS]
    since = min(date.fromisoformat(day) for kind, day in counts if kind == "since")
    return Owed(code, label, pupils, Decimal(yuan) / FEN, Decimal(before) / FEN, since)


def _owed_at(session: Session, scope: Scope, term: str) -> Found:
    """Of a school the pupils and, in 分, what they are owed, now and from before; and since when."""
    children = _children(scope, SchoolTerm.parse(term))
    sums = func.count(), func.sum(children.c.yuan), func.sum(children.c.before), func.min(children.c.since)
    found = session.execute(select(children.c.school_id, *sums).group_by(children.c.school_id))
    for school, pupils, yuan, before, since in found:
        yield school, SUMS, (pupils, int(yuan * FEN), int(before * FEN))
        yield school, ("since", str(since)), (pupils,)


SUMS: Key = ("sums", "")
OWED = Tally("owed-1", _owed_at)


def lines(
    session: Session, unit: Unit, term: SchoolTerm, part: str, catalogue: Catalogue, offset: int, limit: int
) -> list[OwedLine]:
    """To whom most is owed stands first."""
    children = _children_of_part(session, unit, term, part)
    there = select(children).order_by(*_most(children)).offset(offset).limit(limit).subquery()
    beside = (
        select(there, Unit.name, EnrolmentRecord.grade, EnrolmentRecord.class_name)
        .join(Unit, Unit.id == there.c.school_id)
        .outerjoin(EnrolmentRecord, enrolment_of(there, scope_of(unit), term.code))
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
    return children.c.yuan.desc(), children.c.pupil_id, children.c.school_id


def _children_of_part(session: Session, unit: Unit, term: SchoolTerm, part: str) -> Subquery:
    scope = scope_of(unit)
    if part and unit.level is not UnitLevel.SCHOOL:
        schools = scope.narrow(select(Unit.id), Unit.id).where(part_of(unit) == part)
        return _children(scope.of_schools(session.scalars(schools)), term)
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
