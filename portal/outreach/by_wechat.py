"""微信先行: where a family bound its WeChat, the first message of a matter goes there, the next by SMS (G4).

The limits still hang on the number: whichever way a message takes, it is one of three, and one a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from portal.access.wechat import openids_of
from portal.clock import local
from portal.models import Message, MessagePupil, Reply, WechatBinding
from portal.outreach.contacts import Ownership
from portal.outreach.drafts import Draft, Reminder
from portal.outreach.messages import TemplateFault
from portal.outreach.spent import opted_out
from portal.outreach.writing import write
from portal.vocabulary import Channel, MessageState

PATIENCE = timedelta(days=1)
NOT_SENT = "微信一天没有发出去，改发短信"


def by_wechat(session: Session, appid: str, reminder: Reminder, drafts: Iterable[Draft], now: datetime) -> list[Draft]:
    """Once a number and matter, to one household's own number, in the neutral words: a lock screen shows them."""
    of_one = [draft for draft in drafts if draft.written and draft.number.ownership is Ownership.OWN]
    openids = openids_of(session, appid, [child.pupil_id for of in of_one for child in of.children], local(now).date())
    if not openids:
        return list(drafts)
    told = select(Message.phone_index).where(
        Message.matter == reminder.matter,
        Message.channel == Channel.WECHAT,
        Message.phone_index.in_([draft.number.index for draft in of_one]),
    )
    unasked = {draft.number.index for draft in of_one} - set(session.scalars(told))
    chosen = []
    for draft in drafts:
        openid = next((openids[child.pupil_id] for child in draft.children if child.pupil_id in openids), None)
        wanted = openid and draft.number.index in unasked and not refuses(session, draft.number.index, openid)
        chosen.append(_neutral(draft, openid, reminder) if openid and wanted else draft)
    return chosen


def _neutral(draft: Draft, openid: str, reminder: Reminder) -> Draft:
    try:
        written = write(reminder.say, draft.children, Ownership.UNSURE, reminder.by)
    except TemplateFault:
        return draft
    return replace(draft, openid=openid, written=written)


def refuses(session: Session, phone_index: bytes, openid: str) -> bool:
    """By a supplier's word about the number's message, or by a 退订 that the family wrote in WeChat."""
    said_as = [index for index in (phone_index, Reply.sender.digest(openid)) if index]
    return bool(opted_out(session, said_as, Channel.WECHAT))


def is_unbound(session: Session, message: Message) -> bool:
    """The family ended it since; withdrawing must be as easy as giving (PIPL 15)."""
    of_message = select(MessagePupil.pupil_id).where(MessagePupil.message_id == message.id)
    stands = exists().where(
        WechatBinding.openid_index == message.openid_index,
        WechatBinding.pupil_id.in_(of_message),
        WechatBinding.ended_at.is_(None),
    )
    return not session.scalar(select(stands))


def give_up(session: Session, now: datetime) -> Sequence[object]:
    """What WeChat could not be given for a day: surely not sent, and so the SMS goes instead."""
    waiting = update(Message).where(
        Message.channel == Channel.WECHAT, Message.state == MessageState.QUEUED, Message.due_at < now - PATIENCE
    )
    ended = waiting.values(state=MessageState.FAILED, because=NOT_SENT, settled_at=now, sent_at=None)
    return session.scalars(ended.returning(Message.id)).all()
