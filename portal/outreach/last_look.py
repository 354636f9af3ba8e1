"""发送前再看一眼: a message whose matter is settled is not sent, and one that is half settled is written anew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.models import Campaign, Message, MessagePupil, Pupil
from portal.outreach.audiences import audience_of, concerned
from portal.outreach.by_wechat import is_unbound, refuses
from portal.outreach.campaigns import STOPPED
from portal.outreach.children import children_of
from portal.outreach.contacts import Ownership, numbers_of
from portal.outreach.drafts import Reminder
from portal.outreach.drawing_up import reminder_of
from portal.outreach.left_out import NO_WORDS, OPTED_OUT
from portal.outreach.messages import TemplateFault
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.reminders import standing
from portal.outreach.spent import opted_out
from portal.outreach.writing import write
from portal.vocabulary import CampaignState, Channel

CONFIRMED, NUMBER_CHANGED, OVER = "confirmed", "number_changed", "campaign_over"
UNBOUND = "wechat_unbound"


def is_held(session: Session, message: Message) -> bool:
    """A pause stands on the school of one of the children it speaks of."""
    if not any_stands(session):
        return False
    of_message = MessagePupil.message_id == message.id
    return bool(session.scalar(select(exists().where(of_message, is_paused(MessagePupil.school_id)))))


def why_unwanted(session: Session, message: Message, now: datetime) -> str | None:
    """Why nothing is sent any more; when only some children's matter is settled, it is written anew for the others."""
    campaign = session.get(Campaign, message.campaign_id, populate_existing=True) if message.campaign_id else None
    if campaign is not None and campaign.state is not CampaignState.RUNNING:
        return STOPPED
    if campaign is not None and campaign.stops_on < local(now).date():
        return OVER
    if opted_out(session, [message.phone_index], message.channel):
        return OPTED_OUT
    if message.channel is Channel.WECHAT and is_unbound(session, message):
        return UNBOUND
    if message.openid and refuses(session, message.phone_index, message.openid):
        return OPTED_OUT
    audience, term = audience_of(message.matter)
    stages = campaign.stages if campaign else {}
    beside = set(session.scalars(select(MessagePupil.pupil_id).where(MessagePupil.message_id == message.id)))
    if not session.scalars(concerned(audience, term, stages).where(Pupil.id.in_(beside))).all():
        return CONFIRMED
    left = set(session.scalars(concerned(audience, term, stages, beside=True).where(Pupil.id.in_(beside))))
    if left == beside:
        return None
    reminder = reminder_of(session, campaign) if campaign else standing(now)
    return _write_anew(session, message, reminder, left, now)


def _write_anew(session: Session, message: Message, reminder: Reminder, left: set[UUID], now: datetime) -> str | None:
    numbers = {number.index: number for of in numbers_of(session, left).values() for number in of}
    if message.phone_index not in numbers:
        return NUMBER_CHANGED
    children = children_of(session, left, reminder.term, local(now).date(), reminder.audience)
    try:
        whose = Ownership.UNSURE if message.openid else numbers[message.phone_index].ownership
        written = write(reminder.say, tuple(children.values()), whose, reminder.by)
    except TemplateFault:
        return NO_WORDS
    message.text, message.parts = written.text, written.parts
    message.template, message.template_version = written.template.name, written.template.version
    return None
