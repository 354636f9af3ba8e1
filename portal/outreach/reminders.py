"""提醒计划: rows in the outbox, one a number, matter and step; planning twice changes nothing.

Who is written to is decided and kept in one statement of the database, however many they are. Number and words come
into the row when it is about to be sent (``last_look``), said as the matter stands then.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local, term_of
from portal.models import Campaign, CampaignPupil, Guardian, Message, MessagePupil, Pupil
from portal.outreach.audiences import MATTERS, concerned, ledger_awaited, matter_of
from portal.outreach.drawing_up import reminder_of
from portal.outreach.excepted_days import bring_forward
from portal.outreach.in_wechat import give_up
from portal.outreach.left_out import NO_MOBILE, SHARED_NUMBER
from portal.outreach.pauses import is_paused
from portal.outreach.reminder import MOST, ON_ITS_WAY, WAIT, WAIT_AFTER_FAILURE, Reminder
from portal.outreach.selection import Selection, occasion, selection
from portal.outreach.selection_steps import CHILDREN, CHOSEN, MEANT
from portal.outreach.spent import FELL_THROUGH
from portal.outreach.writing import Say
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Audience, CampaignState, Channel, MessageState

ANSWER_WITHIN = timedelta(days=14)
STANDING = {Audience.UNCONFIRMED: MOST, Audience.WAIVER_HEARD: 2, Audience.ACTED_FOR: 1}
"""How often each is said at the most; the second time of a waiver falls within its seven days."""

AT_LARGE = text("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'")
AS_USUAL = text("SET LOCAL enable_nestloop = on; SET LOCAL work_mem = DEFAULT")
"""Row-level security hides from the planner how many pupils there are: it would expect few and go from one to the next,
and a million would be sorted on disk. A preview, which is for a page of them, does go from one to the next."""


@dataclass
class Planned:
    """``suppressed`` counts pupils that can't be written to and numbers that may not be, by reason."""

    messages: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)


def plan(session: Session, now: datetime, gateway: str, by: str = "portal", apps: Apps = BY_SMS_ALONE) -> Planned:
    """The standing reminders, then every campaign that runs today; the caller commits."""
    planned = Planned()
    give_up(session, now)
    bring_forward(session, now)
    session.execute(AT_LARGE)
    for reminder in [*(standing(now, audience) for audience in STANDING), *running(session, now)]:
        _plan(session, reminder, now, gateway, apps, planned)
    session.execute(AS_USUAL)
    planned.suppressed = +planned.suppressed
    if planned.messages:
        audit.record(session, by, "reminders_planned", messages=planned.messages, suppressed=dict(planned.suppressed))
    return planned


def standing(now: datetime, audience: Audience = Audience.UNCONFIRMED) -> Reminder:
    """Needs no setting up: enrolment that nobody has confirmed this term, or what was taken down in a family's name."""
    term = term_of(local(now).date())
    by = local(now + ANSWER_WITHIN).date()
    say = Say(MATTERS[audience].templates)
    return Reminder(audience, term, matter_of(audience, term), say, by, STANDING[audience])


def running(session: Session, now: datetime) -> list[Reminder]:
    """Campaigns that were let go and whose days these are."""
    today = local(now).date()
    campaigns = select(Campaign).where(
        Campaign.state == CampaignState.RUNNING, Campaign.starts_on <= today, Campaign.stops_on >= today
    )
    return [reminder_of(session, campaign) for campaign in session.scalars(campaigns.order_by(Campaign.made_at))]


def _plan(session: Session, reminder: Reminder, now: datetime, gateway: str, apps: Apps, planned: Planned) -> None:
    pupils = _recipients(reminder).where(_not_reminded(reminder, now), ~is_paused(Pupil.school_id))
    with selection(session, reminder, pupils, apps, now) as found:
        kept = session.execute(_keep(found, reminder, now, gateway)).all()
    for what, count in kept:
        if what == MessageState.QUEUED.value:
            planned.messages += count
        else:
            planned.suppressed[what] += count


def _recipients(reminder: Reminder) -> Select[UUID]:
    """What was approved is a list; nobody who came later is written to on its strength."""
    pupils = concerned(reminder.audience, reminder.term, reminder.stages)
    if reminder.audience is Audience.UNCONFIRMED:
        pupils = pupils.where(~ledger_awaited(reminder.term))
    if reminder.campaign_id is None:
        return pupils
    listed = select(CampaignPupil.pupil_id).where(CampaignPupil.campaign_id == reminder.campaign_id)
    return pupils.where(Pupil.id.in_(listed))


def _not_reminded(reminder: Reminder, now: datetime) -> ColumnElement[bool]:
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


def _keep(found: Selection, reminder: Reminder, now: datetime, gateway: str) -> CompoundSelect[str, int]:
    """Rows and whom they speak of, and how many of what; a planner that was a moment faster has kept the same."""
    kept = _messages(found.drafts, reminder, now, gateway)
    beside = insert(MessagePupil).from_select(
        ["message_id", "pupil_id", "school_id"],
        select(kept.c.id, CHILDREN.c.pupil_id, CHILDREN.c.school_id).join(
            kept, kept.c.phone_index == CHILDREN.c.phone_index
        ),
    )
    what = func.coalesce(kept.c.because, MessageState.QUEUED.value)
    rows = select(what.label("what"), func.count()).group_by(what)
    return rows.union_all(_out_of_reach()).add_cte(beside.cte("beside"))


def _out_of_reach() -> Select[str, int]:
    """Pupils without a number that may be written to; the others merely wait, or have a row of their own."""
    why = case((CHOSEN.c.phone_index.is_(None), NO_MOBILE), else_=CHOSEN.c.why)
    meant = select(why, func.count()).select_from(MEANT).outerjoin(CHOSEN, CHOSEN.c.pupil_id == MEANT.c.id)
    return meant.where(why.is_not(None)).group_by(why)


def _messages(drafts: CTE, reminder: Reminder, now: datetime, gateway: str) -> CTE:
    """A shared number's row is kept as proof that it was not written to."""
    shared, way = drafts.c.shared, drafts.c.channel
    in_wechat = case((way == Channel.WECHAT, "wechat"), (way == Channel.WECOM, "wecom"), else_=gateway)
    states = case((shared, MessageState.SUPPRESSED.value), else_=MessageState.QUEUED.value)
    values: dict[str, Any] = {
        "id": occasion(reminder.matter, drafts),
        "school_id": drafts.c.school_id,
        "campaign_id": literal(reminder.campaign_id, Message.campaign_id.type),
        "matter": literal(reminder.matter),
        "step": drafts.c.step,
        "channel": way,
        "gateway": in_wechat,
        "phone_index": drafts.c.phone_index,
        "template": literal(""),
        "template_version": literal(0),
        "parts": literal(0),
        "state": states,
        "because": case((shared, SHARED_NUMBER), else_=null()),
        "due_at": drafts.c.due_at,
        "planned_at": literal(now, Message.planned_at.type),
        "settled_at": case((shared, literal(now, Message.settled_at.type)), else_=null()),
        "attempts": literal(0),
        "asked": literal(0),
    }
    rows = insert(Message).from_select(list(values), select(*values.values()).order_by(drafts.c.phone_index))
    unique = rows.on_conflict_do_nothing(index_elements=["id"])
    return unique.returning(Message.id, Message.phone_index, Message.because).cte("kept")
