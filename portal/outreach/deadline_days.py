"""截止日例外: on its last day a campaign may leave although the day is quiet, asked for by one, approved by another.

Between 20:00 and 09:00 nothing leaves on any day. Asked at every claim and start: what is taken back holds at once.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.models import Campaign, DeadlineDay, Message
from portal.outreach.drawing_up import CampaignRefused
from portal.outreach.quiet import first_allowed, next_allowed, why_quiet
from portal.vocabulary import CampaignState, MessageState

LET_GO = (CampaignState.SUBMITTED, CampaignState.RUNNING)
"""States in which the days of a campaign stand fast."""


def may_be_asked(campaign: Campaign, today: date) -> bool:
    return campaign.state in LET_GO and campaign.stops_on >= today and why_quiet(campaign.stops_on) is not None


def asked_for(session: Session, campaign: Campaign) -> DeadlineDay | None:
    found = session.get(DeadlineDay, campaign.id)
    return found if found is not None and found.day == campaign.stops_on else None


def ask(session: Session, campaign: Campaign, because: str, by: str, now: datetime) -> None:
    if not may_be_asked(campaign, local(now).date()):
        raise CampaignRefused("只有已经提交、停止日期正逢不发的日子的批次，才用申请截止日例外")
    if asked_for(session, campaign) is not None:
        raise CampaignRefused("已经申请过了，等另一位工作人员批准")
    session.merge(
        DeadlineDay(
            campaign_id=campaign.id, day=campaign.stops_on, because=because, asked_at=now, asked_by=by,
            approved_at=None, approved_by=None,
        )
    )  # fmt: skip
    _record(session, by, "deadline_day_asked", campaign)


def approve(session: Session, campaign: Campaign, by: str, now: datetime) -> None:
    """What was planned past the day is brought forward to it."""
    asked = asked_for(session, campaign)
    if asked is None or not may_be_asked(campaign, local(now).date()):
        raise CampaignRefused("没有等待批准的截止日例外")
    if asked.approved_by is not None:
        raise CampaignRefused("已经批准过了")
    if asked.asked_by == by:
        raise CampaignRefused("申请的人不能自己批准，请另一位工作人员批准")
    asked.approved_at, asked.approved_by = now, by
    opens = first_allowed(asked.day, even_on=(asked.day,))
    late = (Message.campaign_id == campaign.id, Message.state == MessageState.QUEUED, Message.due_at > opens)
    session.execute(update(Message).where(*late).values(due_at=opens))
    _record(session, by, "deadline_day_approved", campaign)


def take_back(session: Session, campaign: Campaign, by: str) -> None:
    asked = asked_for(session, campaign)
    if asked is None:
        raise CampaignRefused("没有截止日例外可以撤回")
    session.delete(asked)
    _record(session, by, "deadline_day_taken_back", campaign)


def let_through(session: Session, now: datetime) -> set[UUID]:
    """Campaigns that may leave just now although others may not."""
    today = local(now).date()
    if next_allowed(now) == now or next_allowed(now, even_on=(today,)) != now:
        return set()
    excepted = (
        select(Campaign.id)
        .join(DeadlineDay, DeadlineDay.campaign_id == Campaign.id)
        .where(
            Campaign.stops_on == today,
            Campaign.state == CampaignState.RUNNING,
            DeadlineDay.day == today,
            DeadlineDay.approved_at.is_not(None),
        )
    )
    return set(session.scalars(excepted))


def _record(session: Session, by: str, action: str, campaign: Campaign) -> None:
    audit.record(session, by, action, unit_id=campaign.unit_id, campaign=str(campaign.id), day=str(campaign.stops_on))
