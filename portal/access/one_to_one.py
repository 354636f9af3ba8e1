"""一对一帮扶: exactly one named helper a listed pupil: whoever was named, or else the class teacher (N2-3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.accounts import AccountProblem
from portal.access.scope import EVERYWHERE, Scope
from portal.models import EnrolmentRecord, Pupil, PupilHelper, SchoolClass, StaffMember
from portal.vocabulary import Role


@dataclass(frozen=True)
class Helping:
    """``named`` tells that it is not just the class teacher's turn."""

    staff: StaffMember
    named: bool


def in_class() -> ColumnElement[bool]:
    """The class in which an enrolment stands."""
    return and_(
        SchoolClass.school_id == EnrolmentRecord.school_id,
        SchoolClass.grade == EnrolmentRecord.grade,
        SchoolClass.name == EnrolmentRecord.class_name,
    )


def is_named(scope: Scope = EVERYWHERE) -> ColumnElement[bool]:
    """Somebody was named for the pupil of an enrolment, at that school."""
    helping = select(PupilHelper.pupil_id, PupilHelper.school_id).where(_active(PupilHelper))
    named = scope.narrow(helping, PupilHelper.school_id)
    return tuple_(EnrolmentRecord.pupil_id, EnrolmentRecord.school_id).in_(named)


def has_class_teacher() -> ColumnElement[bool]:
    led = select(SchoolClass.school_id, SchoolClass.grade, SchoolClass.name).where(_active(SchoolClass))
    return tuple_(EnrolmentRecord.school_id, EnrolmentRecord.grade, EnrolmentRecord.class_name).in_(led)


def _active(table: type[PupilHelper] | type[SchoolClass]) -> ColumnElement[bool]:
    """Whoever left the school helps nobody."""
    return table.staff_id.in_(select(StaffMember.id).where(StaffMember.active, StaffMember.role == Role.TEACHER))


def helper_of(session: Session, pupil: Pupil, term: str) -> Helping | None:
    named = select(StaffMember).join(PupilHelper, PupilHelper.staff_id == StaffMember.id)
    of_pupil = PupilHelper.pupil_id == pupil.id, PupilHelper.school_id == pupil.school_id, _active(PupilHelper)
    if found := session.scalars(named.where(*of_pupil)).first():
        return Helping(found, named=True)
    teacher = (
        select(StaffMember)
        .join(SchoolClass, SchoolClass.staff_id == StaffMember.id)
        .join(EnrolmentRecord, in_class())
        .where(
            EnrolmentRecord.pupil_id == pupil.id,
            EnrolmentRecord.school_id == pupil.school_id,
            EnrolmentRecord.term == term,
            EnrolmentRecord.left_on.is_(None),
            _active(SchoolClass),
        )
    )
    found = session.scalars(teacher).first()
    return Helping(found, named=False) if found else None


def may_help(session: Session, school_id: UUID) -> list[StaffMember]:
    """The accounts of teachers at a school, by name."""
    there = StaffMember.unit_id == school_id, StaffMember.role == Role.TEACHER, StaffMember.active
    return list(session.scalars(select(StaffMember).where(*there).order_by(StaffMember.display_name)))


def name_helper(session: Session, pupil: Pupil, staff: StaffMember, by: str, now: datetime) -> None:
    """In place of whoever it was; from now on this account sees the pupil. Raise AccountProblem."""
    if staff not in may_help(session, pupil.school_id):
        raise AccountProblem("只能指定本校在用的老师账号；没有账号的，请账号管理员先开")
    row = PupilHelper(pupil_id=pupil.id, school_id=pupil.school_id, staff_id=staff.id, named_by=by, named_at=now)
    values = {column.key: getattr(row, column.key) for column in PupilHelper.__table__.columns}
    anew = {name: values[name] for name in ("staff_id", "named_by", "named_at")}
    session.execute(
        insert(PupilHelper).values(values).on_conflict_do_update("uq_pupil_helper_pupil_id_school_id", set_=anew)
    )
    audit.record(session, by, "helper_named", unit_id=pupil.school_id, pupil_id=pupil.id, account=staff.account)
