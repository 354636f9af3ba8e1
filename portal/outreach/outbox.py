"""The steps of a message through the outbox: each in a transaction, none open while a gateway works.

claim → start (``starting``) → (gateway) → settle, and ``reap`` for what a killed dispatcher left: what was only
claimed goes back into the queue, what was started is unknown and is never sent again by itself (R-03).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, String, Uuid, bindparam, cast, column, func, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from portal.models import Message
from portal.outreach.delivery import apply_waiting, record, reported_early
from portal.outreach.excepted_days import let_through
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.opt_outs import opt_out
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.quiet import next_allowed
from portal.outreach.signature_filings import is_unfiled
from portal.vocabulary import Channel, MessageState, Operator

BATCH = 10
CLAIM_LASTS = timedelta(minutes=5)
"""Longer than a batch of calls that all run into their deadline."""
BACK_OFF = (timedelta(0), *(timedelta(minutes=5 * 2**n) for n in range(6)), timedelta(hours=4))
HELD = timedelta(hours=24)
"""A number that had too much today, by the supplier's own count of a rolling day."""
GIVE_UP = timedelta(hours=72)

ENDS = {
    # what is known after the try: how the message ends; the others were surely not sent and go back into the queue
    Handed.ACCEPTED: MessageState.ACCEPTED,
    Handed.UNKNOWN: MessageState.UNKNOWN,
    Handed.REFUSED: MessageState.FAILED,
    Handed.OPTED_OUT: MessageState.FAILED,
    Handed.KEPT_BACK: MessageState.SUPPRESSED,
}

INTERRUPTED = "发送时程序中断，不知道是否交出去；等状态报告，不会自动再发"


def claim(
    session: Session,
    worker: str,
    now: datetime,
    most: int = BATCH,
    channel: Channel = Channel.SMS,
    operators: Collection[Operator] = (),
) -> list[UUID]:
    """Due messages for this worker alone, oldest first; none while messages may not leave.

    ``operators`` carry them: what leaves under a signature that one of them does not know waits in the queue.
    """
    excepted = let_through(session, now)
    if next_allowed(now) != now and not excepted:
        return []
    held = ~is_paused(Message.school_id) if any_stands(session) else true()
    known = ~is_unfiled(session, operators, Message.school_id) if operators else true()
    allowed = Message.campaign_id.in_(excepted) if excepted else true()
    due = (
        select(Message.id)
        .where(Message.state == MessageState.QUEUED, Message.channel == channel, Message.due_at <= now)
        .where(held, known, allowed)
        .order_by(Message.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")  # looked up once: a sub-select may be run again for every row, and each run skips what is locked
    )
    claimed = (
        update(Message)
        .where(Message.id == due.c.id)
        .values(state=MessageState.CLAIMED, claimed_by=worker, lease_until=now + CLAIM_LASTS)
        .returning(Message.id)
    )
    return list(session.scalars(claimed))


def give_back(session: Session, message_ids: Sequence[UUID], worker: str) -> None:
    """What was claimed for a gateway that stopped meanwhile: nothing of it was sent."""
    session.execute(
        update(Message)
        .where(Message.id.in_(message_ids), Message.claimed_by == worker, Message.state == MessageState.CLAIMED)
        .values(state=MessageState.QUEUED, claimed_by=None, lease_until=None)
    )


def requeue(message: Message, due_at: datetime) -> None:
    message.state, message.due_at = MessageState.QUEUED, due_at
    message.claimed_by = message.lease_until = message.sent_at = None


def settle(session: Session, outcomes: Mapping[UUID, Outcome], worker: str, gateway: str, now: datetime) -> None:
    """What the gateway answered, by message; a report or the reaper that was faster has the say.

    What it merely took is most of it, and one statement; the rest is gone through one by one.
    """
    taken = _take(session, outcomes, worker)
    early = reported_early(session, gateway, {outcomes[message_id].vendor_id for message_id in taken})
    rest = [key for key, outcome in outcomes.items() if key not in taken or outcome.vendor_id in early]
    mine = select(Message).where(Message.id.in_(rest)).order_by(Message.id).with_for_update()
    for message in session.scalars(mine, execution_options={"populate_existing": True}).all() if rest else ():
        outcome = outcomes[message.id]
        message.vendor_id = outcome.vendor_id or message.vendor_id
        if message.state is MessageState.SENDING and message.claimed_by == worker:
            _settle(session, message, outcome, now)
        if outcome.vendor_id:
            apply_waiting(session, message, now)
        for report in outcome.reports:
            record(session, gateway, report, now)


def _take(session: Session, outcomes: Mapping[UUID, Outcome], worker: str) -> set[UUID]:
    """Those accepted of which the answer says no more, if they are still in our hands."""
    plain = {key: outcome.vendor_id for key, outcome in outcomes.items() if _is_plain(outcome)}
    if not plain:
        return set()
    return set(session.scalars(_TAKING, {"ids": list(plain), "vendor_ids": list(plain.values()), "worker": worker}))


def _taking() -> ReturningUpdate[UUID]:
    ids, vendor_ids = cast(bindparam("ids"), ARRAY(Uuid)), cast(bindparam("vendor_ids"), ARRAY(String))
    answer = func.unnest(ids, vendor_ids).table_valued(column("id", Uuid), column("vendor_id", String)).render_derived()
    return (
        update(Message)
        .where(Message.id == answer.c.id, Message.state == MessageState.SENDING)
        .where(Message.claimed_by == bindparam("worker"))
        .values(state=MessageState.ACCEPTED, because=None, claimed_by=None, lease_until=None)
        .values(vendor_id=func.coalesce(answer.c.vendor_id, Message.vendor_id))
        .returning(Message.id)
        .execution_options(synchronize_session="fetch")
    )


_TAKING = _taking()
"""Put together once: to do so takes longer than PostgreSQL needs for it."""


def _is_plain(outcome: Outcome) -> bool:
    return outcome.handed is Handed.ACCEPTED and not outcome.reports


def _settle(session: Session, message: Message, outcome: Outcome, now: datetime) -> None:
    message.claimed_by = message.lease_until = None
    state = ENDS.get(outcome.handed)
    if state is None and now - message.planned_at < GIVE_UP:
        requeue(message, _again(message, outcome.handed, now))
        message.because = outcome.sentence
        return
    message.state = state or MessageState.FAILED
    message.because = None if outcome.handed is Handed.ACCEPTED else f"{outcome.sentence}（{outcome.code}）"[:120]
    if message.state in (MessageState.FAILED, MessageState.SUPPRESSED):
        message.sent_at, message.settled_at = None, now
    if outcome.handed is Handed.OPTED_OUT:
        opt_out(session, message.phone_index, message.channel, message.gateway, now, message.id)


def _again(message: Message, handed: Handed, now: datetime) -> datetime:
    """When a message that was surely not sent is due anew."""
    waits = {Handed.STOP: timedelta(0), Handed.HOLD: HELD}
    return now + waits.get(handed, BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1])


@dataclass(frozen=True)
class Reaped:
    requeued: int
    unknown: int


def reap(session: Session, now: datetime) -> Reaped:
    """For the schedule: what dispatchers left behind that were killed."""
    requeued = session.scalars(
        update(Message)
        .where(Message.id.in_(_left_in(MessageState.CLAIMED, now)))
        .values(state=MessageState.QUEUED, claimed_by=None, lease_until=None)
        .returning(Message.id)
    ).all()
    unknown = session.scalars(
        update(Message)
        .where(Message.id.in_(_left_in(MessageState.SENDING, now)))
        .values(state=MessageState.UNKNOWN, because=INTERRUPTED, claimed_by=None, lease_until=None)
        .returning(Message.id)
    ).all()
    return Reaped(len(requeued), len(unknown))


def _left_in(state: MessageState, now: datetime) -> Select[UUID]:
    """What somebody has locked just now is not left behind; and whoever holds many of them never waits for us."""
    left = select(Message.id).where(Message.state == state, Message.lease_until < now)
    return left.with_for_update(skip_locked=True)
