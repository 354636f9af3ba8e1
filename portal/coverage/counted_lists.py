"""The list behind a number of 统计: exactly the pupils it counts, names masked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Subquery, Uuid, func, literal, select, tuple_
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.coverage.counted import By, Measure, beside, counted_pupils, group_of, holds, part_of
from portal.coverage.distribution import ALL, FIGURES, AtSchool, Figures, by_category
from portal.coverage.lists import names_of
from portal.coverage.tallies import Key, by_school, page_of
from portal.coverage.words import class_words
from portal.database import whole
from portal.models import EnrolmentRecord, Unit
from portal.privacy.masking import mask_name
from portal.vocabulary import UnitLevel


@dataclass(frozen=True)
class Question:
    """What a number counts; without ``group`` all of the unit."""

    unit: Unit
    term: str
    by: By = By.AREA
    group: str = ""
    measure: Measure = Measure.ALL


@dataclass(frozen=True)
class CountedLine:
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    aided: bool
    unaided: bool
    due: Decimal
    gap: Decimal


def lines_of(session: Session, asked: Question, offset: int, limit: int) -> list[CountedLine]:
    """School by school, class by class; only the schools of the page are looked at."""
    schools, skipped = page_of(session, _numbers(session, asked), offset, limit)
    scope = scope_of(asked.unit).of_schools(schools)
    people = counted_pupils(scope, asked.term)
    columns = EnrolmentRecord.grade, EnrolmentRecord.grade_number, EnrolmentRecord.class_name
    rows = whole(_narrowed(session, asked, scope, people, Unit.name, Unit.code, *columns, people))
    place = (rows.c[name] for name in ("code", "grade_number", "class_name", "pupil_id"))
    page = select(rows).order_by(*place).offset(skipped).limit(limit)
    found = session.execute(page).all()
    names = names_of(session, [row.pupil_id for row in found])
    return [
        CountedLine(
            row.pupil_id, mask_name(names.get(row.pupil_id, "")) or "已转出的学生", row.name,
            class_words(row.grade or "", row.class_name or ""), row.aided, row.unaided, row.due, row.gap,
        )
        for row in found
    ]  # fmt: skip


def _numbers(session: Session, asked: Question) -> dict[UUID, int]:
    """How many of each school stand on the list."""
    found = by_school(session, scope_of(asked.unit), asked.term, FIGURES)
    key: Key = (asked.by, asked.group) if asked.group else ALL
    if asked.group and asked.by is By.AREA and asked.unit.level is not UnitLevel.SCHOOL:
        there = select(Unit.id).where(Unit.id.in_(found), part_of(asked.unit) == asked.group)
        found, key = {school: found[school] for school in session.scalars(there)}, ALL
    return {school: Figures.of_numbers(counts.get(key)).of(asked.measure) for school, counts in found.items()}


def _narrowed(
    session: Session, asked: Question, scope: Scope, people: Subquery, *columns: Any
) -> Select[*tuple[Any, ...]]:
    statement = beside(people, scope, asked.term, *columns).where(holds(people, asked.measure))
    if not asked.group:
        return statement
    if asked.by is not By.CATEGORY:
        return statement.where(group_of(asked.by, asked.unit) == asked.group)
    members = _in_category(session, asked, scope, people)
    pupils, schools = ([one[place] for one in members] for place in (0, 1))
    found = select(func.unnest(literal(pupils, ARRAY(Uuid))), func.unnest(literal(schools, ARRAY(Uuid))))
    return statement.where(tuple_(people.c.pupil_id, people.c.school_id).in_(found))


def _in_category(session: Session, asked: Question, scope: Scope, people: Subquery) -> list[AtSchool]:
    counted = [(pupil, school) for pupil, school in session.execute(select(people.c.pupil_id, people.c.school_id))]
    return sorted(by_category(session, scope, asked.term, counted).get(asked.group, ()))
