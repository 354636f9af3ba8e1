"""From a claim to the moment before the gateway: the last look at a whole claim, and the start of a few of it.

A look costs some twenty questions, however many messages it is made for; a start is one statement that also asks
whether what the look saw still holds. Whatever fails there, or was looked at too long ago, is looked at once more.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, load_only

from portal.clock import local
from portal.models import Message, MessagePupil
from portal.outreach.excepted_days import let_through
from portal.outreach.gateways.protocol import Outgoing
from portal.outreach.last_look import Letter, look
from portal.outreach.leaving import leave
from portal.outreach.outbox import requeue
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.spent import may_have_reached, midnight_before
from portal.outreach.supplier_templates import approved
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Channel, MessageState

LOOK_LASTS = timedelta(seconds=5)
"""What a look saw and ``leaving`` does not ask about (a name, a class, an amount) may be as old as this."""
LOOK_AGAIN = timedelta(minutes=1)
"""After this a message that a pause holds back is looked at again."""


@dataclass
class Looked:
    """``suppressed`` counts by reason those that never will be sent; who has to wait is back in the queue."""

    letters: list[Letter] = field(default_factory=list)
    suppressed: Counter[str] = field(default_factory=Counter)


@dataclass
class Started:
    """``outgoing`` may have been sent from here on; ``suppressed`` as in Looked."""

    outgoing: list[Outgoing] = field(default_factory=list)
    suppressed: Counter[str] = field(default_factory=Counter)


def look_at(
    session: Session, message_ids: Iterable[UUID], worker: str, now: datetime, apps: Apps = BY_SMS_ALONE
) -> Looked:
    """Of what this worker has claimed: still wanted, and allowed now; all of it together."""
    mine = select(Message).where(
        Message.id.in_(list(message_ids)), Message.claimed_by == worker, Message.state == MessageState.CLAIMED
    )
    needed = load_only(Message.channel, Message.phone_index, Message.campaign_id, Message.matter)
    messages = session.scalars(mine.order_by(Message.due_at, Message.id).options(needed)).all()
    if not messages:
        return Looked()
    _one_at_a_time(session, messages)
    waiting = _put_off(session, messages, now)
    wanted = [message for message in messages if message.id not in waiting]
    found, looked = look(session, wanted, now, apps), Looked()
    for message in wanted:
        seen = found[message.id]
        if isinstance(seen, Letter):
            looked.letters.append(seen)
        else:
            _suppress(message, seen, now)
            looked.suppressed[seen] += 1
    return looked


def start(
    session: Session,
    letters: Sequence[Letter],
    worker: str,
    gateway: str,
    now: datetime,
    apps: Apps = BY_SMS_ALONE,
) -> Started:
    """Still ours, and all as it was when it was looked at; all at once, so that one commit does."""
    if not letters:
        return Started()
    gone = leave(session, _fresh(session, letters, now), worker, gateway, now)
    rest, suppressed = {letter.id for letter in letters} - gone.keys(), Counter[str]()
    if rest:
        again = look_at(session, rest, worker, now, apps)
        gone |= leave(session, again.letters, worker, gateway, now)
        _wait(session, [letter.id for letter in again.letters if letter.id not in gone], now)
        suppressed = again.suppressed
    return Started(_outgoing(session, [gone[key.id] for key in letters if key.id in gone], gateway), suppressed)


def _outgoing(session: Session, letters: Sequence[Letter], gateway: str) -> list[Outgoing]:
    said = {letter.id: (gateway, letter.written.template.name, letter.written.template.version) for letter in letters}
    templates = approved(session, set(said.values()))
    return [Outgoing(letter.id, letter.to, letter.written.text, templates[said[letter.id]]) for letter in letters]


def _fresh(session: Session, letters: Sequence[Letter], now: datetime) -> list[Letter]:
    """In WeChat there is always a new look: who left it there is not asked about otherwise."""
    fresh = [one for one in letters if one.channel is Channel.SMS and now - one.looked_at <= LOOK_LASTS]
    if next_allowed(now) == now:
        return fresh
    excepted = let_through(session, now)
    return [one for one in fresh if one.reminder.campaign_id in excepted]


def _one_at_a_time(session: Session, messages: Iterable[Message]) -> None:
    """Whoever else has a message for one of these numbers in hand waits; always in the same order."""
    keys = sorted({int.from_bytes(message.phone_index[:8], signed=True) for message in messages})
    number = func.unnest(cast(keys, ARRAY(BigInteger))).column_valued("number")
    session.execute(select(func.pg_advisory_xact_lock(number)))


def _put_off(session: Session, messages: Sequence[Message], now: datetime) -> set[UUID]:
    """Those that may not leave just now go back into the queue: a pause, quiet hours, another message today."""
    paused, open_again = _held(session, [message.id for message in messages]), next_allowed(now)
    told, in_hand = _others(session, messages, now)
    excepted = let_through(session, now)
    waiting = set()
    for message in messages:
        allowed = now if message.campaign_id in excepted else open_again
        if message.id in paused or message.phone_index in in_hand:
            allowed = now + LOOK_AGAIN
        if message.phone_index in told:
            allowed = first_allowed(local(now).date() + timedelta(days=1))
        if allowed != now:
            requeue(message, allowed)
            waiting.add(message.id)
        else:
            in_hand.add(message.phone_index)
    return waiting


def _held(session: Session, message_ids: Collection[UUID]) -> set[UUID]:
    """Those of which a pause stands on the school of a child they speak of."""
    if not any_stands(session):
        return set()
    paused = select(MessagePupil.message_id).where(
        MessagePupil.message_id.in_(message_ids), is_paused(MessagePupil.school_id)
    )
    return set(session.scalars(paused))


def _others(session: Session, messages: Sequence[Message], now: datetime) -> tuple[set[bytes], set[bytes]]:
    """Numbers that another message may have reached today, whatever its matter; and those one is in hand for."""
    numbers, these = [message.phone_index for message in messages], [message.id for message in messages]
    reached, claimed = may_have_reached(midnight_before(now)), Message.state == MessageState.CLAIMED
    others = select(Message.phone_index, reached.is_(True)).where(
        Message.phone_index.in_(numbers), Message.id.not_in(these), or_(reached, claimed)
    )
    found = session.execute(others).all()
    return {number for number, told in found if told}, {number for number, told in found if not told}


def _suppress(message: Message, because: str, now: datetime) -> None:
    message.state, message.because, message.settled_at = MessageState.SUPPRESSED, because, now
    message.claimed_by = message.lease_until = None


def _wait(session: Session, message_ids: Collection[UUID], now: datetime) -> None:
    """What changed between the last look and the start is looked at anew, but not at once."""
    for message in session.scalars(select(Message).where(Message.id.in_(message_ids))) if message_ids else ():
        requeue(message, now + LOOK_AGAIN)
