"""提醒计划: rows in the outbox, one a number, matter and step; planning twice changes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm, local, term_of
from portal.enrolment.standing import OUTCOME, stands
from portal.models import Confirmation, EnrolmentRecord, Guardian, MatchPair, MatchRun, Message, MessagePupil, Pupil
from portal.models.sealed import keyring
from portal.outreach.contacts import Number, Ownership, numbers_of
from portal.outreach.enrolment_reminder import Child, children_of, matter_of, write
from portal.outreach.messages import TemplateFault
from portal.outreach.quiet import first_allowed, next_allowed
from portal.vocabulary import Channel, Decision, MessageState

MOST = 3
"""Reminders of one matter; then a person."""
WAIT = timedelta(days=3)
"""Between two reminders of one matter."""
PAGE = 1000

UNDER_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)
NO_MOBILE, SHARED_NUMBER, NO_WORDS = "no_mobile", "shared_number", "no_words"


@dataclass
class Planned:
    """``suppressed`` counts pupils that can't be written to and numbers that may not be, by reason."""

    messages: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class History:
    """What was sent to one number: the steps of this matter, and when anything last left or will."""

    step: int = 0
    last_planned: datetime | None = None
    under_way: bool = False
    last_due: datetime | None = None


def plan(session: Session, now: datetime, gateway: str, by: str = "portal") -> Planned:
    """For every matched pupil whose enrolment nobody has confirmed this term; the caller commits."""
    planned = Planned()
    after = plan_page(session, now, gateway, planned, None)
    while after is not None:
        after = plan_page(session, now, gateway, planned, after)
    if planned.messages:
        audit.record(session, by, "reminders_planned", messages=planned.messages, suppressed=dict(planned.suppressed))
    return planned


def plan_page(session: Session, now: datetime, gateway: str, planned: Planned, after: UUID | None) -> UUID | None:
    """The next pupils by id; returns where to go on, None at the end."""
    term = term_of(local(now).date())
    pupils = waiting(term).where(_not_reminded(matter_of(term), now)).order_by(Pupil.id).limit(PAGE)
    if after is not None:
        pupils = pupils.where(Pupil.id > after)
    page = list(session.scalars(pupils))
    if not page:
        return None
    numbers = numbers_of(session, page)
    planned.suppressed[NO_MOBILE] += sum(pupil_id not in numbers for pupil_id in page)
    once = {number.index: number for number in numbers.values()}
    rows = list(_rows(session, list(once.values()), term, now, gateway, planned))
    _keep(session, rows, planned)
    planned.suppressed = +planned.suppressed
    return page[-1]


def waiting(term: SchoolTerm, *decisions: Decision) -> Select[UUID]:
    """Pupils enrolled and matched (certainly, unless told otherwise) whose enrolment is not confirmed."""
    matched = exists().where(
        MatchPair.pupil_id == Pupil.id,
        stands(term.code),
        OUTCOME.in_(decisions or (Decision.CERTAIN,)),
        MatchRun.id == MatchPair.run_id,
        MatchRun.finished_at.is_not(None),
    )
    enrolled = exists().where(
        EnrolmentRecord.pupil_id == Pupil.id, EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None)
    )
    confirmed = exists().where(Confirmation.pupil_id == Pupil.id, Confirmation.term == term.code)
    return select(Pupil.id).where(matched, enrolled, ~confirmed)


def _not_reminded(matter: str, now: datetime) -> Any:
    """No message on its way, none lately, not three already, by a number that still stands beside the pupil."""
    return ~exists().where(
        MessagePupil.pupil_id == Pupil.id,
        Message.id == MessagePupil.message_id,
        Message.matter == matter,
        Guardian.pupil_id == Pupil.id,
        Guardian.phone_index == Message.phone_index,
        or_(
            Message.state.in_(UNDER_WAY),
            Message.planned_at > now - WAIT,
            Message.step >= MOST,
            and_(Message.state == MessageState.SUPPRESSED, Message.because == SHARED_NUMBER),
        ),
    )


def _rows(
    session: Session, numbers: list[Number], term: SchoolTerm, now: datetime, gateway: str, planned: Planned
) -> Iterator[tuple[dict[str, Any], tuple[Child, ...]]]:
    beside = {pupil_id for number in numbers for pupil_id in number.pupils}
    certain = set(session.scalars(waiting(term).where(Pupil.id.in_(beside))))
    spoken_of = set(session.scalars(waiting(term, Decision.CERTAIN, Decision.HOUSEHOLD).where(Pupil.id.in_(beside))))
    children = children_of(session, spoken_of, term, local(now).date())
    order = {pupil_id: place for place, pupil_id in enumerate(children)}  # the highest grade first
    histories = _histories(session, numbers, matter_of(term))
    for number in numbers:
        mine = tuple(children[pupil_id] for pupil_id in sorted(number.pupils & children.keys(), key=order.__getitem__))
        history = histories.get(number.index, History())
        lately = history.last_planned is not None and history.last_planned > now - WAIT
        if not any(child.pupil_id in certain for child in mine) or history.under_way or lately or history.step >= MOST:
            continue
        message = Message(
            school_id=mine[0].school.id,
            matter=matter_of(term),
            step=history.step + 1,
            channel=Channel.SMS,
            gateway=gateway,
            phone=number.phone,
            planned_at=now,
            due_at=_due(history, now),
            attempts=0,
        )
        message.dedupe_key = keyring().index("message", f"{message.matter}|{message.step}|sms|{number.phone}")
        if number.ownership is Ownership.SHARED:
            message.template, message.template_version, message.parts = "", 0, 0
            message.state, message.because, message.settled_at = MessageState.SUPPRESSED, SHARED_NUMBER, now
        else:
            try:
                written = write(mine, number.ownership, now)
            except TemplateFault:
                planned.suppressed[NO_WORDS] += 1
                continue
            message.text, message.parts, message.state = written.text, written.parts, MessageState.QUEUED
            message.template, message.template_version = written.template.name, written.template.version
        yield {column.key: getattr(message, column.key) for column in Message.__table__.columns}, mine


def _due(history: History, now: datetime) -> datetime:
    """At once, or when messages may next leave; never on the day on which another goes to the same number."""
    due = next_allowed(now)
    if history.last_due is not None and local(history.last_due).date() >= local(due).date():
        due = first_allowed(local(history.last_due).date() + timedelta(days=1))
    return due


def _histories(session: Session, numbers: Iterable[Number], matter: str) -> dict[bytes, History]:
    mine = Message.matter == matter
    rows = session.execute(
        select(
            Message.phone_index,
            func.coalesce(func.max(Message.step).filter(mine), 0),
            func.max(Message.planned_at).filter(mine),
            func.coalesce(func.bool_or(Message.state.in_(UNDER_WAY)).filter(mine), False),
            func.max(func.coalesce(Message.sent_at, Message.due_at)).filter(Message.state != MessageState.SUPPRESSED),
        )
        .where(Message.phone_index.in_([number.index for number in numbers]))
        .group_by(Message.phone_index)
    )
    return {index: History(*rest) for index, *rest in rows}


def _keep(session: Session, rows: list[tuple[dict[str, Any], tuple[Child, ...]]], planned: Planned) -> None:
    """A planner that was a moment faster has kept the same row already."""
    if not rows:
        return
    statement = insert(Message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)
    kept = set(session.scalars(statement, [row for row, _ in rows]))
    beside = [
        {"id": uuid4(), "message_id": row["id"], "pupil_id": child.pupil_id, "school_id": child.school.id}
        for row, children in rows
        if row["id"] in kept
        for child in children
    ]
    if beside:
        session.execute(insert(MessagePupil), beside)
    suppressed = sum(row["state"] is MessageState.SUPPRESSED for row, _ in rows if row["id"] in kept)
    planned.suppressed[SHARED_NUMBER] += suppressed
    planned.messages += len(kept) - suppressed
