"""家长回复: kept once however often a gateway brings it, read for 退订, shown to the school that it answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.models import Message, Reply
from portal.models.sealed import keyring
from portal.outreach.gateways.protocol import Reply as Brought
from portal.outreach.opt_outs import asks_to_stop, opt_out
from portal.privacy.masking import mask_phone
from portal.vocabulary import Channel, ReplyKind

ANSWERS_WITHIN = timedelta(days=30)
"""What comes later, or from a number we did not write to, belongs to no message."""
LONGEST = 500


@dataclass(frozen=True)
class ReplyShown:
    """``sender`` is masked; ``text`` is empty for what is older than 90 days."""

    id: UUID
    sender: str
    text: str
    kind: ReplyKind
    channel: Channel
    arrived_at: datetime
    message_id: UUID | None
    handled_at: datetime | None


def receive(session: Session, gateway: str, brought: Brought, now: datetime) -> bool:
    """False for a reply that we have already."""
    reply = Reply(
        key=keyring().index("reply", f"{gateway}|{brought.key}"),
        gateway=gateway,
        channel=brought.channel,
        kind=ReplyKind.OPT_OUT if asks_to_stop(brought.text) else ReplyKind.WORDS,
        sender=brought.sender,
        text=brought.text[:LONGEST],
        arrived_at=now,
    )
    by_wechat = Message.openid.digest(brought.sender) if brought.channel is Channel.WECHAT else None
    answered = _answered(session, by_wechat or reply.sender_index, brought.channel, now)
    if answered is not None:
        reply.message_id, reply.school_id = answered.id, answered.school_id
    values = {column.key: getattr(reply, column.key) for column in Reply.__table__.columns}
    kept = insert(Reply).values(values).on_conflict_do_nothing(index_elements=["key"]).returning(Reply.id)
    if session.scalar(kept) is None:
        return False
    if reply.kind is ReplyKind.OPT_OUT:
        opt_out(session, reply.sender_index, reply.channel, "reply", now)
    return True


def unhandled(session: Session, scope: Scope, most: int = 100) -> tuple[ReplyShown, ...]:
    """What families wrote and nobody has dealt with; the oldest first."""
    statement = scope.narrow(select(Reply), Reply.school_id).where(Reply.handled_at.is_(None))
    return tuple(_shown(reply) for reply in session.scalars(statement.order_by(Reply.arrived_at).limit(most)))


def replies_to(session: Session, message_ids: list[UUID]) -> tuple[ReplyShown, ...]:
    """For the page of a household: what came back to these messages, the newest first."""
    statement = select(Reply).where(Reply.message_id.in_(message_ids)).order_by(Reply.arrived_at.desc())
    return tuple(_shown(reply) for reply in session.scalars(statement))


def handle(session: Session, scope: Scope, reply_id: UUID, by: str, now: datetime) -> None:
    """Somebody has answered the family, or called it; raises NotInScope."""
    reply = scope.find(session, Reply, reply_id, Reply.school_id)
    if reply.handled_at is None:
        reply.handled_at, reply.handled_by = now, by
        audit.record(session, by, "reply_handled", unit_id=reply.school_id)


def _answered(session: Session, sender: bytes, channel: Channel, now: datetime) -> Message | None:
    latest = (
        select(Message)
        .where(
            Message.openid_index == sender if channel is Channel.WECHAT else Message.phone_index == sender,
            Message.channel == channel,
            Message.sent_at.is_not(None),
            Message.sent_at > now - ANSWERS_WITHIN,
        )
        .order_by(Message.sent_at.desc())
        .limit(1)
    )
    return session.scalars(latest).first()


def _shown(reply: Reply) -> ReplyShown:
    return ReplyShown(
        id=reply.id,
        sender=mask_phone(reply.sender or ""),
        text=reply.text or "",
        kind=reply.kind,
        channel=reply.channel,
        arrived_at=reply.arrived_at,
        message_id=reply.message_id,
        handled_at=reply.handled_at,
    )
