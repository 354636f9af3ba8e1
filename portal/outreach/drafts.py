"""草稿: what would be said to which number now, and who is left out and why; looking at it changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.clock import local
from portal.models import Pupil
from portal.outreach.audiences import concerned, concerns
from portal.outreach.children import children_of
from portal.outreach.contacts import Ownership, numbers_at
from portal.outreach.left_out import NO_WORDS, NOT_CONCERNED
from portal.outreach.messages import TemplateFault
from portal.outreach.reminder import Reminder
from portal.outreach.selection import selection
from portal.outreach.selection_steps import CHILDREN, ELDEST_FIRST
from portal.outreach.writing import Written, write
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Channel


@dataclass(frozen=True)
class Draft:
    """What one number would be told."""

    phone_index: bytes
    channel: Channel
    written: Written


@dataclass
class Drawn:
    """``left_out`` by pupil, a code of LEFT_OUT."""

    drafts: list[Draft] = field(default_factory=list)
    left_out: dict[UUID, str] = field(default_factory=dict)


def draw(
    session: Session, reminder: Reminder, pupil_ids: Collection[UUID], now: datetime, apps: Apps = BY_SMS_ALONE
) -> Drawn:
    """For these pupils' families, as they stand now; every pupil ends in a draft or among those left out."""
    drawn, asked = Drawn(), set(pupil_ids)
    meant = _meant(session, reminder, asked)
    drawn.left_out = dict.fromkeys(asked - meant, NOT_CONCERNED)
    with selection(session, reminder, select(Pupil.id).where(Pupil.id.in_(meant)), apps, now) as found:
        drawn.left_out |= dict(iter(session.execute(select(found.left_out.c.pupil_id, found.left_out.c.why))))
        drafts = session.execute(select(found.drafts).where(~found.drafts.c.shared)).all()
        beside = session.execute(select(CHILDREN.c.phone_index, CHILDREN.c.pupil_id).order_by(*ELDEST_FIRST))
        pupils = {number: [row.pupil_id for row in rows] for number, rows in groupby(beside, attrgetter("phone_index"))}
    numbers = numbers_at(session, [draft.phone_index for draft in drafts])
    spoken_of = {pupil_id for draft in drafts for pupil_id in pupils[draft.phone_index]}
    children = children_of(session, spoken_of, reminder.term, local(now).date(), reminder.audience)
    for draft in drafts:
        whose = Ownership.UNSURE if draft.channel is not Channel.SMS else numbers[draft.phone_index].ownership
        mine = pupils[draft.phone_index]
        try:
            written = write(reminder.say, [children[pupil_id] for pupil_id in mine], whose, reminder.by)
        except TemplateFault:
            drawn.left_out |= dict.fromkeys(asked.intersection(mine), NO_WORDS)
        else:
            drawn.drafts.append(Draft(draft.phone_index, draft.channel, written))
    return drawn


def _meant(session: Session, reminder: Reminder, pupil_ids: Collection[UUID]) -> set[UUID]:
    pupil = aliased(Pupil)
    whom = concerned(reminder.audience, reminder.term, reminder.stages)
    return set(session.scalars(select(pupil.id).where(pupil.id.in_(pupil_ids), concerns(pupil.id, whom))))
