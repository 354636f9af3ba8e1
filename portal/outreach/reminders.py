"""提醒计划: rows in the outbox, one a number, matter and step; planning twice changes nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local, term_of
from portal.models import Campaign, CampaignPupil, Guardian, Message, MessagePupil, Pupil
from portal.models.sealed import keyring
from portal.outreach.audiences import MATTERS, concerned, matter_of
from portal.outreach.by_wechat import by_wechat, give_up
from portal.outreach.drafts import ON_ITS_WAY, WAIT, WAIT_AFTER_FAILURE, Draft, Reminder, draw
from portal.outreach.drawing_up import reminder_of
from portal.outreach.left_out import NO_MOBILE, NO_WORDS, OPTED_OUT, SHARED_NUMBER, SPENT
from portal.outreach.pauses import is_paused
from portal.outreach.spent import FELL_THROUGH
from portal.outreach.writing import Say
from portal.vocabulary import Audience, CampaignState, Channel, MessageState

ANSWER_WITHIN = timedelta(days=14)
PAGE = 1000
TOLD = (NO_MOBILE, NO_WORDS, OPTED_OUT, SPENT)
"""Of those left out, whom a round of planning counts; the others merely wait, or have a row of their own."""


@dataclass
class Planned:
    """``suppressed`` counts pupils that can't be written to and numbers that may not be, by reason."""

    messages: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)


def plan(session: Session, now: datetime, gateway: str, by: str = "portal", appid: str = "") -> Planned:
    """The standing reminder, then every campaign that runs today; the caller commits.

    ``appid``: the 服务号 through which families that bound it are told first; empty where none is in use.
    """
    planned = Planned()
    give_up(session, now)
    for reminder in [standing(now), *running(session, now)]:
        after = plan_page(session, reminder, now, gateway, planned, None, appid)
        while after is not None:
            after = plan_page(session, reminder, now, gateway, planned, after, appid)
    planned.suppressed = +planned.suppressed
    if planned.messages:
        audit.record(session, by, "reminders_planned", messages=planned.messages, suppressed=dict(planned.suppressed))
    return planned


def standing(now: datetime) -> Reminder:
    """Needs no setting up: for every matched pupil whose enrolment nobody has confirmed this term."""
    term = term_of(local(now).date())
    audience = Audience.UNCONFIRMED
    by = local(now + ANSWER_WITHIN).date()
    return Reminder(audience, term, matter_of(audience, term), Say(MATTERS[audience].templates), by)


def running(session: Session, now: datetime) -> list[Reminder]:
    """Campaigns that were let go and whose days these are."""
    today = local(now).date()
    campaigns = select(Campaign).where(
        Campaign.state == CampaignState.RUNNING, Campaign.starts_on <= today, Campaign.stops_on >= today
    )
    return [reminder_of(session, campaign) for campaign in session.scalars(campaigns.order_by(Campaign.made_at))]


def plan_page(
    session: Session,
    reminder: Reminder,
    now: datetime,
    gateway: str,
    planned: Planned,
    after: UUID | None,
    appid: str = "",
) -> UUID | None:
    """The next pupils by id; returns where to go on, None at the end."""
    pupils = _recipients(reminder).where(_not_reminded(reminder, now), ~is_paused(Pupil.school_id))
    if after is not None:
        pupils = pupils.where(Pupil.id > after)
    page = list(session.scalars(pupils.order_by(Pupil.id).limit(PAGE)))
    if not page:
        return None
    drawn = draw(session, reminder, page, now)
    planned.suppressed.update(reason for reason in drawn.left_out.values() if reason in TOLD)
    drafts = by_wechat(session, appid, reminder, drawn.drafts, now) if appid else drawn.drafts
    _keep(session, reminder, drafts, now, gateway, planned)
    return page[-1]


def _recipients(reminder: Reminder) -> Select[UUID]:
    """What was approved is a list; nobody who came later is written to on its strength."""
    pupils = concerned(reminder.audience, reminder.term, reminder.stages)
    if reminder.campaign_id is None:
        return pupils
    listed = select(CampaignPupil.pupil_id).where(CampaignPupil.campaign_id == reminder.campaign_id)
    return pupils.where(Pupil.id.in_(listed))


def _not_reminded(reminder: Reminder, now: datetime) -> Any:
    """No message on its way, none lately, not all already, by a number that still stands beside the pupil."""
    failed = Message.state == MessageState.FAILED
    return ~exists().where(
        MessagePupil.pupil_id == Pupil.id,
        Message.id == MessagePupil.message_id,
        Message.matter == reminder.matter,
        Guardian.pupil_id == Pupil.id,
        Guardian.phone_index == Message.phone_index,
        or_(
            Message.state.in_(ON_ITS_WAY),
            and_(~failed, ~FELL_THROUGH, Message.planned_at > now - WAIT),
            and_(failed, ~FELL_THROUGH, Message.planned_at > now - WAIT_AFTER_FAILURE),
            Message.step >= reminder.most,
            and_(Message.state == MessageState.SUPPRESSED, Message.because == SHARED_NUMBER),
        ),
    )


def _keep(
    session: Session, reminder: Reminder, drafts: Iterable[Draft], now: datetime, gateway: str, planned: Planned
) -> None:
    """A planner that was a moment faster has kept the same row already."""
    rows = [(_row(reminder, draft, now, gateway), draft) for draft in drafts]
    if not rows:
        return
    statement = insert(Message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)
    kept = set(session.scalars(statement, [row for row, _ in rows]))
    beside = [
        {"id": uuid4(), "message_id": row["id"], "pupil_id": child.pupil_id, "school_id": child.school.id}
        for row, draft in rows
        if row["id"] in kept
        for child in draft.children
    ]
    if beside:
        session.execute(insert(MessagePupil), beside)
    suppressed = sum(draft.written is None for row, draft in rows if row["id"] in kept)
    planned.suppressed[SHARED_NUMBER] += suppressed
    planned.messages += len(kept) - suppressed


def _row(reminder: Reminder, draft: Draft, now: datetime, gateway: str) -> dict[str, Any]:
    message = Message(
        school_id=draft.children[0].school.id,
        campaign_id=reminder.campaign_id,
        matter=reminder.matter,
        step=draft.step,
        channel=Channel.WECHAT if draft.openid else Channel.SMS,
        gateway="wechat" if draft.openid else gateway,
        phone=draft.number.phone,
        openid=draft.openid,
        planned_at=now,
        due_at=draft.due_at,
        attempts=0,
    )
    occasion = f"{message.matter}|{message.step}|{message.channel.value}|{draft.number.phone}"
    message.dedupe_key = keyring().index("message", occasion)
    if draft.written is None:
        message.template, message.template_version, message.parts = "", 0, 0
        message.state, message.because, message.settled_at = MessageState.SUPPRESSED, SHARED_NUMBER, now
    else:
        message.text, message.parts, message.state = draft.written.text, draft.written.parts, MessageState.QUEUED
        message.template, message.template_version = draft.written.template.name, draft.written.template.version
    return {column.key: getattr(message, column.key) for column in Message.__table__.columns}
