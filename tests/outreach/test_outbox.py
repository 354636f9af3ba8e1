"""Claim, start, settle, reap: a message leaves at most once, and none is lost without a state."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.enrolment.confirmation import confirm
from portal.models import Message, Pupil
from portal.outreach import outbox
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.last_look import CONFIRMED
from portal.outreach.reminders import plan
from portal.outreach.starting import Started
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY, TERM, a_pupil
from tests.coverage.builders import a_match
from tests.outreach.cases import (
    a_matched_pupil,
    becomes_another,
    in_context,
    matched_pupils,
    messages,
    sessions,
    started_now,
    states,
)

ME, ANOTHER = "here:1:a", "there:2:b"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACCEPTED = Outcome(Handed.ACCEPTED, "202 0", "网关已收下")
RETRY = Outcome(Handed.RETRY, "no connection", "连不上网关，没有交出去")
UNKNOWN = Outcome(Handed.UNKNOWN, "no answer", "网关没有回答，等状态报告")
REFUSED = Outcome(Handed.REFUSED, "400", "网关认为号码或内容不对")


def queued(session: Session) -> Message:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "sandbox")
    session.commit()
    return messages(session)[0]


def started(session: Session) -> Message:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)
    started_now(session, [message.id], ME, "kannel", A_MONDAY)
    session.commit()
    return message


def test_four_dispatchers_claim_every_message_once(session: Session) -> None:
    matched_pupils(session, 60)
    plan(session, A_MONDAY, "sandbox")
    session.commit()

    def claim_all(worker: str) -> list[object]:
        mine: list[object] = []
        while True:
            with sessions().begin() as own:
                batch = outbox.claim(own, worker, A_MONDAY)
            if not batch:
                return mine
            mine += batch

    with ThreadPoolExecutor(4) as pool:
        parts = [pool.submit(in_context(lambda n=n: claim_all(f"here:{n}:x"))) for n in range(4)]
        claimed = [message_id for part in parts for message_id in part.result()]

    assert len(claimed) == len(set(claimed)) == 60


def test_a_claim_takes_no_more_than_it_was_asked_for_however_the_database_goes_about_it(session: Session) -> None:
    matched_pupils(session, 40)
    plan(session, A_MONDAY, "one")
    for way in ("hashjoin", "mergejoin", "material", "hashagg", "sort", "indexscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))  # a nested loop, the waiting messages inside

    assert len(outbox.claim(session, "a", A_MONDAY, most=10)) == 10


def test_only_who_claimed_a_message_may_start_it_and_only_once(session: Session) -> None:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)

    assert started_now(session, [message.id], ANOTHER, "kannel", A_MONDAY) == Started()
    assert started_now(session, [message.id], ME, "kannel", A_MONDAY).outgoing
    assert started_now(session, [message.id], ME, "kannel", A_MONDAY) == Started()


def test_a_confirmation_stops_a_message_that_waits(session: Session) -> None:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)
    confirm(session, session.get_one(Pupil, message.pupils[0].pupil_id), TERM, True, True, "family", A_MONDAY)

    assert started_now(session, [message.id], ME, "kannel", A_MONDAY) == Started(suppressed=Counter([CONFIRMED]))
    assert (message.state, message.attempts) == (MessageState.SUPPRESSED, 0)


def test_a_message_about_two_speaks_of_the_one_who_is_left(session: Session) -> None:
    first = a_matched_pupil(session)
    a_match(session, a_pupil(session, name="王小川", id_number="329901201809170039", grade="二年级", grade_number=2))
    plan(session, A_MONDAY, "sandbox")
    confirm(session, first, TERM, True, True, "family", A_MONDAY)
    (message,) = outbox.claim(session, ME, A_MONDAY)

    (outgoing,) = started_now(session, [message], ME, "kannel", A_MONDAY).outgoing

    assert "两个孩子" not in outgoing.text
    assert "王同学" in outgoing.text


def test_what_was_claimed_before_the_quiet_hours_waits_for_the_morning(session: Session) -> None:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)
    evening = A_MONDAY + 10 * HOUR

    assert started_now(session, [message.id], ME, "kannel", evening) == Started()
    assert (message.state, message.due_at) == (MessageState.QUEUED, A_MONDAY + 23 * HOUR)
    assert outbox.claim(session, ME, evening) == []


def test_a_number_that_may_have_heard_of_another_matter_today_waits_for_tomorrow(session: Session) -> None:
    other = started(session)
    becomes_another(session, other, "another-matter:2026-autumn")
    plan(session, A_MONDAY, "sandbox")
    message = next(message for message in messages_now(session) if message.id != other.id)
    assert message.due_at == A_MONDAY + 23 * HOUR
    message.due_at = A_MONDAY
    outbox.claim(session, ME, A_MONDAY)

    assert started_now(session, [message.id], ME, "kannel", A_MONDAY) == Started()
    assert message.due_at == A_MONDAY + 23 * HOUR


def messages_now(session: Session) -> list[Message]:
    session.commit()
    return messages(session)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ACCEPTED, MessageState.ACCEPTED),
        (REFUSED, MessageState.FAILED),
        (UNKNOWN, MessageState.UNKNOWN),
        (RETRY, MessageState.QUEUED),
    ],
)
def test_an_answer_settles_a_message(session: Session, outcome: Outcome, state: MessageState) -> None:
    message = started(session)
    outbox.settle(session, {message.id: outcome}, ME, "kannel", A_MONDAY)

    assert message.state is state
    assert message.because is None or outcome.sentence in message.because


def test_what_was_surely_not_sent_is_tried_again_later_and_later_and_at_last_given_up(session: Session) -> None:
    message = started(session)
    now, waits = A_MONDAY, []
    while message.state is not MessageState.FAILED:
        outbox.settle(session, {message.id: RETRY}, ME, "kannel", now)
        waits.append((message.due_at - now) // MINUTE)
        now = max(now, message.due_at)
        message.state, message.claimed_by, message.attempts = MessageState.SENDING, ME, message.attempts + 1
        if now > A_MONDAY + outbox.GIVE_UP:
            outbox.settle(session, {message.id: RETRY}, ME, "kannel", now)

    assert waits[:8] == [0, 5, 10, 20, 40, 80, 160, 240]
    assert max(waits) == 240


def test_a_dispatcher_killed_after_its_claim_leaves_a_message_for_the_others(session: Session) -> None:
    message = queued(session)
    outbox.claim(session, ME, A_MONDAY)

    assert outbox.reap(session, A_MONDAY + MINUTE) == outbox.Reaped(0, 0)
    assert outbox.reap(session, A_MONDAY + HOUR) == outbox.Reaped(1, 0)
    session.refresh(message)
    assert (message.state, message.claimed_by) == (MessageState.QUEUED, None)


def test_a_dispatcher_killed_while_sending_leaves_a_message_that_is_never_sent_again(session: Session) -> None:
    message = started(session)

    assert outbox.reap(session, A_MONDAY + HOUR) == outbox.Reaped(0, 1)
    session.commit()
    assert states(session) == {MessageState.UNKNOWN: 1}
    assert outbox.claim(session, ANOTHER, A_MONDAY + HOUR) == []
    assert started_now(session, [message.id], ME, "kannel", A_MONDAY + HOUR) == Started()


def test_an_answer_that_comes_after_the_reaper_changes_nothing(session: Session) -> None:
    message = started(session)
    outbox.reap(session, A_MONDAY + HOUR)
    outbox.settle(session, {message.id: RETRY}, ME, "kannel", A_MONDAY + HOUR)

    session.refresh(message)
    assert message.state is MessageState.UNKNOWN
