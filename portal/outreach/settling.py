"""结果待查: what became of a message of which nobody knows whether it left: asked of its supplier by our id, or decided
by a person; never by sending it again blindly (R-03)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.clock import local
from portal.database import lock
from portal.models import Campaign, Message
from portal.outreach.delivery import apply_waiting, record
from portal.outreach.excepted_days import even_on
from portal.outreach.gateways.approved import Approved
from portal.outreach.gateways.protocol import Handed, Outcome, Outgoing
from portal.outreach.outbox import requeue
from portal.outreach.quiet import next_allowed
from portal.outreach.supplier_templates import approved
from portal.vocabulary import CampaignState, MessageState

ASK_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=48),
)
"""Since it was sent: a supplier's own record of it may come late."""
SHOWN_AFTER = timedelta(hours=24)
"""From then on a person may decide."""


class NotUnknown(Exception):
    """There is nothing to decide: it is settled meanwhile, or a report may still come; the text says so."""


@dataclass(frozen=True)
class Question:
    gateway: str
    outgoing: Outgoing
    sent_at: datetime


def due(session: Session, gateways: Iterable[str], now: datetime, most: int = 10) -> list[Question]:
    """Unknown messages whose supplier is asked now, each by one dispatcher; none while messages may not leave,
    because some suppliers are asked by sending the same again (they send it only once)."""
    if next_allowed(now) != now:
        return []
    unknown = (
        select(Message)
        .where(
            Message.state == MessageState.UNKNOWN,
            Message.gateway.in_(list(gateways)),
            Message.asked < len(ASK_AFTER),
            Message.sent_at <= now - ASK_AFTER[0],
            or_(Message.ask_at.is_(None), Message.ask_at <= now),
        )
        .order_by(Message.sent_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    messages = session.scalars(unknown).all()
    said = {message.id: (message.gateway, message.template, message.template_version) for message in messages}
    templates = approved(session, set(said.values()))
    return [_question(message, templates[said[message.id]], now) for message in messages]


def _question(message: Message, templates: tuple[Approved, ...], now: datetime) -> Question:
    sent_at = message.sent_at or now
    message.asked += 1
    if message.asked < len(ASK_AFTER):
        message.ask_at = max(sent_at + ASK_AFTER[message.asked], now + ASK_AFTER[0])
    outgoing = Outgoing(message.id, message.to, message.text or "", templates)
    return Question(message.gateway, outgoing, sent_at)


def answer(session: Session, question: Question, outcome: Outcome, now: datetime) -> None:
    """Only what the supplier surely did or refused settles anything; a report that was faster has the say."""
    message = session.scalars(select(Message).where(Message.id == question.outgoing.id).with_for_update()).one()
    if message.state is MessageState.UNKNOWN and outcome.handed is Handed.ACCEPTED:
        message.state, message.because = MessageState.ACCEPTED, None
        message.vendor_id = outcome.vendor_id or message.vendor_id
        apply_waiting(session, message, now)
    elif message.state is MessageState.UNKNOWN and outcome.handed is Handed.REFUSED:
        message.state, message.settled_at = MessageState.FAILED, now
        message.because = f"{outcome.sentence}（{outcome.code}）"[:120]
    for report in outcome.reports:
        record(session, question.gateway, report, now)


def send_again(session: Session, scope: Scope, message_id: UUID, by: str, now: datetime) -> datetime:
    """A person takes it upon himself that the family may get it twice; when it is due. Raise NotInScope, NotUnknown.

    It is planned anew, so that it has all its time once more; when it first left stays in each child's trail.
    """
    message = scope.find(session, Message, message_id, Message.school_id)
    lock(session, message)
    if message.state is not MessageState.UNKNOWN:
        raise NotUnknown("这条消息已经有结果，不用再发")
    if message.sent_at is not None and message.sent_at > now - SHOWN_AFTER:
        raise NotUnknown("状态报告还可能到，满24小时再决定")
    due_at = _due_again(session, message.campaign_id, now)
    what = {"message": str(message.id), "left_at": (message.sent_at or message.planned_at).isoformat()}
    beside: list[UUID | None] = [each.pupil_id for each in message.pupils]
    for pupil_id in beside or [None]:
        audit.record(session, by, "sent_again", unit_id=message.school_id, pupil_id=pupil_id, **what)
    requeue(message, due_at)
    message.planned_at, message.asked = now, 0
    message.because = message.ask_at = None
    return due_at


def _due_again(session: Session, campaign_id: UUID | None, now: datetime) -> datetime:
    """When messages may next leave; a campaign's not after its last day."""
    if campaign_id is None:
        return next_allowed(now)
    campaign = session.get_one(Campaign, campaign_id, populate_existing=True)
    due_at = next_allowed(now, even_on(session, campaign_id))
    if campaign.state is not CampaignState.RUNNING or local(due_at).date() > campaign.stops_on:
        raise NotUnknown("这个批次已经停止或到期，不会再发；请让老师打电话告诉家长")
    return due_at
