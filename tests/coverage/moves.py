"""A child that moves to the school of the next county, and the officers of both."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage import moving
from portal.enrolment.moves import Event
from portal.models import Entitlement, Move, Pupil, StaffMember, Unit
from portal.vocabulary import MoveKind, Role
from tests.builders import A_MONDAY, a_county, a_school, a_staff_member

TODAY = A_MONDAY.date()


def the_new_school(session: Session) -> Unit:
    return a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")


def officer(session: Session, unit: Unit, role: Role = Role.SCHOOL_OFFICER) -> StaffMember:
    account = f"of-{unit.code}"
    known = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    return known or a_staff_member(session, account, role, unit)


def moved(session: Session, row: Entitlement, kind: MoveKind = MoveKind.TRANSFER, school: str = "3299020001") -> Move:
    the_new_school(session)
    return moving.record(session, row.pupil, Event(kind, TODAY, school), officer(session, row.school), A_MONDAY)


def accepted(session: Session, move: Move) -> Pupil:
    return moving.accept(session, move, "(1)班", officer(session, the_new_school(session)), A_MONDAY)
