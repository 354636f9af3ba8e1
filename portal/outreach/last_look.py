"""发送前再看一眼: a message whose matter is settled is not sent; one that is gets its number and words only now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.models import Campaign, Message, MessagePupil
from portal.outreach.audiences import audience_of, concerned, concerns
from portal.outreach.campaigns import STOPPED
from portal.outreach.children import Child, children_of
from portal.outreach.contacts import Number, Ownership, numbers_at
from portal.outreach.drawing_up import reminder_of
from portal.outreach.in_wechat import addresses, refused_there
from portal.outreach.left_out import NO_WORDS, OPTED_OUT, SHARED_NUMBER
from portal.outreach.messages import TemplateFault
from portal.outreach.reminder import Reminder
from portal.outreach.reminders import standing
from portal.outreach.spent import opted_out
from portal.outreach.writing import Written, write
from portal.suppliers import Apps
from portal.vocabulary import CampaignState, Channel

CONFIRMED, NUMBER_CHANGED, OVER = "confirmed", "number_changed", "campaign_over"
UNBOUND, WORDS_CHANGED = "wechat_unbound", "words_changed"


@dataclass(frozen=True)
class Letter:
    """A message as it would leave now, and what that rests on: ``leaving`` asks whether it still holds.

    ``about`` counts the pupils that are spoken of, ``beside`` all that the number stands beside.
    """

    id: UUID
    channel: Channel
    phone_index: bytes
    phone: str = field(repr=False)
    openid: str | None = field(repr=False)
    written: Written = field(repr=False)
    reminder: Reminder
    about: int
    beside: int
    looked_at: datetime

    @property
    def to(self) -> str:
        """As its gateway addresses it."""
        return self.openid or self.phone


Found = dict[UUID, Letter | str]
"""A letter, or why it is not sent any more, by message."""


def look(session: Session, messages: Sequence[Message], now: datetime, apps: Apps) -> Found:
    """Each message is written for the children it still concerns."""
    found: Found = dict.fromkeys(_refused(session, messages), OPTED_OUT)

    def occasion(message: Message) -> tuple[str, str]:
        return str(message.campaign_id), message.matter

    for _, together in groupby(sorted(messages, key=occasion), key=occasion):
        alike = list(together)
        campaign = session.get(Campaign, alike[0].campaign_id, populate_existing=True) if alike[0].campaign_id else None
        ended = _ended(campaign, now)
        if ended:
            found |= {message.id: ended for message in alike}
        wanted = [message for message in alike if message.id not in found]
        if wanted:
            reminder = reminder_of(session, campaign) if campaign else _standing(wanted[0].matter, now)
            found |= _look(session, wanted, reminder, now, apps)
    return found


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


def _look(session: Session, messages: Sequence[Message], reminder: Reminder, now: datetime, apps: Apps) -> Found:
    """All about one matter, looked at together."""
    beside: dict[UUID, set[UUID]] = {message.id: set() for message in messages}
    certain, spoken_of, day = set[UUID](), set[UUID](), local(now).date()
    for message_id, pupil_id, *is_meant in session.execute(_whom(reminder, beside)):
        beside[message_id].add(pupil_id)
        for found, meant in zip((certain, spoken_of), is_meant, strict=True):
            if meant:
                found.add(pupil_id)
    children = children_of(session, spoken_of, reminder.term, day, reminder.audience)
    numbers = numbers_at(session, {message.phone_index for message in messages})
    to = addresses(session, apps, messages, beside, day)
    refused = refused_there(session, set(to.values()))

    def letter(message: Message) -> Letter | str:
        mine, number = beside[message.id], numbers.get(message.phone_index)
        if mine.isdisjoint(certain):
            return CONFIRMED
        if number is None or number.pupils.isdisjoint(mine):
            return NUMBER_CHANGED
        unwanted = _why_not_there(message.channel, number, to.get(message.id), refused)
        written = unwanted or _say(
            message.channel, reminder, number, [children[key] for key in children if key in mine]
        )
        if isinstance(written, str):
            return written
        return Letter(
            message.id, message.channel, number.index, number.phone, to.get(message.id), written, reminder,
            len(mine & spoken_of), len(number.pupils), now,
        )  # fmt: skip

    return {message.id: letter(message) for message in messages}


def _whom(reminder: Reminder, message_ids: Iterable[UUID]) -> Select[UUID, UUID, bool, bool]:
    """Message, pupil; whether the reminder is for the pupil, and whether it may speak of it."""
    pupil_id = MessagePupil.pupil_id
    certain, together = (
        concerns(pupil_id, concerned(reminder.audience, reminder.term, reminder.stages, beside=beside))
        for beside in (False, True)
    )
    of_these = MessagePupil.message_id.in_(list(message_ids))
    return select(MessagePupil.message_id, pupil_id, certain, together).where(of_these)


def _why_not_there(channel: Channel, number: Number, openid: str | None, refused: Collection[str]) -> str | None:
    """None where the number, or whom WeChat knows by it, may be written to."""
    if number.ownership is Ownership.SHARED:
        return SHARED_NUMBER
    if channel is Channel.SMS:
        return None
    if openid is None or number.ownership is not Ownership.OWN:
        return UNBOUND
    return OPTED_OUT if openid in refused else None


def _say(channel: Channel, reminder: Reminder, number: Number, children: Sequence[Child]) -> Written | str:
    """A lock screen shows what comes in WeChat, so that is always said in the neutral words."""
    whose = number.ownership if channel is Channel.SMS else Ownership.UNSURE
    try:
        written = write(reminder.say, children, whose, reminder.by)
    except TemplateFault:
        return NO_WORDS
    approved = reminder.versions.get(written.template.name, written.template.version)
    return written if approved == written.template.version else WORDS_CHANGED
