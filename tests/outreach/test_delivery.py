"""Reports early, late, doubled, out of order and forged: the state moves forward only."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import DeliveryReport, Message
from portal.outreach import outbox
from portal.outreach.delivery import RANK, record
from portal.outreach.gateways.protocol import Handed, Outcome, Report
from portal.outreach.reminders import plan
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import a_matched_pupil, messages, started_now

ME = "here:1:a"
DELIVERED, FAILED, ACCEPTED = MessageState.DELIVERED, MessageState.FAILED, MessageState.ACCEPTED
CODES = {ACCEPTED: "8", DELIVERED: "1", FAILED: "2"}


def queued(session: Session) -> Message:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    session.commit()
    return messages(session)[0]


def sending(session: Session) -> Message:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)
    started_now(session, [message.id], ME, "kannel", A_MONDAY)
    session.commit()
    return message


def tell(session: Session, message: Message, *states: MessageState) -> None:
    for state in states:
        assert record(session, "kannel", Report(message.id, state, CODES[state]), A_MONDAY)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ((ACCEPTED, DELIVERED), DELIVERED),
        ((DELIVERED, ACCEPTED), DELIVERED),
        ((DELIVERED, FAILED), DELIVERED),
        ((FAILED, DELIVERED), DELIVERED),
        ((FAILED, ACCEPTED), FAILED),
        ((FAILED, FAILED, FAILED), FAILED),
    ],
)
def test_a_message_moves_forward_only(session: Session, told: tuple[MessageState, ...], state: MessageState) -> None:
    message = sending(session)
    tell(session, message, *told)

    assert message.state is state


def test_a_report_before_the_answer_is_kept_and_the_answer_does_not_undo_it(session: Session) -> None:
    message = sending(session)
    tell(session, message, DELIVERED)
    outbox.settle(session, {message.id: Outcome(Handed.UNKNOWN, "no answer", "没有回答")}, ME, "kannel", A_MONDAY)

    assert message.state is DELIVERED


def test_a_report_settles_what_was_unknown(session: Session) -> None:
    message = sending(session)
    outbox.reap(session, A_MONDAY + timedelta(hours=1))
    tell(session, message, DELIVERED)

    assert (message.state, message.because) == (DELIVERED, None)


def test_a_report_of_an_earlier_try_keeps_the_next_from_being_sent(session: Session) -> None:
    message = sending(session)
    outbox.settle(session, {message.id: Outcome(Handed.RETRY, "503", "暂时不能收")}, ME, "kannel", A_MONDAY)
    tell(session, message, DELIVERED)

    assert outbox.claim(session, ME, A_MONDAY + timedelta(hours=1)) == []


def test_a_report_of_a_message_that_was_never_tried_moves_nothing(session: Session) -> None:
    message = queued(session)
    tell(session, message, DELIVERED)

    assert message.state is MessageState.QUEUED


def test_the_same_report_again_is_counted_on_its_row(session: Session) -> None:
    message = sending(session)
    tell(session, message, DELIVERED, ACCEPTED, DELIVERED, DELIVERED)
    session.commit()

    kept = {report.code: report.times for report in session.scalars(select(DeliveryReport))}
    assert kept == {"1": 3, "8": 1}


def test_a_report_of_no_message_is_told_apart(session: Session) -> None:
    assert record(session, "kannel", Report(uuid4(), DELIVERED, "1"), A_MONDAY) is False


@given(st.lists(st.sampled_from(list(CODES)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_the_best_report_wins(session: Session, told: list[MessageState]) -> None:
    message = messages(session)[0] if messages(session) else sending(session)
    message.state, message.because = MessageState.SENDING, None
    tell(session, message, *told)

    assert message.state is max(told, key=lambda state: RANK[state])
