"""学年全面核查: a school signs once everybody on its list was looked at; the offices above see who has not (N5-1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.actors import actor_words
from portal.access.scope import NotInScope, Scope, scope_of
from portal.clock import SchoolTerm, local
from portal.coverage.lists import classes_of
from portal.coverage.quality import incomplete, lacking
from portal.coverage.tallies import Found, Key, Tally, by_school
from portal.database import same_place
from portal.models import Entitlement, Pupil, StaffMember, Unit, YearlyCheck, YearlyLook
from portal.privacy.masking import mask_name
from portal.vocabulary import Labelled, UnitLevel


class CheckRefused(ValueError):
    """One sentence: why the year is not signed."""


class Show(Labelled):
    """What the list is narrowed to."""

    OPEN = "open", "没有看过"
    LACKING = "lacking", "信息不全或有冲突"
    LOOKED = "looked", "看过"


@dataclass(frozen=True)
class CheckLine:
    pupil_id: UUID
    masked_name: str
    class_words: str
    school: str
    lacks: tuple[str, ...]
    looked_on: date | None
    by: str


@dataclass(frozen=True)
class SchoolCheck:
    """How far a school is; ``signed`` may be followed by pupils who came on the list since."""

    school: Unit
    pupils: int
    looked: int
    signed: YearlyCheck | None

    @property
    def left(self) -> int:
        return self.pupils - self.looked


def checks(session: Session, scope: Scope, term: SchoolTerm) -> list[SchoolCheck]:
    """Every school of the scope, unsigned ones first."""
    listed = by_school(session, scope, term.code, LISTED)
    of_year = select(YearlyCheck).where(YearlyCheck.school_year == term.school_year)
    signed = {one.school_id: one for one in session.scalars(scope.narrow(of_year, YearlyCheck.school_id))}
    schools = session.scalars(scope.narrow(select(Unit).where(Unit.level == UnitLevel.SCHOOL), Unit.id))
    found = []
    for school in schools:
        pupils, looked = listed[school.id].get(OF_SCHOOL, (0, 0))
        found.append(SchoolCheck(school, pupils, looked, signed.get(school.id)))
    return sorted(found, key=lambda one: (one.signed is not None, -one.left, one.school.code))


def _listed_at(session: Session, scope: Scope, term: str) -> Found:
    """Of a school the pupils on its list, and those of them who were looked at."""
    of_term = SchoolTerm.parse(term)
    counted = _listed(scope, of_term, Entitlement.school_id, func.count(), func.count().filter(_is_looked(of_term)))
    sums = scope.narrow(counted, Entitlement.school_id).group_by(Entitlement.school_id)
    for school, pupils, looked in session.execute(sums):
        yield school, OF_SCHOOL, (pupils, looked)


OF_SCHOOL: Key = ("listed",)
LISTED = Tally("yearly-1", _listed_at)


def check_of(session: Session, school: Unit, term: SchoolTerm) -> SchoolCheck:
    (found,) = checks(session, scope_of(school), term)
    return found


def counts(session: Session, school: Unit, term: SchoolTerm) -> dict[Show, int]:
    figures = [func.count().filter(_holds(show, school, term)) for show in Show]
    return dict(zip(Show, session.execute(_of_school(school, term, *figures)).one(), strict=True))


def lines(session: Session, school: Unit, term: SchoolTerm, show: Show, offset: int, limit: int) -> list[CheckLine]:
    look = and_(
        YearlyLook.pupil_id == Pupil.id,
        YearlyLook.school_id == Entitlement.school_id,
        YearlyLook.school_year == term.school_year,
    )
    page = _of_school(school, term, Pupil, YearlyLook).outerjoin(YearlyLook, look).where(_holds(show, school, term))
    found = session.execute(page.order_by(Pupil.id).offset(offset).limit(limit)).all()
    ids = [pupil.id for pupil, _ in found]
    classes = classes_of(session, term.code, ids)
    lacks: Mapping[UUID, tuple[str, ...]] = lacking(session, ids, scope_of(school), term.code)
    return [
        CheckLine(
            pupil.id, mask_name(pupil.name or ""), classes.get(pupil.id, ""), school.name, lacks.get(pupil.id, ()),
            seen and local(seen.at).date(), actor_words(session, seen.by) if seen else "",
        )
        for pupil, seen in found
    ]  # fmt: skip


def look(
    session: Session, school: Unit, term: SchoolTerm, pupils: Collection[UUID], staff: StaffMember, now: datetime
) -> int:
    """看过: how many were not before. Raise NotInScope for whoever is not on this school's list."""
    theirs = set(session.scalars(_of_school(school, term, Pupil.id).where(Pupil.id.in_(pupils))))
    if theirs != set(pupils):
        raise NotInScope
    by = staff.actor
    values = [
        {
            "id": uuid4(), "pupil_id": pupil_id, "school_id": school.id, "school_year": term.school_year,
            "at": now, "by": by,
        }
        for pupil_id in theirs
    ]  # fmt: skip
    put = insert(YearlyLook).on_conflict_do_nothing().returning(YearlyLook.pupil_id)
    seen = list(session.scalars(put, values)) if values else []
    audit.record(session, by, "looked_at", unit_id=school.id, year=term.school_year, pupils=len(seen))
    return len(seen)


def sign(session: Session, school: Unit, term: SchoolTerm, staff: StaffMember, now: datetime) -> YearlyCheck:
    """Raise CheckRefused with how many are left; two people who sign at once sign once."""
    session.execute(select(Unit.id).where(Unit.id == school.id).with_for_update(key_share=True))
    found = check_of(session, school, term)
    if found.signed is not None:
        return found.signed
    if not found.pupils:
        raise CheckRefused("名单还是空的：先导入学籍名册、运行比对，再来核查")
    if found.left:
        raise CheckRefused(f"还有 {found.left} 名学生没有看过，不能签字。逐个看过后再签")
    made = YearlyCheck(
        school_id=school.id, school_year=term.school_year, signed_at=now, by=staff.actor,
        by_name=staff.display_name, pupils=found.pupils, incomplete=counts(session, school, term)[Show.LACKING],
    )  # fmt: skip
    session.add(made)
    audit.record(session, made.by, "year_signed", unit_id=school.id, year=term.school_year, pupils=made.pupils)
    session.flush()
    return made


def _listed(scope: Scope, term: SchoolTerm, *columns: Any) -> Select[Any]:
    """Everybody who has a row of the term at a school, each once there."""
    other = Entitlement.__table__.alias("other")
    first = not_(
        exists().where(
            other.c.pupil_id == Entitlement.pupil_id,
            same_place(other.c.school_id, Entitlement.school_id),
            other.c.term == Entitlement.term,
            not_(other.c.retracted),
            other.c.policy < Entitlement.policy,
            scope.holds(other.c.school_id),
        )
    )
    rows = select(*columns).select_from(Entitlement)
    return rows.where(Entitlement.term == term.code, not_(Entitlement.retracted), first)


def _of_school(school: Unit, term: SchoolTerm, *columns: Any) -> Select[Any]:
    return (
        _listed(scope_of(school), term, *columns)
        .join(Pupil, Pupil.id == Entitlement.pupil_id)
        .where(Entitlement.school_id == school.id)
    )


def _is_looked(term: SchoolTerm) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            YearlyLook.pupil_id == Entitlement.pupil_id,
            same_place(YearlyLook.school_id, Entitlement.school_id),
            YearlyLook.school_year == term.school_year,
        )
        .correlate(Entitlement)
    )


def _holds(show: Show, school: Unit, term: SchoolTerm) -> ColumnElement[bool]:
    return {
        Show.OPEN: not_(_is_looked(term)),
        Show.LACKING: incomplete(scope_of(school), term.code),
        Show.LOOKED: _is_looked(term),
    }[show]
