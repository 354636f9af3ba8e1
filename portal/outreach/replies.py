"""家长回复: kept once however often a gateway brings it, read for 退订, shown to the school that it answers.

Words prove that the family was reached (G4), until somebody who reads them says that it was not the family.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import EVERYWHERE, Scope
from portal.clock import local, term_of
from portal.coverage.progress import note_reached, note_unreached
from portal.coverage.today import is_aware_somewhere
from portal.database import lock
from portal.models import ContactRecord, Message, MessagePupil, Pupil, Reply
from portal.models.sealed import keyring
from portal.outreach.contacts import Ownership, ownership_of
from portal.outreach.gateways.protocol import Reply as Brought
from portal.outreach.opt_outs import REPLY, asks_to_stop, opt_out
from portal.outreach.rungs import CALL, VISIT, families_of, open_tasks
from portal.privacy.masking import mask_name, mask_phone, one_line
from portal.vocabulary import Channel, ReplyKind

ANSWERS_WITHIN = timedelta(days=30)
"""What comes later, or from a number we did not write to, belongs to no message."""
LONGEST = 500
SHOWN = 100


@dataclass(frozen=True)
class ReplyShown:
    """``sender`` and names are masked, numbers in ``text`` struck out; it is empty for what is older than 90 days."""

    id: UUID
    sender: str
    text: str
    kind: ReplyKind
    channel: Channel
    arrived_at: datetime
    message_id: UUID | None
    handled_at: datetime | None
    children: tuple[tuple[UUID, str], ...] = ()
    """Of whom the message spoke that it answers."""


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
        opt_out(session, reply.sender_index, reply.channel, REPLY, now, reply.message_id)
    elif answered is not None:
        _count_as_reached(session, answered, now)
    return True


def count_unhandled(session: Session, scope: Scope) -> int:
    waiting = select(func.count()).select_from(Reply).where(Reply.handled_at.is_(None))
    return session.scalar(scope.narrow(waiting, Reply.school_id)) or 0


def unhandled(session: Session, scope: Scope, most: int = SHOWN) -> tuple[ReplyShown, ...]:
    """What families wrote and nobody has dealt with; the oldest first."""
    waiting = scope.narrow(select(Reply), Reply.school_id).where(Reply.handled_at.is_(None))
    found = session.scalars(waiting.order_by(Reply.arrived_at).limit(most)).all()
    children: dict[UUID | None, list[tuple[UUID, str]]] = {}
    for message_id, pupil in _told_by(session, scope, [reply.message_id for reply in found if reply.message_id]):
        children.setdefault(message_id, []).append((pupil.id, mask_name(pupil.name or "")))
    return tuple(replace(_shown(reply), children=tuple(children.get(reply.message_id, ()))) for reply in found)


def replies_to(session: Session, message_ids: Collection[UUID]) -> tuple[ReplyShown, ...]:
    """For the page of a pupil: what came back to these messages, the newest first."""
    statement = select(Reply).where(Reply.message_id.in_(message_ids)).order_by(Reply.arrived_at.desc())
    return tuple(_shown(reply) for reply in session.scalars(statement))


def handle(session: Session, scope: Scope, reply_id: UUID, of_family: bool, by: str, now: datetime) -> None:
    """Somebody has answered the family; or it was another who wrote, and the family is rung. Raise NotInScope."""
    reply = scope.find(session, Reply, reply_id, Reply.school_id)
    lock(session, reply)
    if reply.handled_at is not None:
        return
    reply.handled_at, reply.handled_by = now, by
    audit.record(session, by, "reply_handled", unit_id=reply.school_id, of_family=of_family)
    if not of_family and reply.message_id:
        _was_somebody_else(session, scope, reply, by, now)


def _count_as_reached(session: Session, answered: Message, now: datetime) -> None:
    """On a number that is one family's own; who holds another one, nobody knows."""
    if ownership_of(session, answered.phone_index) is not Ownership.OWN:
        return
    what, term = f"家长回复了{answered.channel.label}", term_of(local(now).date()).code
    for _, pupil in _told_by(session, EVERYWHERE, [answered.id]):
        session.add(
            ContactRecord(
                pupil_id=pupil.id, school_id=pupil.school_id, at=now, channel=answered.channel, by="family",
                reached=True, outcome=what,
            )
        )  # fmt: skip
        note_reached(session, pupil.id, term, "family", now, what)


def _was_somebody_else(session: Session, scope: Scope, reply: Reply, by: str, now: datetime) -> None:
    """What the reply proved is taken back, and a person rings."""
    counted_in, term, what = term_of(local(reply.arrived_at).date()), term_of(local(now).date()), "回复的不是家长"
    pupils = [pupil.id for _, pupil in _told_by(session, scope, [reply.message_id])]
    proofs = select(ContactRecord).where(
        ContactRecord.pupil_id.in_(pupils), ContactRecord.by == "family", ContactRecord.channel == reply.channel,
        ContactRecord.at == reply.arrived_at,
    )  # fmt: skip
    for proof in session.scalars(proofs):
        proof.reached, proof.outcome = False, what
    session.flush()
    unaware = select(Pupil.id).where(Pupil.id.in_(pupils), ~is_aware_somewhere(Pupil.id, term))
    for family in families_of(session, term, session.scalars(unaware).all()):
        note_unreached(session, family.pupil_id, counted_in.code, by, now, what)
        open_tasks(session, CALL if family.has_phone else VISIT, term, [(family, what)], now)


def _told_by(session: Session, scope: Scope, message_ids: Collection[UUID | None]) -> Sequence[Row[UUID, Pupil]]:
    """These messages, each with the children it speaks of."""
    beside = (
        select(MessagePupil.message_id, Pupil)
        .join(Pupil, Pupil.id == MessagePupil.pupil_id)
        .where(MessagePupil.message_id.in_(message_ids))
    )
    return session.execute(scope.narrow(beside, Pupil.school_id).order_by(Pupil.id)).all()


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
        text=one_line(reply.text or ""),
        kind=reply.kind,
        channel=reply.channel,
        arrived_at=reply.arrived_at,
        message_id=reply.message_id,
        handled_at=reply.handled_at,
    )
