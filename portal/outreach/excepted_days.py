"""What a 截止日例外 that was approved lets leave: asked in the same words when planning, claiming and starting."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.clock import local
from portal.models import Campaign, DeadlineDay, Message
from portal.outreach.quiet import first_allowed, next_allowed
from portal.vocabulary import CampaignState, MessageState

OF_THE_LAST_DAY = DeadlineDay.day == Campaign.stops_on
"""What was asked for while the campaign ended on another day stands for nothing."""
STANDS = (OF_THE_LAST_DAY, DeadlineDay.approved_at.is_not(None), Campaign.state == CampaignState.RUNNING)
EXCEPTED = select(DeadlineDay).join(Campaign, Campaign.id == DeadlineDay.campaign_id).where(*STANDS)


def even_on(session: Session, campaign_id: UUID) -> tuple[date, ...]:
    """The quiet day on which this campaign leaves all the same, if there is one."""
    days = EXCEPTED.where(DeadlineDay.campaign_id == campaign_id).with_only_columns(DeadlineDay.day)
    return tuple(session.scalars(days))


def bring_forward(session: Session, now: datetime) -> int:
    """What was planned past an excepted day, and not tried yet, leaves on it; how many.

    The session must reach everything: a number's message may be of an elder child's school, under another office.
    """
    brought = 0
    for asked in session.scalars(EXCEPTED.where(DeadlineDay.day >= local(now).date())):
        opens = first_allowed(asked.day, even_on=(asked.day,))
        late = (
            Message.campaign_id == asked.campaign_id,
            Message.state == MessageState.QUEUED,
            Message.attempts == 0,
            Message.due_at >= opens + timedelta(days=1),
        )
        moved = update(Message).where(*late).values(due_at=opens).returning(Message.id)
        brought += len(session.scalars(moved).all())
    return brought


def let_through(session: Session, now: datetime) -> set[UUID]:
    """Campaigns that may leave just now although others may not."""
    today = local(now).date()
    if next_allowed(now) == now or next_allowed(now, even_on=(today,)) != now:
        return set()
    return set(session.scalars(EXCEPTED.where(DeadlineDay.day == today).with_only_columns(Campaign.id)))
