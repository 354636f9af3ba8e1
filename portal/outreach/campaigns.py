"""批次: proposed before its date, counted, let go by a second person when it is large, stopped at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session, aliased

from portal import audit
from portal.clock import SchoolTerm, local
from portal.models import Campaign, Message, Pupil, Unit
from portal.outreach.audiences import MATTERS, matter_of
from portal.outreach.calendar import Occasion, due_for_proposal
from portal.outreach.deadline_days import let_fall
from portal.outreach.drawing_up import FROM_A_LIST, OPEN_TO_CHANGE, CampaignRefused, keep_list
from portal.outreach.signature_filings import refuse_unfiled
from portal.vocabulary import Audience, CampaignState, MessageState, Operator, UnitLevel

DRAWN_LASTS = timedelta(days=1)
"""A list older than this is drawn up again before it is let go."""
LONGEST = timedelta(days=120)
STOPPED = "campaign_stopped"
MOST_LISTED = 5000


@dataclass(frozen=True)
class Days:
    """First and last day on which messages may leave."""

    starts_on: date
    stops_on: date


def propose(session: Session, now: datetime) -> int:
    """For each office with schools below it, what the calendar asks for these days; how many are new."""
    today, made = local(now).date(), 0
    for occasion in due_for_proposal(today):
        for unit_id in session.scalars(_offices(occasion)):
            made += _propose(session, occasion, unit_id, today.year, now)
    return made


def _offices(occasion: Occasion) -> Any:
    """Units schools report to, and for a province or city its own schools only: a county's are the county's to ask."""
    school = aliased(Unit)
    schools = select(school.parent_id).where(school.level == UnitLevel.SCHOOL)
    if occasion.stages:
        schools = schools.where(school.stages.overlap(list(occasion.stages)))
    return select(Unit.id).where(Unit.id.in_(schools), Unit.level != UnitLevel.SCHOOL)


def _propose(session: Session, occasion: Occasion, unit_id: UUID, year: int, now: datetime) -> int:
    values = {
        "id": uuid4(),
        "unit_id": unit_id,
        "occasion": occasion.code,
        "term": occasion.term(year).code,
        "title": occasion.title,
        "audience": occasion.audience,
        "matter": occasion.matter(year),
        "stages": dict(occasion.stages),
        "wording": occasion.wording,
        "state": CampaignState.PROPOSED,
        "starts_on": max(occasion.starts_on(year), local(now).date()),
        "stops_on": occasion.stops_on(year),
        "made_at": now,
        "made_by": "portal",
        "counts": {},
    }
    made = insert_or(Campaign).values(values).on_conflict_do_nothing(index_elements=["unit_id", "occasion", "term"])
    return len(session.scalars(made.returning(Campaign.id)).all())


def make(
    session: Session,
    unit: Unit,
    title: str,
    audience: Audience,
    wording: str,
    term: SchoolTerm,
    days: Days,
    by: str,
    now: datetime,
    pupils: Iterable[UUID] = (),
) -> Campaign:
    """By an officer: own words for everybody below a unit, or a reminder to the pupils of a list."""
    check_days(days, local(now).date())
    listed = list(dict.fromkeys(pupils))
    if audience is not Audience.EVERYONE and not listed:
        raise CampaignRefused("名单里没有学生，不用发")
    if len(listed) > MOST_LISTED:
        raise CampaignRefused(f"一次最多{MOST_LISTED}人，名单有{len(listed)}人；请按学校或年级分开发")
    campaign_id = uuid4()
    code = f"{FROM_A_LIST if listed else 'own-'}{campaign_id.hex[:12]}"
    alike = audience is Audience.EVERYONE
    campaign = Campaign(
        id=campaign_id,
        unit_id=unit.id,
        occasion=code,
        term=term.code,
        title=title,
        audience=audience,
        matter=f"{code}:{term.code}" if alike else matter_of(audience, term),
        stages={},
        wording=wording if alike else MATTERS[audience].templates,
        state=CampaignState.PROPOSED,
        starts_on=days.starts_on,
        stops_on=days.stops_on,
        made_at=now,
        made_by=by,
        counts={},
    )
    session.add(campaign)
    session.flush()
    schools = dict(iter(session.execute(select(Pupil.id, Pupil.school_id).where(Pupil.id.in_(listed)))))
    keep_list(session, campaign, schools, {})
    audit.record(session, by, "campaign_made", unit_id=unit.id, campaign=str(campaign_id), pupils=len(listed))
    return campaign


def check_days(days: Days, today: date) -> None:
    if days.starts_on < today:
        raise CampaignRefused("开始日期已经过了，请从今天或以后开始")
    if days.stops_on < days.starts_on:
        raise CampaignRefused("停止日期在开始日期之前，请改一下")
    if days.stops_on - days.starts_on > LONGEST:
        raise CampaignRefused(f"一个批次最长{LONGEST.days}天，请把停止日期提前")


def change_days(campaign: Campaign, days: Days, today: date) -> None:
    if campaign.state not in OPEN_TO_CHANGE:
        raise CampaignRefused("已经提交的批次不能改日期；要改请先停止，再新建")
    check_days(days, today)
    campaign.starts_on, campaign.stops_on = days.starts_on, days.stops_on


def submit(
    session: Session,
    campaign: Campaign,
    approve_above: int,
    by: str,
    now: datetime,
    operators: Collection[Operator] = (),
) -> None:
    """Let go at once when it is small; a large one waits for somebody else. ``operators`` must know its signatures."""
    if campaign.state is not CampaignState.DRAWN or campaign.drawn_at is None:
        raise CampaignRefused("请先预览，看过人数和费用再提交")
    if now - campaign.drawn_at > DRAWN_LASTS:
        raise CampaignRefused("预览已经超过一天，名单可能变了，请重新预览")
    if campaign.stops_on < local(now).date():
        raise CampaignRefused("停止日期已经过了，请先改日期")
    if not campaign.counts.get("messages"):
        raise CampaignRefused("没有一条可以发出的短信，不用提交；没有发的人请看下面怎么告知")
    refuse_unfiled(session, campaign, operators)
    campaign.submitted_at, campaign.submitted_by = now, by
    large = campaign.counts["messages"] > approve_above
    campaign.state = CampaignState.SUBMITTED if large else CampaignState.RUNNING
    audit.record(session, by, "campaign_submitted", unit_id=campaign.unit_id, campaign=str(campaign.id))


def approve(session: Session, campaign: Campaign, by: str, now: datetime, operators: Collection[Operator] = ()) -> None:
    if campaign.state is not CampaignState.SUBMITTED:
        raise CampaignRefused("这个批次不在等待批准")
    if campaign.submitted_by == by:
        raise CampaignRefused("提交的人不能自己批准，请另一位工作人员批准")
    if campaign.stops_on < local(now).date():
        raise CampaignRefused("停止日期已经过了，请退回修改")
    refuse_unfiled(session, campaign, operators)
    campaign.approved_at, campaign.approved_by, campaign.state = now, by, CampaignState.RUNNING
    audit.record(session, by, "campaign_approved", unit_id=campaign.unit_id, campaign=str(campaign.id))


def send_back(session: Session, campaign: Campaign, by: str) -> None:
    if campaign.state is not CampaignState.SUBMITTED:
        raise CampaignRefused("这个批次不在等待批准")
    campaign.state, campaign.submitted_at, campaign.submitted_by = CampaignState.DRAWN, None, None
    let_fall(session, campaign, by)
    audit.record(session, by, "campaign_sent_back", unit_id=campaign.unit_id, campaign=str(campaign.id))


def stop(session: Session, campaign: Campaign, by: str, now: datetime) -> int:
    """For good; what has not left is not sent, what a dispatcher holds is looked at once more before it leaves."""
    if campaign.state is CampaignState.STOPPED:
        return 0
    campaign.state, campaign.stopped_at, campaign.stopped_by = CampaignState.STOPPED, now, by
    unsent = (
        update(Message)
        .where(Message.campaign_id == campaign.id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.SUPPRESSED, because=STOPPED, settled_at=now)
    )
    kept_back = len(session.scalars(unsent.returning(Message.id)).all())
    audit.record(session, by, "campaign_stopped", unit_id=campaign.unit_id, campaign=str(campaign.id), unsent=kept_back)
    return kept_back
