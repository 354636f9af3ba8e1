"""The steps of one message through the outbox: each a transaction of its own, none open while a gateway works.

claim → start → (gateway) → settle, and ``reap`` for what a killed dispatcher left: what was only claimed goes back
into the queue, what was started is unknown and is never sent again by itself (R-03).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.models import Message, SupplierTemplate
from portal.outreach.delivery import apply_waiting, record
from portal.outreach.gateways.approved import Approved
from portal.outreach.gateways.protocol import Handed, Outcome, Outgoing
from portal.outreach.last_look import held, why_unwanted
from portal.outreach.opt_outs import opt_out
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.spent import FELL_THROUGH
from portal.outreach.supplier_templates import SUPPLIERS
from portal.suppliers import BY_SMS_ALONE, Apps
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


@dataclass
class Started:
    """``outgoing`` may have been sent from here on; ``suppressed`` counts by reason those that never will be."""

    outgoing: list[Outgoing] = field(default_factory=list)
    suppressed: Counter[str] = field(default_factory=Counter)


def start(
    session: Session,
    message_ids: Sequence[UUID],
    worker: str,
    gateway: str,
    now: datetime,
    apps: Apps = BY_SMS_ALONE,
) -> Started:
    """The last look before sending: still ours, still wanted, still allowed; all at once, so that one commit does."""
    mine = select(Message).where(
        Message.id.in_(message_ids), Message.claimed_by == worker, Message.state == MessageState.CLAIMED
    )
    messages = session.scalars(mine.order_by(Message.due_at, Message.id).with_for_update()).all()
    if not messages:
        return Started()
    _one_at_a_time(session, messages)
    waiting = _put_off(session, messages, now)
    wanted = [message for message in messages if message.id not in waiting]
    unwanted = why_unwanted(session, wanted, now, apps)
    started = Started()
    for message in wanted:
        if message.id in unwanted:
            _suppress(message, unwanted[message.id], now)
            started.suppressed[unwanted[message.id]] += 1
            continue
        message.state, message.gateway = MessageState.SENDING, gateway
        message.attempts += 1
        message.sent_at, message.lease_until = now, now + SENDING_LASTS
    going = [message for message in wanted if message.id not in unwanted]
    templates = approved(session, going)
    started.outgoing = [
        Outgoing(message.id, message.to, message.text or "", templates[message.id]) for message in going
    ]
    return started


def _one_at_a_time(session: Session, messages: Iterable[Message]) -> None:
    """Whoever else is about to write to one of these numbers waits; always in the same order."""
    keys = sorted({int.from_bytes(message.phone_index[:8], signed=True) for message in messages})
    number = func.unnest(cast(keys, ARRAY(BigInteger))).column_valued("number")
    session.execute(select(func.pg_advisory_xact_lock(number)))


def _put_off(session: Session, messages: Sequence[Message], now: datetime) -> set[UUID]:
    """Those that may not leave just now go back into the queue: a pause, quiet hours, another message today."""
    paused, open_again = held(session, [message.id for message in messages]), next_allowed(now)
    written_to, waiting = _sent_today(session, messages, now), set()
    for message in messages:
        allowed = now + LOOK_AGAIN if message.id in paused else open_again
        if message.phone_index in written_to:
            allowed = first_allowed(local(now).date() + timedelta(days=1))
        if allowed != now:
            _requeue(message, allowed)
            waiting.add(message.id)
        else:
            written_to.add(message.phone_index)
    return waiting


def _suppress(message: Message, because: str, now: datetime) -> None:
    message.state, message.because, message.settled_at = MessageState.SUPPRESSED, because, now
    message.claimed_by = message.lease_until = None


def approved(session: Session, messages: Sequence[Message]) -> dict[UUID, tuple[Approved, ...]]:
    """What their suppliers have approved for these versions of these words."""
    said = {message.id: (message.gateway, message.template, message.template_version) for message in messages}
    if not any(message.gateway in SUPPLIERS for message in messages):
        return dict.fromkeys(said, ())  # the others pass on any text
    of_words = tuple_(SupplierTemplate.supplier, SupplierTemplate.template, SupplierTemplate.template_version)
    found: dict[tuple[str, str, int], list[Approved]] = {}
    for row in session.scalars(select(SupplierTemplate).where(of_words.in_(set(said.values())))):
        words = (row.supplier, row.template, row.template_version)
        found.setdefault(words, []).append(Approved(row.code, row.text))
    return {message_id: tuple(found.get(words, ())) for message_id, words in said.items()}


def _sent_today(session: Session, messages: Sequence[Message], now: datetime) -> set[bytes]:
    """Numbers that another message may have reached today, whatever its matter."""
    midnight = datetime.combine(local(now).date(), time(), SHANGHAI)
    statement = select(Message.phone_index).where(
        Message.phone_index.in_([message.phone_index for message in messages]),
        Message.id.not_in([message.id for message in messages]),
        Message.sent_at >= midnight,
        Message.sent_at < midnight + timedelta(days=1),
        ~FELL_THROUGH,
    )
    return set(session.scalars(statement))


def _requeue(message: Message, due_at: datetime) -> None:
    message.state, message.due_at = MessageState.QUEUED, due_at
    message.claimed_by = message.lease_until = message.sent_at = None


def settle(session: Session, outcomes: Mapping[UUID, Outcome], worker: str, gateway: str, now: datetime) -> None:
    """What the gateway answered, by message; a report or the reaper that was faster has the say."""
    mine = select(Message).where(Message.id.in_(outcomes)).order_by(Message.id).with_for_update()
    for message in session.scalars(mine, execution_options={"populate_existing": True}).all():
        outcome = outcomes[message.id]
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
