"""预览: who would get which message of a campaign, how many segments that is, and who gets none and why."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm
from portal.database import lock
from portal.models import Campaign, CampaignPupil, EnrolmentRecord, Unit
from portal.outreach.audiences import MATTERS, concerned
from portal.outreach.drafts import draw
from portal.outreach.excepted_days import even_on
from portal.outreach.reminder import MOST, Reminder
from portal.outreach.wordings import template_named
from portal.outreach.writing import Say
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Audience, CampaignState, Channel, UnitLevel

PAGE = 10_000
FROM_A_LIST = "list-"
"""How the occasion of a campaign begins that an officer made from a list."""
OPEN_TO_CHANGE = (CampaignState.PROPOSED, CampaignState.DRAWN)


class CampaignRefused(ValueError):
    """One sentence: why not, and what to do."""


def reminder_of(session: Session, campaign: Campaign) -> Reminder:
    alike = campaign.audience is Audience.EVERYONE
    said = template_named(session, campaign.wording) if alike else None
    return Reminder(
        audience=campaign.audience,
        term=SchoolTerm.parse(campaign.term),
        matter=campaign.matter,
        say=Say(alike=said) if said else Say(MATTERS[campaign.audience].templates),
        by=campaign.stops_on,
        most=1 if alike else MOST,
        stages=campaign.stages,
        campaign_id=campaign.id,
        even_on=even_on(session, campaign.id),
        versions=campaign.counts.get("versions", {}),
    )


def hold(session: Session, campaign: Campaign) -> None:
    """Whoever else decides about it at this moment waits for our commit, and we see what was decided before."""
    lock(session, campaign)


def draw_up(session: Session, campaign: Campaign, by: str, now: datetime, apps: Apps = BY_SMS_ALONE) -> None:
    """Who would get what, counted; the session must reach every pupil, for a number may stand beside anybody."""
    _refuse_what_was_let_go(campaign)
    reminder = reminder_of(session, campaign)
    schools = _pupils(session, campaign)
    counts: Counter[str] = Counter(pupils=len(schools))
    left_out: dict[UUID, str] = {}
    texts: Counter[str] = Counter()
    versions: dict[str, int] = {}
    seen: set[bytes] = set()
    ids = iter(sorted(schools))
    while page := list(islice(ids, PAGE)):
        drawn = draw(session, reminder, page, now, apps)
        left_out |= drawn.left_out
        for draft in drawn.drafts:
            if draft.phone_index in seen:
                continue
            seen.add(draft.phone_index)
            counts["messages"] += 1
            if draft.channel is Channel.SMS:
                counts["parts"] += draft.written.parts
            else:
                counts["in_wechat"] += 1
            said = draft.written.template
            texts[said.name] += 1
            versions[said.name] = said.version
    hold(session, campaign)
    _refuse_what_was_let_go(campaign)
    session.execute(delete(CampaignPupil).where(CampaignPupil.campaign_id == campaign.id))
    keep_list(session, campaign, schools, left_out)
    campaign.counts = dict(counts) | {
        "left_out": Counter(left_out.values()),
        "texts": texts,
        "versions": versions,
    }
    campaign.drawn_at, campaign.state = now, CampaignState.DRAWN
    audit.record(
        session, by, "campaign_drawn", unit_id=campaign.unit_id, campaign=str(campaign.id), counts=dict(counts)
    )


def _refuse_what_was_let_go(campaign: Campaign) -> None:
    """Asked before counting and, as that may take a while, again before it is kept."""
    if campaign.state not in OPEN_TO_CHANGE:
        raise CampaignRefused("已经提交的批次不能再预览")


def _pupils(session: Session, campaign: Campaign) -> dict[UUID, UUID]:
    """Each pupil with the school; of a list those on it, otherwise everybody it concerns below the unit."""
    if campaign.occasion.startswith(FROM_A_LIST):
        listed = select(CampaignPupil.pupil_id, CampaignPupil.school_id)
        return dict(iter(session.execute(listed.where(CampaignPupil.campaign_id == campaign.id))))
    below = Unit.ids_below(campaign.unit.path)
    if campaign.unit.level in (UnitLevel.CITY, UnitLevel.PROVINCE):
        below = below.where(or_(Unit.parent_id == campaign.unit_id, Unit.id == campaign.unit_id))
    concerns = concerned(campaign.audience, SchoolTerm.parse(campaign.term), campaign.stages)
    statement = select(EnrolmentRecord.pupil_id, EnrolmentRecord.school_id).where(
        EnrolmentRecord.pupil_id.in_(concerns),
        EnrolmentRecord.term == campaign.term,
        EnrolmentRecord.left_on.is_(None),
        EnrolmentRecord.school_id.in_(below),
    )
    return dict(iter(session.execute(statement)))


def keep_list(session: Session, campaign: Campaign, schools: Mapping[UUID, UUID], left_out: Mapping[UUID, str]) -> None:
    """``schools`` by pupil."""
    rows = [
        {
            "id": uuid4(),
            "campaign_id": campaign.id,
            "pupil_id": pupil_id,
            "school_id": school_id,
            "left_out": left_out.get(pupil_id),
        }
        for pupil_id, school_id in schools.items()
    ]
    for start in range(0, len(rows), PAGE):
        session.execute(insert(CampaignPupil), rows[start : start + PAGE])
