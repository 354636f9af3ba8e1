"""Where messages end a person goes on: J6, J7, and what counts as reached."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.clock import SchoolTerm
from portal.coverage.contacts import DENIED, Spoken, record_contact
from portal.database import lock
from portal.models import Confirmation, ContactTask, Entitlement, Guardian, OptOut, Pupil, SchoolClass
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.reach import count_unreached, traces, unreached
from portal.outreach.rungs import CALL, VISIT, families_of, open_tasks
from portal.outreach.tasks import note_contact
from portal.vocabulary import Channel, ContactTaskKind, EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM, a_county, a_pupil
from tests.coverage.builders import a_match, opened
from tests.intake.files import XIAOYU
from tests.outreach.cases import a_matched_pupil, climb, listed_anew, messages, sessions

DAY = timedelta(days=1)
THIS_TERM = SchoolTerm.parse(TERM)
EIGHT = timedelta(hours=-2)
SWITCHED_OFF = "19900000002"


def remind(day: int) -> None:
    tick(sessions(), (Sandbox(),), A_MONDAY + day * DAY)


def tasks(session: Session) -> list[ContactTask]:
    return list(session.scalars(select(ContactTask).order_by(ContactTask.opened_at, ContactTask.kind)))


def chen_ming(session: Session) -> Pupil:
    """K3: the grandfather's keypad phone is off."""
    pupil = a_matched_pupil(session, name="陈明", id_number="329901201211110023", phone=SWITCHED_OFF, guardian="陈福")
    session.add(SchoolClass(school_id=pupil.school_id, grade="四年级", name="(2)班", teacher="李老师"))
    session.commit()
    return pupil


def called(session: Session) -> Pupil:
    """Off twice; the task stands on Wednesday morning."""
    pupil = chen_ming(session)
    remind(0)
    remind(1)
    climb(session, A_MONDAY + 2 * DAY + EIGHT)
    session.commit()
    return pupil


def speak(session: Session, pupil: Pupil, answer: str, reached: bool = True, day: int = 2) -> None:
    now = A_MONDAY + day * DAY
    record_contact(session, pupil, TERM, Spoken(Channel.PHONE, reached, answer, ""), "staff:sch1", now)
    note_contact(session, pupil.id, reached, "staff:sch1", now)


def row_of(session: Session, pupil: Pupil) -> Entitlement:
    return session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id)).one()


def test_a_phone_that_is_off_twice_is_the_class_teachers_call_by_the_third_day(session: Session) -> None:
    called(session)

    (task,) = tasks(session)
    assert len(messages(session)) == 2
    assert (task.kind, task.assignee, task.due_on) == (ContactTaskKind.CALL, "李老师", date(2026, 9, 14))
    assert task.opened_at < A_MONDAY + 3 * DAY


def test_a_task_stays_while_the_ledger_of_a_new_list_is_opened(session: Session) -> None:
    called(session)
    listed_anew(session)
    assert climb(session, A_MONDAY + 3 * DAY + EIGHT).closed == 0


def test_a_spoken_yes_is_kept_with_how_it_was_given_and_ends_the_task(session: Session) -> None:
    pupil = called(session)
    speak(session, pupil, "yes")

    assert tasks(session)[0].outcome == "已联系上家长"
    assert row_of(session, pupil).state is EntitlementState.REACHED
    assert any("电话口头同意" in trace.came_of_it and trace.reached for trace in traces(session, pupil.id, THIS_TERM))


def test_i_never_agreed_opens_it_again_for_the_county(session: Session) -> None:
    pupil = called(session)
    speak(session, pupil, "yes")
    speak(session, pupil, DENIED, day=3)

    row = row_of(session, pupil)
    assert (row.state, row.owner_level) == (EntitlementState.MATCHED, UnitLevel.COUNTY)
    assert session.scalars(select(Confirmation)).all() == []


def test_two_calls_that_fail_lead_to_a_visit(session: Session) -> None:
    pupil = called(session)
    speak(session, pupil, "", reached=False)
    speak(session, pupil, "", reached=False, day=3)

    assert [(task.kind, task.closed_at is None) for task in tasks(session)] == [
        (ContactTaskKind.CALL, False),
        (ContactTaskKind.VISIT, True),
    ]
    assert row_of(session, pupil).next_step == VISIT.step.words


def test_what_a_teacher_has_in_hand_is_not_written_over(session: Session) -> None:
    pupil = called(session)
    with sessions().begin() as teacher:
        (task,) = tasks(teacher)
        lock(teacher, task)
        assert climb(session, A_MONDAY + 8 * DAY + EIGHT).closed == 0
        note_contact(teacher, pupil.id, True, "staff:t4", A_MONDAY + 8 * DAY)
    session.expire_all()

    assert [(task.kind, task.outcome) for task in tasks(session)] == [(ContactTaskKind.CALL, "已联系上家长")]


def test_two_calls_nobody_made_each_say_why(session: Session) -> None:
    called(session)
    other = a_matched_pupil(session, name="王小雨", id_number=XIAOYU, phone=SWITCHED_OFF[:-1] + "8", guardian="王刚")
    (family,) = families_of(session, THIS_TERM, [other.id])
    open_tasks(session, CALL, THIS_TERM, [(family, "号码是空号")], A_MONDAY)
    session.commit()
    climb(session, A_MONDAY + 8 * DAY + EIGHT)

    visits = {task.pupil_id: task.because for task in tasks(session) if task.kind is ContactTaskKind.VISIT}
    assert len(visits) == 2
    assert visits[other.id] == "号码是空号"


def test_a_call_nobody_made_gives_way_to_a_visit(session: Session) -> None:
    called(session)
    climb(session, A_MONDAY + 8 * DAY + EIGHT)

    assert [task.kind for task in tasks(session) if task.closed_at is None] == [ContactTaskKind.VISIT]


def test_delivered_is_not_reached_and_the_county_sees_the_name(session: Session) -> None:
    pupil = a_matched_pupil(session)
    remind(0)

    (line,) = unreached(session, scope_of(a_county(session)), THIS_TERM, date(2026, 9, 7), 50, 0)
    assert (line.pupil_id, line.rung) == (pupil.id, "发过 1 条短信，还没有回应")
    assert line.last is not None and line.last.what == "短信 199****0001"


def test_what_was_tried_last_stands_beside_the_name(session: Session) -> None:
    pupil = a_matched_pupil(session)
    remind(0)
    record_contact(session, pupil, TERM, Spoken(Channel.PHONE, False, "", "关机"), "staff:sch1", A_MONDAY + DAY)

    (line,) = unreached(session, scope_of(a_county(session)), THIS_TERM, date(2026, 9, 8), 50, 0)
    assert line.last is not None
    assert (line.last.what, line.last.came_of_it) == ("电话", "没联系上；关机")


def test_of_a_school_whom_a_person_is_to_reach_stands_before_whom_a_message_may_still_reach(session: Session) -> None:
    first, fresh = called(session), a_matched_pupil(session, name="周晓", id_number=None, grade="一年级", phone=None)

    lines = unreached(session, scope_of(a_county(session)), THIS_TERM, date(2026, 9, 9), 50, 0)

    assert [line.pupil_id for line in lines] == [first.id, fresh.id]


def test_whom_nobody_reached_for_longest_stands_first_whenever_the_task_is_due(session: Session) -> None:
    first, later = called(session), a_matched_pupil(session, name="周晓", id_number=None, grade="一年级", phone=None)
    for day in (2, 3):
        speak(session, first, "", reached=False, day=day)
    open_tasks(session, CALL, THIS_TERM, [(families_of(session, THIS_TERM, [later.id])[0], "")], A_MONDAY + 3 * DAY)

    due = {task.pupil_id: task.due_on for task in tasks(session) if task.closed_at is None}
    lines = unreached(session, scope_of(a_county(session)), THIS_TERM, date(2026, 9, 11), 50, 0)
    assert due[first.id] > due[later.id]  # a call is due sooner than the visit after it
    assert [line.pupil_id for line in lines] == [first.id, later.id]


def test_who_answers_is_reached_and_the_task_is_closed_by_itself(session: Session) -> None:
    pupil = called(session)
    record_contact(session, pupil, TERM, Spoken(Channel.VISIT, True, "", ""), "staff:sch1", A_MONDAY + 2 * DAY)
    climb(session, A_MONDAY + 3 * DAY + EIGHT)

    assert tasks(session)[0].closed_at is not None
    assert count_unreached(session, scope_of(a_county(session)), THIS_TERM) == 0


def test_after_the_first_number_failed_twice_the_second_guardians_is_written_to(session: Session) -> None:
    pupil = chen_ming(session)
    session.add(Guardian(pupil_id=pupil.id, school_id=pupil.school_id, position=2, name="陈强", phone="19900000008"))
    session.commit()
    for day in range(3):
        remind(day)

    assert [message.phone for message in messages(session)].count("19900000008") == 1
    assert climb(session, A_MONDAY + 3 * DAY + EIGHT).opened == 0


def test_opting_out_changes_the_channel_and_not_the_duty(session: Session) -> None:
    pupil = a_matched_pupil(session)
    index = pupil.guardians[0].phone_index or b""
    session.add(OptOut(phone_index=index, channel=Channel.SMS, source="reply", at=A_MONDAY))
    session.commit()
    climb(session, A_MONDAY + EIGHT)

    (task,) = tasks(session)
    assert (task.kind, task.because) == (ContactTaskKind.CALL, "家长退订了短信")


@pytest.fixture
def p9(session: Session) -> list[Pupil]:
    """J7: the class teacher's number, entered for 23 pupils."""
    pupils = [
        a_pupil(
            session, name=f"王{chr(0x5B50 + n)}", id_number=None, guardian=f"李{chr(0x5B50 + n)}", phone="19900000009"
        )
        for n in range(23)
    ]
    for pupil in pupils:
        a_match(session, pupil)
    opened(session)
    session.commit()
    return pupils


def test_a_shared_number_is_one_task_and_not_23(session: Session, p9: list[Pupil]) -> None:
    climb(session, A_MONDAY + EIGHT)
    climb(session, A_MONDAY + DAY + EIGHT)

    (task,) = tasks(session)
    assert (task.kind, task.households, task.because[:7]) == (ContactTaskKind.NUMBERS, 23, "补全23户电话")


def test_when_the_numbers_are_completed_the_task_ends_and_families_are_written_to(
    session: Session, p9: list[Pupil]
) -> None:
    climb(session, A_MONDAY + EIGHT)
    for n, pupil in enumerate(p9):
        pupil.guardians[0].phone = f"1990000{5000 + n}"
    session.commit()
    climb(session, A_MONDAY + DAY + EIGHT)
    session.commit()
    remind(1)

    assert tasks(session)[0].outcome == "号码已经补全"
    assert len(messages(session)) == 23


def test_families_behind_a_shared_number_go_to_the_next_rung_when_it_is_not_completed(
    session: Session, p9: list[Pupil]
) -> None:
    climb(session, A_MONDAY + EIGHT)
    climb(session, A_MONDAY + 8 * DAY + EIGHT)

    kinds = [task.kind for task in tasks(session) if task.closed_at is None]
    assert (kinds.count(ContactTaskKind.NUMBERS), kinds.count(ContactTaskKind.VISIT)) == (1, 23)


def test_families_behind_a_shared_number_wait_since_its_task(session: Session, p9: list[Pupil]) -> None:
    climb(session, A_MONDAY + EIGHT)
    later = a_matched_pupil(session, name="周晓", id_number=None, grade="一年级", phone=None)
    open_tasks(session, CALL, THIS_TERM, [(families_of(session, THIS_TERM, [later.id])[0], "")], A_MONDAY + DAY)

    lines = unreached(session, scope_of(a_county(session)), THIS_TERM, date(2026, 9, 9), 50, 0)
    assert [line.pupil_id for line in lines].index(later.id) == len(p9)


def test_two_children_on_their_mothers_number_are_no_shared_number(session: Session) -> None:
    a_matched_pupil(session)
    a_matched_pupil(session, name="王小川", id_number="329901201809170039", grade="二年级", grade_number=2)
    remind(0)

    (message,) = messages(session)
    assert climb(session, A_MONDAY + DAY + EIGHT).opened == 0
    assert "四年级、二年级" in (message.text or "")
