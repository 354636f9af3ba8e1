"""Which numbers are not written to any more about a matter: refused by their owner, or silent too often."""

from collections.abc import Collection
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.models import Message, OptOut
from portal.vocabulary import Channel, MessageState

MOST_FAILURES = 2
"""关机 twice: then another number, or a person (J6)."""
IN_WECHAT = (Channel.WECHAT, Channel.WECOM)


def fell_through(message: type[Message] = Message) -> ColumnElement[bool]:
    """In WeChat nothing came to the family: the SMS, a step of its own, need not wait."""
    nothing_came = message.state.in_((MessageState.FAILED, MessageState.SUPPRESSED))
    return and_(message.channel.in_(IN_WECHAT), nothing_came)


FELL_THROUGH = fell_through()


def midnight_before(now: datetime) -> datetime:
    return datetime.combine(local(now).date(), time(), SHANGHAI)


def may_have_reached(midnight: Any, message: type[Message] = Message) -> ColumnElement[bool]:
    """A message that its number may have got since: another one waits until tomorrow, whatever its matter."""
    return and_(message.sent_at >= midnight, ~fell_through(message))


def spent(matter: str) -> Select[bytes]:
    """Numbers to which two texts about it did not arrive."""
    return (
        select(Message.phone_index)
        .where(Message.matter == matter, Message.state == MessageState.FAILED, Message.channel == Channel.SMS)
        .group_by(Message.phone_index)
        .having(func.count() >= MOST_FAILURES)
    )


def opted_out(session: Session, indexes: Collection[bytes], channel: Channel) -> set[bytes]:
    """退订: reminders stop on this channel, the duty does not (A8)."""
    if not indexes:
        return set()
    stands = select(OptOut.phone_index).where(
        OptOut.phone_index.in_(list(indexes)), OptOut.channel == channel, OptOut.ended_at.is_(None)
    )
    return set(session.scalars(stands))
