"""Pairs that no rule may decide, and who settles them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage import settling
from portal.coverage.ledger import open_rows
from portal.enrolment.matching_runs import run
from portal.models import Entitlement, Guardian, MatchPair, Pupil, Settlement, StaffMember, Unit
from portal.policies.catalogue import load_catalogue
from portal.vocabulary import Answer, Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_staff_member, an_entry
from tests.intake.files import CHEN_MING, XIAOCHUAN

CATALOGUE = load_catalogue()


def compare(session: Session, now: datetime = A_MONDAY, term: str = TERM, unit: Unit | None = None) -> None:
    """A run over the county or another unit, with the rows it opens."""
    made = run(session, unit or a_county(session), SchoolTerm.parse(term), "command", now)
    open_rows(session, made, CATALOGUE, now)
    session.expire_all()


def standing(session: Session) -> list[MatchPair]:
    return list(session.scalars(select(MatchPair).where(MatchPair.superseded_at.is_(None)).order_by(MatchPair.id)))


def a_doubt(session: Session) -> MatchPair:
    """王小雨 is enrolled, the list writes 王小语 for the same number."""
    a_pupil(session)
    an_entry(session, name="王小语")
    compare(session)
    (pair,) = standing(session)
    return pair


def a_household(session: Session, category: str = "DIBAO") -> MatchPair:
    """王小川 is on no list; the mother is."""
    pupil = a_pupil(session, name="王小川", id_number=XIAOCHUAN, grade="二年级", grade_number=2)
    mother = session.scalars(select(Guardian).where(Guardian.pupil_id == pupil.id)).one()
    mother.id_number = CHEN_MING
    an_entry(session, name="王丽", id_number=CHEN_MING, category=category)
    compare(session)
    return session.scalars(select(MatchPair).where(MatchPair.pupil_id == pupil.id)).one()


def officer(session: Session, role: Role = Role.COUNTY_OFFICER) -> StaffMember:
    account = "cnty" if role is Role.COUNTY_OFFICER else "sch1"
    known = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    unit = a_county(session) if role is Role.COUNTY_OFFICER else None
    return known or a_staff_member(session, account, role, unit)


def settle(
    session: Session,
    pair: MatchPair,
    answer: Answer = Answer.SAME,
    role: Role = Role.COUNTY_OFFICER,
    now: datetime = A_MONDAY,
) -> list[Settlement]:
    return settling.settle(session, [pair], answer, officer(session, role), now, CATALOGUE)


def undo(session: Session, settlements: list[Settlement], role: Role = Role.COUNTY_OFFICER) -> None:
    settling.undo(session, settlements, officer(session, role), A_MONDAY, CATALOGUE)


def rows_of(session: Session, pupil: Pupil) -> list[Entitlement]:
    session.flush()
    session.expire_all()
    return list(session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id)))
