"""发送前再看一眼: a message whose matter is settled is not sent; one that is gets its number and words only now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.models import Campaign, Message, MessagePupil, Pupil
from portal.outreach.audiences import audience_of, concerned
from portal.outreach.campaigns import STOPPED
from portal.outreach.children import Child, children_of
from portal.outreach.contacts import Number, Ownership, numbers_at
from portal.outreach.drawing_up import reminder_of
from portal.outreach.in_wechat import addresses, refused_there
from portal.outreach.left_out import NO_WORDS, OPTED_OUT, SHARED_NUMBER
from portal.outreach.messages import TemplateFault
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.reminder import Reminder
from portal.outreach.reminders import standing
from portal.outreach.spent import opted_out
from portal.outreach.writing import write
from portal.suppliers import Apps
from portal.vocabulary import CampaignState, Channel

CONFIRMED, NUMBER_CHANGED, OVER = "confirmed", "number_changed", "campaign_over"
UNBOUND, WORDS_CHANGED = "wechat_unbound", "words_changed"


def held(session: Session, message_ids: Collection[UUID]) -> set[UUID]:
    """Those of which a pause stands on the school of a child they speak of."""
    if not any_stands(session):
        return set()
    paused = select(MessagePupil.message_id).where(
        MessagePupil.message_id.in_(message_ids), is_paused(MessagePupil.school_id)
    )
    return set(session.scalars(paused))


def why_unwanted(session: Session, messages: Sequence[Message], now: datetime, apps: Apps) -> dict[UUID, str]:
    """Why some are not sent any more, by message; the others are written, each for the children it still concerns."""
    unwanted = dict.fromkeys(_refused(session, messages), OPTED_OUT)

    def occasion(message: Message) -> tuple[str, str]:
        return str(message.campaign_id), message.matter

    for _, together in groupby(sorted(messages, key=occasion), key=occasion):
        alike = list(together)
        campaign = session.get(Campaign, alike[0].campaign_id, populate_existing=True) if alike[0].campaign_id else None
        ended = _ended(campaign, now)
        if ended:
            unwanted |= {message.id: ended for message in alike}
        wanted = [message for message in alike if message.id not in unwanted]
        if wanted:
            reminder = reminder_of(session, campaign) if campaign else _standing(wanted[0].matter, now)
            unwanted |= _write(session, wanted, reminder, now, apps)
    return unwanted


def _refused(session: Session, messages: Iterable[Message]) -> set[UUID]:
    refused = set()
    for channel in {message.channel for message in messages}:
        mine = [message for message in messages if message.channel is channel]
        indexes = opted_out(session, {message.phone_index for message in mine}, channel)
        refused |= {message.id for message in mine if message.phone_index in indexes}
    return refused


def _ended(campaign: Campaign | None, now: datetime) -> str | None:
    if campaign is not None and campaign.state is not CampaignState.RUNNING:
        return STOPPED
    return OVER if campaign is not None and campaign.stops_on < local(now).date() else None


def _standing(matter: str, now: datetime) -> Reminder:
    """What was planned in one term may leave in the next."""
    audience, term = audience_of(matter)
    return replace(standing(now, audience), matter=matter, term=term)


def _write(
    session: Session, messages: Sequence[Message], reminder: Reminder, now: datetime, apps: Apps
) -> dict[UUID, str]:
    """All about one matter, looked at together; why not, for those that nothing is said in."""
    beside: dict[UUID, set[UUID]] = {message.id: set() for message in messages}
    rows = select(MessagePupil.message_id, MessagePupil.pupil_id).where(MessagePupil.message_id.in_(beside))
    for message_id, pupil_id in session.execute(rows):
        beside[message_id].add(pupil_id)
    pupils, day = {pupil_id for of_message in beside.values() for pupil_id in of_message}, local(now).date()
    meant = concerned(reminder.audience, reminder.term, reminder.stages)
    certain = set(session.scalars(meant.where(Pupil.id.in_(pupils))))
    together = concerned(reminder.audience, reminder.term, reminder.stages, beside=True)
    spoken_of = set(session.scalars(together.where(Pupil.id.in_(pupils))))
    children = children_of(session, spoken_of, reminder.term, day, reminder.audience)
    numbers = numbers_at(session, {message.phone_index for message in messages})
    to = addresses(session, apps, messages, beside, day)
    refused = refused_there(session, set(to.values()))
    return {
        message.id: why
        for message in messages
        if (
            why := (None if beside[message.id] & certain else CONFIRMED)
            or _address(message, numbers, beside[message.id], to, refused)
            or _say(message, reminder, numbers, [children[key] for key in children if key in beside[message.id]])
        )
    }


def _address(
    message: Message,
    numbers: Mapping[bytes, Number],
    beside: Collection[UUID],
    to: Mapping[UUID, str],
    refused: Collection[str],
) -> str | None:
    """Whom it goes to; None where all is well."""
    number = numbers.get(message.phone_index)
    if number is None or number.pupils.isdisjoint(beside):
        return NUMBER_CHANGED
    if number.ownership is Ownership.SHARED:
        return SHARED_NUMBER
    message.phone = number.phone
    if message.channel is Channel.SMS:
        return None
    if message.id not in to or number.ownership is not Ownership.OWN:
        return UNBOUND
    message.openid = to[message.id]
    return OPTED_OUT if message.openid in refused else None


def _say(
    message: Message, reminder: Reminder, numbers: Mapping[bytes, Number], children: Sequence[Child]
) -> str | None:
    """A lock screen shows what comes in WeChat, so that is always said in the neutral words."""
    whose = numbers[message.phone_index].ownership if message.channel is Channel.SMS else Ownership.UNSURE
    try:
        written = write(reminder.say, children, whose, reminder.by)
    except TemplateFault:
        return NO_WORDS
    approved = reminder.versions.get(written.template.name, written.template.version)
    if approved != written.template.version:
        return WORDS_CHANGED
    message.text, message.parts = written.text, written.parts
    message.template, message.template_version = written.template.name, written.template.version
    return None
