"""差额: yuan owed to a child, a class, a school, a county, back to the first term in which it was entitled (G7, N3-10).

Each row counts by the rule under which it was opened; a term before this one is owed as long as its row stands open.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm, previous_term
from portal.coverage.counted import enrolment_of
from portal.coverage.lists import names_of
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
    children = _children(unit, term)
    key = _part(unit).label("part")
    sums = select(key, func.count(), func.sum(children.c.yuan), func.sum(children.c.before), func.min(children.c.since))
    found = session.execute(_of_part(sums, unit, term, "", children).group_by(key).order_by(key)).all()
    names = _names(session, unit, [part for part, *_ in found])
    return tuple(Owed(part, names.get(part, part), *figures) for part, *figures in found)


def count(session: Session, unit: Unit, term: SchoolTerm, part: str) -> int:
    return session.scalar(_of_part(select(func.count()), unit, term, part, _children(unit, term))) or 0


def lines(
    session: Session, unit: Unit, term: SchoolTerm, part: str, catalogue: Catalogue, offset: int, limit: int
) -> list[OwedLine]:
    """To whom most is owed stands first."""
    children = _children(unit, term)
    chosen = select(children, Unit.name, EnrolmentRecord.grade, EnrolmentRecord.class_name)
    page = session.execute(
        _of_part(chosen, unit, term, part, children)
        .order_by(children.c.yuan.desc(), children.c.pupil_id)
        .offset(offset)
        .limit(limit)
    ).all()
    ids = [row.pupil_id for row in page]
    rows, names = _rows_of(session, unit, term, ids, catalogue), names_of(session, ids)
    return [
        OwedLine(
            row.pupil_id, mask_name(names.get(row.pupil_id, "")) or "已转出的学生", row.name,
            class_words(row.grade or "", row.class_name or ""), row.yuan, row.since, tuple(rows[row.pupil_id]),
        )
        for row in page
    ]  # fmt: skip


def _children(unit: Unit, term: SchoolTerm) -> Subquery:
    """A row for each pupil at a school of the unit to whom something is owed from this term or one before."""
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
    within = scope_of(unit).narrow(rows, Entitlement.school_id)
    return within.group_by(Entitlement.pupil_id, Entitlement.school_id).subquery()


def _up_to(term: SchoolTerm) -> list[SchoolTerm]:
    """This term and those before it, as far back as anybody looks."""
    terms = [term]
    while len(terms) < LOOK_BACK:
        terms.append(previous_term(terms[-1]))
    return terms


def _of_part(statement: Select[Any], unit: Unit, term: SchoolTerm, part: str, children: Subquery) -> Select[Any]:
    narrowed = (
        statement.select_from(children)
        .join(Unit, Unit.id == children.c.school_id)
        .outerjoin(EnrolmentRecord, enrolment_of(children, unit, term.code))
    )
    return narrowed.where(_part(unit) == part) if part else narrowed


def _part(unit: Unit) -> Any:
    if unit.level is UnitLevel.SCHOOL:
        written = func.concat(EnrolmentRecord.grade, EnrolmentRecord.class_name)
        return func.coalesce(func.nullif(written, ""), NO_CLASS)
    return func.split_part(func.substr(Unit.path, len(unit.path) + 1), "/", 1)


def _names(session: Session, unit: Unit, codes: Sequence[str]) -> dict[str, str]:
    if unit.level is UnitLevel.SCHOOL:
        return {}
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
