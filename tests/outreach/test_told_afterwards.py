"""A family is told of what somebody else wrote down in its name as if it had said so itself (N3-9, J6)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.coverage.contacts import DENIED, Spoken, record_contact
from portal.enrolment.confirmation import confirm
from portal.models import Message, Pupil
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.vocabulary import Channel, MessageState
from tests.builders import A_MONDAY, TERM
from tests.outreach.cases import a_matched_pupil, messages, sessions

NEXT_DAY = A_MONDAY + timedelta(days=1)


def wrote_down(session: Session, pupil: Pupil, answer: str, now: datetime = A_MONDAY) -> None:
    record_contact(session, pupil, TERM, Spoken(Channel.PHONE, reached=True, answer=answer, words=""), "staff:t4", now)
    session.commit()


def told(session: Session, now: datetime = NEXT_DAY) -> list[Message]:
    tick(sessions(), (Sandbox(),), now)
    return messages(session)


@pytest.mark.parametrize(("answer", "words"), [("yes", "在校、需要资助"), ("no_aid", "暂不需要资助")])
def test_what_a_teacher_wrote_down_the_family_reads_the_same_day(session: Session, answer: str, words: str) -> None:
    wrote_down(session, a_matched_pupil(session), answer)
    (message,) = told(session, A_MONDAY)
    assert (message.text or "").partition("学校")[2].startswith(("按您说的记下:", "记下:您说"))
    assert words in (message.text or "")
    assert "没同意过" in (message.text or "") or "没说过" in (message.text or "")


def test_it_is_told_once(session: Session) -> None:
    wrote_down(session, a_matched_pupil(session), "yes")
    told(session, A_MONDAY)
    assert len(told(session, A_MONDAY + timedelta(days=20))) == 1


def test_what_the_family_said_itself_needs_no_message(session: Session) -> None:
    confirm(session, a_matched_pupil(session), TERM, in_school=True, wants_aid=True, by="family", now=A_MONDAY)
    session.commit()
    assert told(session) == []


def test_what_it_denied_before_the_message_left_is_not_told(session: Session) -> None:
    pupil = a_matched_pupil(session)
    at_night = A_MONDAY + timedelta(hours=12)
    wrote_down(session, pupil, "yes", at_night)
    told(session, at_night)
    wrote_down(session, pupil, DENIED, at_night)
    first = next(message for message in told(session) if message.matter.startswith("acted-for"))
    assert first.state is MessageState.SUPPRESSED
