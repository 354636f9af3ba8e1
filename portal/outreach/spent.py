"""Which numbers are not written to any more about a matter: refused by their owner, or silent too often."""

from collections.abc import Collection

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from portal.models import Message, OptOut
from portal.vocabulary import Channel, MessageState

MOST_FAILURES = 2
"""关机 twice: then another number, or a person (J6)."""
IN_WECHAT = (Channel.WECHAT, Channel.WECOM)

FELL_THROUGH = and_(Message.channel.in_(IN_WECHAT), Message.state.in_((MessageState.FAILED, MessageState.SUPPRESSED)))
"""In WeChat nothing came to the family: the SMS, a step of its own, need not wait."""


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
    stands = select(OptOut.phone_index).where(
        OptOut.phone_index.in_(list(indexes)), OptOut.channel == channel, OptOut.ended_at.is_(None)
    )
    return set(session.scalars(stands))
