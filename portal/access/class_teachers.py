"""班主任: which listed pupils a teacher's account sees: of its own classes, and whoever it was named for (N2-3)."""

from datetime import date

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.accounts import AccountProblem
from portal.access.one_to_one import in_class, is_named
from portal.access.scope import Scope, scope_of
from portal.clock import term_of
from portal.database import reach_units, set_reach
from portal.models import EnrolmentRecord, Entitlement, PupilHelper, SchoolClass, StaffMember
from portal.vocabulary import Role


def scope_of_staff(session: Session, staff: StaffMember, today: date) -> Scope:
    """A teacher's holds the pupils who have a row in the ledger of this term; a child on no list is nobody's to see."""
    scope = scope_of(staff.unit)
    if staff.role is not Role.TEACHER:
        return scope
    set_reach(session, reach_units(staff.unit.path))
    term = term_of(today).code
    listed = exists().where(
        Entitlement.pupil_id == EnrolmentRecord.pupil_id, Entitlement.term == term, Entitlement.retracted.is_(False)
    )
    of_class = exists().where(in_class(), SchoolClass.staff_id == staff.id)
    named = exists().where(
        PupilHelper.pupil_id == EnrolmentRecord.pupil_id,
        PupilHelper.school_id == EnrolmentRecord.school_id,
        PupilHelper.staff_id == staff.id,
    )
    own = select(EnrolmentRecord.pupil_id).where(
        EnrolmentRecord.school_id == staff.unit_id,
        EnrolmentRecord.term == term,
        EnrolmentRecord.left_on.is_(None),
        or_(named, and_(of_class, not_(is_named()))),
        listed,
    )
    return Scope(scope.unit_id, scope.path, tuple(session.scalars(own.order_by(EnrolmentRecord.pupil_id))))


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
