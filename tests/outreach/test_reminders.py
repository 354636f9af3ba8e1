"""Who is reminded of what, when, and who is not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.enrolment.confirmation import confirm
from portal.models import AuditEntry, Entitlement, Guardian, MatchPart, MatchRun, MessagePupil
from portal.outreach.dispatch import Tick, tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.reminders import plan
from portal.outreach.rungs import CALL, NUMBERS
from portal.vocabulary import Basis, Decision, MessageState
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school
from tests.coverage.builders import a_match, opened
from tests.outreach.cases import a_matched_pupil, climb, in_context, is_waiting_for_a_lock, messages, sessions
from tests.outreach.kannel import wait_for

DAY = timedelta(days=1)


def remind(now: datetime = A_MONDAY) -> Tick:
    return tick(sessions(), (Sandbox(),), now)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_matched_pupil_gets_one_reminder(session: Session) -> None:
    a_matched_pupil(session)

    done = remind()

    assert done.as_json() == {"planned": 1, "sent": 1, "suppressed": {}, "unknown": 0, "failed": 0}
    assert messages(session)[0].state is MessageState.DELIVERED


def test_a_second_tick_plans_and_sends_nothing(session: Session) -> None:
    a_matched_pupil(session)
    remind()

    assert remind().as_json() == {"planned": 0, "sent": 0, "suppressed": {}, "unknown": 0, "failed": 0}
    assert len(messages(session)) == 1


def test_two_planners_at_once_keep_one_row(session: Session) -> None:
    a_matched_pupil(session)

    def plan_beside() -> int:
        with sessions().begin() as other:
            return plan(other, A_MONDAY, "sandbox").messages

    first = plan(session, A_MONDAY, "sandbox").messages
    with ThreadPoolExecutor() as pool:
        second = pool.submit(in_context(plan_beside))
        wait_for(is_waiting_for_a_lock)
        session.commit()

    assert (first, second.result(), len(messages(session))) == (1, 0, 1)


@pytest.mark.parametrize("decision", [Decision.POSSIBLE, Decision.HOUSEHOLD])
def test_a_pupil_who_is_not_certainly_matched_is_not_reminded(session: Session, decision: Decision) -> None:
    a_match(session, a_pupil(session), decision=decision)
    session.commit()

    assert remind().planned == 0


def test_whose_ledger_is_still_to_be_opened_is_not_reminded_yet(session: Session) -> None:
    pupil = a_matched_pupil(session)
    for run in session.scalars(select(MatchRun)):
        run.stands_since, run.finished_at = A_MONDAY, None
        session.add(MatchPart(run_id=run.id, place=0, pupil_ids=[pupil.id], done_at=A_MONDAY))
    session.commit()

    assert remind().planned == 0


def test_a_family_that_confirmed_is_not_reminded(session: Session) -> None:
    pupil = a_matched_pupil(session)
    confirm(session, pupil, TERM, True, True, "family", A_MONDAY)
    session.commit()

    assert remind().planned == 0


def test_siblings_on_one_number_share_a_message_that_names_both_grades(session: Session) -> None:
    older = a_matched_pupil(session)
    younger = a_pupil(session, name="王小川", id_number="329901201809170039", grade="二年级", grade_number=2)
    a_match(session, younger, decision=Decision.HOUSEHOLD, basis=Basis.HOUSEHOLD)
    session.commit()

    done = remind()

    (message,) = messages(session)
    assert done.planned == 1
    assert "四年级、二年级" in (message.text or "")
    assert "500" not in (message.text or "")
    assert set(session.scalars(select(MessagePupil.pupil_id))) == {older.id, younger.id}


def test_a_number_of_many_households_gets_nothing(session: Session) -> None:
    for n in range(23):
        a_match(session, a_pupil(session, name=f"王{chr(0x5B50 + n)}", id_number=None, guardian=f"李{chr(0x5B50 + n)}"))
    session.commit()

    first, second = remind(), remind(A_MONDAY + 4 * DAY)

    (message,) = messages(session)
    assert first.as_json() == {"planned": 0, "sent": 0, "suppressed": {"shared_number": 1}, "unknown": 0, "failed": 0}
    assert (message.state, message.text, len(message.pupils)) == (MessageState.SUPPRESSED, None, 23)
    assert second.suppressed == {}


def test_a_number_of_two_households_hears_nothing_of_the_children(session: Session) -> None:
    a_matched_pupil(session)
    a_matched_pupil(session, name="赵远", id_number="419901201510010067", guardian="赵姑姑")

    done = remind()

    (message,) = messages(session)
    assert done.planned == 1
    assert message.template == "enrolment_not_confirmed.neutral"


def test_a_number_entered_for_a_teacher_hears_nothing_of_the_child(session: Session) -> None:
    a_matched_pupil(session, guardian="李老师")
    remind()

    assert messages(session)[0].template == "enrolment_not_confirmed.neutral"


def test_the_second_guardian_is_written_to_when_the_first_has_only_a_landline(session: Session) -> None:
    pupil = a_matched_pupil(session, phone="051000000000")
    session.add(Guardian(pupil_id=pupil.id, school_id=pupil.school_id, position=2, name="王强", phone="19900000008"))
    session.commit()
    remind()

    assert messages(session)[0].phone == "19900000008"


def test_a_family_without_a_mobile_is_counted(session: Session) -> None:
    a_matched_pupil(session, phone="051000000000")

    assert remind().suppressed == {"no_mobile": 1}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-09-07T08:59", "2026-09-07T09:00"),
        ("2026-09-07T19:59", "2026-09-07T19:59"),
        ("2026-09-07T20:00", "2026-09-08T09:00"),
        ("2026-09-30T21:00", "2026-10-08T09:00"),  # 国庆节
        ("2026-12-13T10:00", "2026-12-14T09:00"),  # 国家公祭日
    ],
)
def test_messages_leave_only_between_nine_and_twenty_and_not_on_quiet_days(
    session: Session, now: str, due: str
) -> None:
    a_matched_pupil(session)
    done = remind(shanghai(now))

    (message,) = messages(session)
    assert message.due_at == shanghai(due)
    assert done.as_json()["sent"] == (1 if now == due else 0)


def test_the_same_matter_is_said_three_times_with_days_between_and_then_a_person_takes_over(session: Session) -> None:
    a_matched_pupil(session)

    planned = [remind(A_MONDAY + day * DAY).planned for day in range(16)]
    asked = climb(session, A_MONDAY + 16 * DAY).opened

    assert [day for day, count in enumerate(planned) if count] == [0, 3, 6]
    assert asked == 1
    assert session.scalars(select(Entitlement.next_step)).all() == [CALL.step.words]
    assert climb(session, A_MONDAY + 17 * DAY).opened == 0


def test_a_family_without_a_number_becomes_a_task_of_the_school(session: Session) -> None:
    a_matched_pupil(session, phone=None)

    assert climb(session, A_MONDAY).opened == 1
    assert session.scalars(select(Entitlement.next_step)).all() == [NUMBERS.step.words]


def test_a_new_number_is_written_to_at_once(session: Session) -> None:
    pupil = a_matched_pupil(session, phone="19900000002")
    remind()
    guardian = session.scalars(select(Guardian).where(Guardian.pupil_id == pupil.id)).one()
    guardian.phone = "19900000011"
    session.commit()

    assert remind().planned == 1


def test_children_of_two_counties_are_signed_for_by_their_own(session: Session) -> None:
    a_matched_pupil(session)
    other = a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学")
    a_matched_pupil(session, school=other, name="赵远", id_number="419901201510010067", phone="19900000007")
    remind()

    assert {(message.text or "")[:8] for message in messages(session)} == {"【示例县教育局】", "【邻县教育局】赵"}


def test_planning_leaves_an_entry_in_the_trail(session: Session) -> None:
    a_matched_pupil(session)
    opened(session)
    remind()

    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "reminders_planned"))
    assert (entry.actor, entry.detail["messages"]) == ("portal", 1)
