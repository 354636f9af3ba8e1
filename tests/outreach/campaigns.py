"""Campaigns of the calendar and of a school, and the hand that lets them go."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.models import Campaign, Message, Pupil
from portal.outreach import campaigns
from portal.outreach.campaigns import Days
from portal.outreach.dispatch import Tick, tick
from portal.outreach.drawing_up import draw_up
from portal.outreach.gateways.sandbox import Sandbox
from portal.vocabulary import Audience
from tests.builders import A_MONDAY, TERM, a_county, a_school
from tests.outreach.cases import messages, sessions

DAY = timedelta(days=1)
THESE_DAYS = Days(date(2026, 9, 7), date(2026, 9, 30))
SCHOOL, OTHER = "staff:sch1", "staff:cnty"


def remind(now=A_MONDAY) -> Tick:
    return tick(sessions(), (Sandbox(),), now)


def publicity(session: Session) -> Campaign:
    """To every family of the county, in words of the calendar."""
    made = campaigns.make(
        session, a_county(session), "开学", Audience.EVERYONE, "publicity_opening", SchoolTerm.parse(TERM),
        THESE_DAYS, SCHOOL, A_MONDAY,
    )  # fmt: skip
    draw_up(session, made, SCHOOL, A_MONDAY)
    return made


def listed(session: Session, *pupils: Pupil, audience: Audience = Audience.UNCONFIRMED) -> Campaign:
    made = campaigns.make(
        session, a_school(session), "请确认", audience, "", SchoolTerm.parse(TERM), THESE_DAYS, SCHOOL, A_MONDAY,
        [pupil.id for pupil in pupils],
    )  # fmt: skip
    draw_up(session, made, SCHOOL, A_MONDAY)
    return made


def let_go(session: Session, campaign: Campaign, approve_above: int = 100) -> None:
    campaigns.submit(session, campaign, approve_above, SCHOOL, A_MONDAY)
    session.commit()


def of(session: Session, campaign: Campaign) -> list[Message]:
    return [message for message in messages(session) if message.campaign_id == campaign.id]
