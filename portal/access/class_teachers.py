"""班主任: which pupils a teacher's account sees: the listed ones of the classes that are its own (N2-3)."""

from datetime import date

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.accounts import AccountProblem
from portal.access.scope import Scope, scope_of
from portal.clock import term_of
from portal.database import reach_units, set_reach
from portal.models import EnrolmentRecord, Entitlement, SchoolClass, StaffMember
from portal.vocabulary import Role


def scope_of_staff(session: Session, staff: StaffMember, today: date) -> Scope:
    """A teacher's holds the pupils who have a row in the ledger of this term; a child on no list is nobody's to see."""
    scope = scope_of(staff.unit)
    if staff.role is not Role.TEACHER:
        return scope
    set_reach(session, reach_units(staff.unit.path))
    term = term_of(today).code
    in_class = and_(
        SchoolClass.school_id == EnrolmentRecord.school_id,
        SchoolClass.grade == EnrolmentRecord.grade,
        SchoolClass.name == EnrolmentRecord.class_name,
    )
    listed = exists().where(
        Entitlement.pupil_id == EnrolmentRecord.pupil_id, Entitlement.term == term, Entitlement.retracted.is_(False)
    )
    named = (
        select(EnrolmentRecord.pupil_id)
        .join(SchoolClass, in_class)
        .where(
            SchoolClass.staff_id == staff.id,
            EnrolmentRecord.term == term,
            EnrolmentRecord.left_on.is_(None),
            listed,
        )
    )
    return Scope(scope.unit_id, scope.path, tuple(session.scalars(named.order_by(EnrolmentRecord.pupil_id))))


def classes_of(session: Session, staff: StaffMember) -> list[SchoolClass]:
    """Those of the school, in the order of grades, for somebody to choose from."""
    mine = select(SchoolClass).where(SchoolClass.school_id == staff.unit_id)
    return list(session.scalars(mine.order_by(SchoolClass.grade, SchoolClass.name)))


def give_classes(session: Session, staff: StaffMember, classes: set[SchoolClass], by: str) -> None:
    """From now on these are the teacher's and no others; raise AccountProblem."""
    if staff.role is not Role.TEACHER:
        raise AccountProblem(f"{staff.display_name}的角色是{staff.role.label}，只有班主任才分班级")
    for one in classes_of(session, staff):
        if one in classes:
            one.staff_id = staff.id
        elif one.staff_id == staff.id:
            one.staff_id = None
    audit.record(session, by, "classes_given", unit_id=staff.unit_id, account=staff.account, classes=len(classes))
