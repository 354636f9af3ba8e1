"""The steps of one message through the outbox: each a transaction of its own, none open while a gateway works.

claim → start → (gateway) → settle, and ``reap`` for what a killed dispatcher left: what was only claimed goes back
into the queue, what was started is unknown and is never sent again by itself (R-03).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.models import Message, SupplierTemplate
from portal.outreach.delivery import apply_waiting, record
from portal.outreach.gateways.approved import Approved
from portal.outreach.gateways.protocol import Handed, Outcome, Outgoing
from portal.outreach.last_look import is_held, why_unwanted
from portal.outreach.opt_outs import opt_out
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.spent import FELL_THROUGH
from portal.vocabulary import Channel, MessageState

BATCH = 10
CLAIM_LASTS = timedelta(minutes=5)
"""Longer than a batch of calls that all run into their deadline."""
SENDING_LASTS = timedelta(minutes=1)
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

LOOK_AGAIN = timedelta(minutes=1)
"""After this a message that a pause holds back is looked at again."""
INTERRUPTED = "发送时程序中断，不知道是否交出去；等状态报告，不会自动再发"


def claim(
    session: Session, worker: str, now: datetime, most: int = BATCH, channel: Channel = Channel.SMS
) -> list[UUID]:
    """Due messages for this worker alone, oldest first; none while messages may not leave."""
    if next_allowed(now) != now:
        return []
    held = ~is_paused(Message.school_id) if any_stands(session) else true()
    due = (
        select(Message.id)
        .where(Message.state == MessageState.QUEUED, Message.channel == channel, Message.due_at <= now, held)
        .order_by(Message.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(Message)
        .where(Message.id.in_(due))
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


@dataclass(frozen=True)
class Started:
    """``outgoing`` is empty for a message that is not to be sent (any more); ``suppressed`` says why."""

    outgoing: Outgoing | None = None
    suppressed: str | None = None


def start(session: Session, message_id: UUID, worker: str, gateway: str, now: datetime) -> Started:
    """The last look before sending: still ours, still wanted, still allowed; from here on it may have been sent."""
    mine = select(Message).where(
        Message.id == message_id, Message.claimed_by == worker, Message.state == MessageState.CLAIMED
    )
    message = session.scalars(mine.with_for_update()).first()
    if message is None:
        return Started()
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(message.phone_index[:8], signed=True))))
    allowed = now + LOOK_AGAIN if is_held(session, message) else next_allowed(now)
    if _sent_today(session, message, now):
        allowed = first_allowed(local(now).date() + timedelta(days=1))
    if allowed != now:
        _requeue(message, allowed)
        return Started()
    unwanted = why_unwanted(session, message, now)
    if unwanted:
        message.state, message.because, message.settled_at = MessageState.SUPPRESSED, unwanted, now
        message.claimed_by = message.lease_until = None
        return Started(suppressed=unwanted)
    message.state, message.gateway = MessageState.SENDING, gateway
    message.attempts += 1
    message.sent_at, message.lease_until = now, now + SENDING_LASTS
    return Started(Outgoing(message.id, message.to, message.text or "", approved(session, message)))


def approved(session: Session, message: Message) -> tuple[Approved, ...]:
    """What the supplier has approved for this version of these words."""
    rows = session.execute(
        select(SupplierTemplate.code, SupplierTemplate.text).where(
            SupplierTemplate.supplier == message.gateway,
            SupplierTemplate.template == message.template,
            SupplierTemplate.template_version == message.template_version,
        )
    )
    return tuple(Approved(code, text) for code, text in rows)


def _sent_today(session: Session, message: Message, now: datetime) -> bool:
    """Whether another message may have reached this number today, whatever its matter."""
    midnight = datetime.combine(local(now).date(), time(), SHANGHAI)
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Message)
            .where(
                Message.phone_index == message.phone_index,
                Message.id != message.id,
                Message.sent_at >= midnight,
                Message.sent_at < midnight + timedelta(days=1),
                ~FELL_THROUGH,
            )
        )
    )


def _requeue(message: Message, due_at: datetime) -> None:
    message.state, message.due_at = MessageState.QUEUED, due_at
    message.claimed_by = message.lease_until = message.sent_at = None


def settle(session: Session, message_id: UUID, worker: str, gateway: str, outcome: Outcome, now: datetime) -> None:
    """What the gateway answered; a report or the reaper that was faster has the say."""
    message = session.scalars(select(Message).where(Message.id == message_id).with_for_update()).one()
    message.vendor_id = outcome.vendor_id or message.vendor_id
    if message.state is MessageState.SENDING and message.claimed_by == worker:
        _settle(session, message, outcome, now)
    if outcome.vendor_id:
        apply_waiting(session, message, now)
    for report in outcome.reports:
        record(session, gateway, report, now)


def _settle(session: Session, message: Message, outcome: Outcome, now: datetime) -> None:
    message.claimed_by = message.lease_until = None
    state = ENDS.get(outcome.handed)
    if state is None and now - message.planned_at < GIVE_UP:
        _requeue(message, _again(message, outcome.handed, now))
        message.because = outcome.sentence
        return
    message.state = state or MessageState.FAILED
    message.because = None if outcome.handed is Handed.ACCEPTED else f"{outcome.sentence}（{outcome.code}）"[:120]
    if message.state in (MessageState.FAILED, MessageState.SUPPRESSED):
        message.sent_at, message.settled_at = None, now
    if outcome.handed is Handed.OPTED_OUT:
        opt_out(session, message.phone_index, message.channel, message.gateway, now)


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
    over = Message.lease_until < now
    requeued = session.scalars(
        update(Message)
        .where(Message.state == MessageState.CLAIMED, over)
        .values(state=MessageState.QUEUED, claimed_by=None, lease_until=None)
        .returning(Message.id)
    ).all()
    unknown = session.scalars(
        update(Message)
        .where(Message.state == MessageState.SENDING, over)
        .values(state=MessageState.UNKNOWN, because=INTERRUPTED, claimed_by=None, lease_until=None)
        .returning(Message.id)
    ).all()
    return Reaped(len(requeued), len(unknown))
