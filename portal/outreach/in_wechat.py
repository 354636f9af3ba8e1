"""微信、企业微信在先: through whom families are told there; what does not come there goes by SMS, a step of its own."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access.wechat import openids_of
from portal.models import Message, Reply, WecomParent
from portal.outreach.spent import IN_WECHAT, opted_out
from portal.suppliers import Apps
from portal.vocabulary import Channel, MessageState

PATIENCE = timedelta(days=1)
NOT_SENT = "微信一天没有发出去，改发短信"


def addresses(
    session: Session, apps: Apps, messages: Collection[Message], beside: Mapping[UUID, Collection[UUID]], day: date
) -> dict[UUID, str]:
    """Whom WeChat or 企业微信 knows each message's family by just now: a family ends it when it likes (PIPL 15)."""
    children = {pupil_id for message in messages for pupil_id in beside[message.id]}
    openids = openids_of(session, apps.appid, list(children), day) if apps.appid else {}
    parents = _parents(session, apps.corp_id, messages) if apps.corp_id else {}
    found = {}
    for message in messages:
        if message.channel is Channel.WECHAT:
            bound = (openids[pupil_id] for pupil_id in beside[message.id] if pupil_id in openids)
            found[message.id] = next(bound, "")
        elif message.channel is Channel.WECOM:
            found[message.id] = parents.get(message.phone_index, "")
    return {message_id: to for message_id, to in found.items() if to}


def _parents(session: Session, corp_id: str, messages: Collection[Message]) -> dict[bytes, str]:
    """By the number that stands in the school's directory and beside the guardian alike."""
    standing = select(WecomParent).where(
        WecomParent.corp_id == corp_id,
        WecomParent.phone_index.in_([message.phone_index for message in messages]),
        WecomParent.ended_at.is_(None),
    )
    return {parent.phone_index: parent.userid or "" for parent in session.scalars(standing)}


def refused_there(session: Session, wanted: Collection[str]) -> set[str]:
    """Who wrote 退订 in WeChat, where a reply comes without a number; asked once for all of them."""
    by_index = {Reply.sender.digest(openid) or b"": openid for openid in wanted}
    return {by_index[index] for index in opted_out(session, by_index.keys(), Channel.WECHAT)}


def give_up(session: Session, now: datetime) -> Sequence[object]:
    """What WeChat could not be given for a day: surely not sent, and so the SMS goes instead."""
    waiting = update(Message).where(
        Message.channel.in_(IN_WECHAT), Message.state == MessageState.QUEUED, Message.due_at < now - PATIENCE
    )
    ended = waiting.values(state=MessageState.FAILED, because=NOT_SENT, settled_at=now, sent_at=None)
    return session.scalars(ended.returning(Message.id)).all()
