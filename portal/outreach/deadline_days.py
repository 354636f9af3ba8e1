"""截止日例外: on its last day a campaign may leave although the day is quiet, asked for by one, approved by another.

Between 20:00 and 09:00 nothing leaves on any day. What it lets leave: ``excepted_days``.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.models import Campaign, DeadlineDay
from portal.outreach.drawing_up import CampaignRefused
from portal.outreach.excepted_days import OF_THE_LAST_DAY
from portal.outreach.quiet import why_quiet
from portal.vocabulary import CampaignState

LET_GO = (CampaignState.SUBMITTED, CampaignState.RUNNING)
"""States in which the days of a campaign stand fast."""


def may_be_asked(campaign: Campaign, today: date) -> bool:
    return campaign.state in LET_GO and campaign.stops_on >= today and why_quiet(campaign.stops_on) is not None


def asked_for(session: Session, campaign: Campaign) -> DeadlineDay | None:
    of_it = select(DeadlineDay).join(Campaign, Campaign.id == DeadlineDay.campaign_id)
    return session.scalars(of_it.where(Campaign.id == campaign.id, OF_THE_LAST_DAY)).one_or_none()


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


def _record(session: Session, by: str, action: str, campaign: Campaign, **more: Any) -> None:
    day = str(campaign.stops_on)
    audit.record(session, by, action, unit_id=campaign.unit_id, campaign=str(campaign.id), day=day, **more)
