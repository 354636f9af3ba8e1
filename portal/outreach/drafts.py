"""草稿: what would be said to which number now, and who is left out and why; looking at it changes nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local
from portal.models import Message, Pupil
from portal.outreach.audiences import concerned
from portal.outreach.children import Child, children_of
from portal.outreach.contacts import Number, Ownership, numbers_of
from portal.outreach.left_out import LATELY, NO_MOBILE, NO_WORDS, NOT_CONCERNED, SHARED_NUMBER, THRICE, UNDER_WAY
from portal.outreach.messages import TemplateFault
from portal.outreach.quiet import first_allowed, next_allowed
from portal.outreach.spent import FELL_THROUGH, spent_numbers
from portal.outreach.writing import Say, Written, write
from portal.vocabulary import Audience, MessageState

MOST = 3
"""Reminders of one matter; then a person."""
WAIT = timedelta(days=3)
"""Between two reminders of one matter."""
WAIT_AFTER_FAILURE = timedelta(days=1)
"""A phone that was off today may be on tomorrow."""
ON_ITS_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


@dataclass(frozen=True)
class Reminder:
    """One matter to be said; ``by`` is the day the words name, ``most`` how often it is said at all."""

    audience: Audience
    term: SchoolTerm
    matter: str
    say: Say
    by: date
    most: int = MOST
    stages: Mapping[str, Any] = field(default_factory=dict)
    campaign_id: UUID | None = None


@dataclass(frozen=True)
class Draft:
    """One number's message; ``written`` is empty for a shared number, which gets nothing and is kept as such."""

    number: Number
    children: tuple[Child, ...]
    step: int
    due_at: datetime
    written: Written | None
    openid: str | None = field(default=None, repr=False)
    """Where it goes by WeChat."""


@dataclass
class Drawn:
    """``left_out`` by pupil, a code of LEFT_OUT."""

    drafts: list[Draft] = field(default_factory=list)
    left_out: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """What was sent to one number: the steps of this matter, and when anything last left or will."""

    step: int = 0
    last_planned: datetime | None = None
    last_failed: datetime | None = None
    under_way: bool = False
    last_due: datetime | None = None

    def hinders(self, now: datetime, most: int) -> str | None:
        """Why this number is not written to about the matter just now."""
        planned = self.last_planned
        if self.under_way:
            return UNDER_WAY
        if self.step >= most:
            return THRICE
        wait = WAIT_AFTER_FAILURE if planned is not None and planned == self.last_failed else WAIT
        return LATELY if planned is not None and planned > now - wait else None


def draw(session: Session, reminder: Reminder, pupil_ids: Collection[UUID], now: datetime) -> Drawn:
    """For these pupils' families, as they stand now; every pupil ends in a draft or among those left out."""
    drawn = Drawn()
    concerns = concerned(reminder.audience, reminder.term, reminder.stages)
    meant = set(session.scalars(concerns.where(Pupil.id.in_(pupil_ids))))
    drawn.left_out = dict.fromkeys(set(pupil_ids) - meant, NOT_CONCERNED)
    chosen = _choose(session, reminder, meant, drawn)
    wanted = {number.index: number for number in chosen.values()}
    beside = {pupil_id for number in wanted.values() for pupil_id in number.pupils}
    certain = set(session.scalars(concerns.where(Pupil.id.in_(beside))))
    together = concerned(reminder.audience, reminder.term, reminder.stages, beside=True)
    spoken_of = set(session.scalars(together.where(Pupil.id.in_(beside))))
    children = children_of(session, spoken_of, reminder.term, local(now).date(), reminder.audience)
    histories = _histories(session, wanted.values(), reminder.matter)
    for number in wanted.values():
        mine = tuple(child for pupil_id, child in children.items() if pupil_id in number.pupils)
        of_number = [pupil_id for pupil_id, its in chosen.items() if its.index == number.index]
        if any(child.pupil_id in certain for child in mine):
            _draft(drawn, reminder, number, mine, histories.get(number.index, History()), of_number, now)
    return drawn


def _choose(session: Session, reminder: Reminder, meant: set[UUID], drawn: Drawn) -> dict[UUID, Number]:
    """The first number of each family that is its own and answers; a shared one only where there is no other."""
    numbers = numbers_of(session, meant)
    drawn.left_out |= dict.fromkeys(meant - numbers.keys(), NO_MOBILE)
    spent = spent_numbers(session, {number.index for of in numbers.values() for number in of}, reminder.matter)
    chosen = {}
    for pupil_id, of_pupil in numbers.items():
        usable = sorted(
            (number for number in of_pupil if number.index not in spent),
            key=lambda number: number.ownership is Ownership.SHARED,
        )
        if usable:
            chosen[pupil_id] = usable[0]
        else:
            drawn.left_out[pupil_id] = spent[of_pupil[0].index]
    return chosen


def _draft(
    drawn: Drawn,
    reminder: Reminder,
    number: Number,
    children: tuple[Child, ...],
    history: History,
    of_number: Iterable[UUID],
    now: datetime,
) -> None:
    hindered, written, shared = history.hinders(now, reminder.most), None, number.ownership is Ownership.SHARED
    if hindered is None and not shared:
        try:
            written = write(reminder.say, children, number.ownership, reminder.by)
        except TemplateFault:
            hindered = NO_WORDS
    if hindered is not None or shared:
        drawn.left_out |= dict.fromkeys(of_number, SHARED_NUMBER if shared else hindered or "")
    if hindered is not None:
        return
    drawn.drafts.append(Draft(number, children, history.step + 1, _due(history, now), written))


def _due(history: History, now: datetime) -> datetime:
    """At once, or when messages may next leave; never on the day on which another goes to the same number."""
    due = next_allowed(now)
    if history.last_due is not None and local(history.last_due).date() >= local(due).date():
        due = first_allowed(local(history.last_due).date() + timedelta(days=1))
    return due


def _histories(session: Session, numbers: Iterable[Number], matter: str) -> dict[bytes, History]:
    mine = Message.matter == matter
    failed = Message.state == MessageState.FAILED
    rows = session.execute(
        select(
            Message.phone_index,
            func.coalesce(func.max(Message.step).filter(mine), 0),
            func.max(Message.planned_at).filter(mine, not_(FELL_THROUGH)),
            func.max(Message.planned_at).filter(mine, failed),
            func.coalesce(func.bool_or(Message.state.in_(ON_ITS_WAY)).filter(mine), False),
            func.max(func.coalesce(Message.sent_at, Message.due_at)).filter(
                and_(Message.state != MessageState.SUPPRESSED, not_(FELL_THROUGH))
            ),
        )
        .where(Message.phone_index.in_([number.index for number in numbers]))
        .group_by(Message.phone_index)
    )
    return {index: History(*rest) for index, *rest in rows}
