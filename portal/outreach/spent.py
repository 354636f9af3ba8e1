"""Which numbers are not written to any more about a matter: refused by their owner, or silent too often."""

from collections.abc import Collection

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.models import Message, OptOut
from portal.outreach.left_out import OPTED_OUT, SPENT
from portal.vocabulary import Channel, MessageState

MOST_FAILURES = 2
"""关机 twice: then another number, or a person (J6)."""

FELL_THROUGH = and_(
    Message.channel == Channel.WECHAT, Message.state.in_((MessageState.FAILED, MessageState.SUPPRESSED))
)
"""By WeChat nothing came to the family: the SMS, a step of its own, need not wait."""


def spent_numbers(session: Session, indexes: Collection[bytes], matter: str) -> dict[bytes, str]:
    """Why, by number; a number that is not there may be written to."""
    failed = (
        select(Message.phone_index)
        .where(
            Message.phone_index.in_(list(indexes)),
            Message.matter == matter,
            Message.state == MessageState.FAILED,
            Message.channel == Channel.SMS,
        )
        .group_by(Message.phone_index)
        .having(func.count() >= MOST_FAILURES)
    )
    return dict.fromkeys(session.scalars(failed), SPENT) | dict.fromkeys(opted_out(session, indexes), OPTED_OUT)


def opted_out(session: Session, indexes: Collection[bytes], channel: Channel = Channel.SMS) -> set[bytes]:
    """退订: reminders stop on this channel, the duty does not (A8)."""
    stands = select(OptOut.phone_index).where(
        OptOut.phone_index.in_(list(indexes)), OptOut.channel == channel, OptOut.ended_at.is_(None)
    )
    return set(session.scalars(stands))
