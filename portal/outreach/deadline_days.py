"""截止日例外: on its last day a campaign may leave although the day is quiet, asked for by one, approved by another.

Between 20:00 and 09:00 nothing leaves on any day. Asked at every claim and start: what is taken back holds at once.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
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
    _record(session, by, "deadline_day_asked", campaign, because=because)


def approve(session: Session, campaign: Campaign, by: str, now: datetime) -> None:
    asked = asked_for(session, campaign)
    if asked is None or not may_be_asked(campaign, local(now).date()):
        raise CampaignRefused("没有等待批准的截止日例外")
    if asked.approved_by is not None:
        raise CampaignRefused("已经批准过了")
    if asked.asked_by == by:
        raise CampaignRefused("申请的人不能自己批准，请另一位工作人员批准")
    asked.approved_at, asked.approved_by = now, by
    _record(session, by, "deadline_day_approved", campaign)


def take_back(session: Session, campaign: Campaign, by: str, now: datetime) -> None:
    asked = asked_for(session, campaign)
    if asked is None:
        raise CampaignRefused("没有截止日例外可以撤回")
    if asked.day < local(now).date():
        raise CampaignRefused("那一天已经过了，例外留作记录，不能再撤回")
    let_fall(session, campaign, by)


def let_fall(session: Session, campaign: Campaign, by: str) -> None:
    """With a campaign that goes back to be changed falls what was asked for it: its people and words may be others."""
    asked = session.get(DeadlineDay, campaign.id)
    if asked is not None:
        session.delete(asked)
        _record(session, by, "deadline_day_taken_back", campaign)


def bring_forward(session: Session, now: datetime) -> int:
    """What was planned past an excepted day leaves on it; how many.

    The session must reach everything: a number's message may be of an elder child's school, under another office.
    """
    standing = select(DeadlineDay).join(Campaign, Campaign.id == DeadlineDay.campaign_id)
    standing = standing.where(*_stands(), DeadlineDay.day >= local(now).date())
    brought = 0
    for asked in session.scalars(standing):
        opens = first_allowed(asked.day, even_on=(asked.day,))
        later = Message.due_at >= opens + timedelta(days=1)
        late = (Message.campaign_id == asked.campaign_id, Message.state == MessageState.QUEUED, later)
        moved = update(Message).where(*late).values(due_at=opens).returning(Message.id)
        brought += len(session.scalars(moved).all())
    return brought


def let_through(session: Session, now: datetime) -> set[UUID]:
    """Campaigns that may leave just now although others may not."""
    today = local(now).date()
    if next_allowed(now) == now or next_allowed(now, even_on=(today,)) != now:
        return set()
    excepted = select(Campaign.id).join(DeadlineDay, DeadlineDay.campaign_id == Campaign.id)
    return set(session.scalars(excepted.where(*_stands(), DeadlineDay.day == today)))


def _stands() -> tuple[ColumnElement[bool], ...]:
    return (
        Campaign.state == CampaignState.RUNNING,
        Campaign.stops_on == DeadlineDay.day,
        DeadlineDay.approved_at.is_not(None),
    )


def _record(session: Session, by: str, action: str, campaign: Campaign, **more: Any) -> None:
    day = str(campaign.stops_on)
    audit.record(session, by, action, unit_id=campaign.unit_id, campaign=str(campaign.id), day=day, **more)
