"""一对一帮扶: one helper a listed pupil: the class teacher or whoever was named; who has none is on a list."""

import pytest
from sqlalchemy.orm import Session

from portal.access.accounts import AccountProblem
from portal.access.class_teachers import scope_of_staff
from portal.access.one_to_one import helper_of, name_helper
from portal.access.scope import scope_of
from portal.coverage import rolls
from portal.database import EVERYTHING, set_reach
from portal.models import Pupil, SchoolClass, StaffMember
from portal.vocabulary import Role
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, a_staff_member, an_entry
from tests.enrolment.doubts import compare


def listed(session: Session) -> Pupil:
    pupil = a_pupil(session)
    an_entry(session)
    compare(session)
    return pupil


def teacher(session: Session, account: str, of_class: bool = False) -> StaffMember:
    member = a_staff_member(session, account, Role.TEACHER, a_school(session), name=account)
    if of_class:
        session.add(SchoolClass(school_id=member.unit_id, grade="四年级", name="(2)班", staff_id=member.id))
    session.flush()
    return member


def sees(session: Session, member: StaffMember) -> list[object]:
    found = scope_of_staff(session, member, A_MONDAY.date()).pupils
    set_reach(session, EVERYTHING)
    return list(found or ())


def alone(session: Session) -> int:
    return rolls.counts(session, scope_of(a_county(session)), TERM)["alone"]


def test_the_class_teacher_helps_until_somebody_else_is_named(session: Session) -> None:
    pupil, of_class, other = listed(session), teacher(session, "t4", of_class=True), teacher(session, "t5")
    assert sees(session, of_class) == [pupil.id]
    name_helper(session, pupil, other, "staff:sch1", A_MONDAY)
    name_helper(session, pupil, other, "staff:sch1", A_MONDAY)
    helping = helper_of(session, pupil, TERM)
    assert helping is not None
    assert (helping.staff, helping.named) == (other, True)
    assert (sees(session, of_class), sees(session, other)) == ([], [pupil.id])


def test_who_has_no_helper_is_on_the_list_and_leaves_it_with_the_name(session: Session) -> None:
    pupil = listed(session)
    a_pupil(session, name="不在名单", id_number=None, phone=None)
    assert alone(session) == 1
    name_helper(session, pupil, teacher(session, "t5"), "staff:sch1", A_MONDAY)
    assert alone(session) == 0


def test_a_closed_account_helps_nobody(session: Session) -> None:
    pupil, gone = listed(session), teacher(session, "t5")
    name_helper(session, pupil, gone, "staff:sch1", A_MONDAY)
    gone.active = False
    session.flush()
    assert helper_of(session, pupil, TERM) is None
    assert alone(session) == 1


def test_only_a_teacher_of_the_school_may_be_named(session: Session) -> None:
    far = a_staff_member(session, "far", Role.TEACHER, a_school(session, code="3299010002"))
    with pytest.raises(AccountProblem, match="本校"):
        name_helper(session, listed(session), far, "staff:sch1", A_MONDAY)
