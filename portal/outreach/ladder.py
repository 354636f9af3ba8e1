"""告知阶梯: 短信 → 另一个号码 → 班主任打电话 → 上门或纸质告知单, each with its wait; delivered is not reached (G4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local, term_of
from portal.coverage.today import is_aware, is_unaware
from portal.models import (
    ContactTask,
    Guardian,
    Message,
    MessagePupil,
    Pupil,
)
from portal.outreach.audiences import matter_of, waiting
from portal.outreach.contacts import Number, Ownership, numbers_of
from portal.outreach.drafts import draw
from portal.outreach.left_out import LEFT_OUT, SHARED_NUMBER, THRICE
from portal.outreach.reminder import WAIT
from portal.outreach.reminders import standing
from portal.outreach.rungs import (
    CALL,
    GIVE_WAY,
    NO_NUMBER,
    NUMBERS,
    VISIT,
    Family,
    close,
    families_of,
    open_tasks,
    say_in_ledger,
    task_values,
)
from portal.vocabulary import Audience, ContactTaskKind, MessageState

PAGE = 5_000


Place = tuple[int, UUID | None]
"""Which of the looks, and after whom it goes on."""


class Climbed(NamedTuple):
    """Tasks of one transaction; ``left_off`` is where the next goes on, None at the end."""

    opened: int
    closed: int
    left_off: Place | None


class Looked(NamedTuple):
    """``last`` is the last one looked at, None where none was left."""

    opened: int
    closed: int
    last: UUID | None


def climb(session: Session, now: datetime, place: Place | None = None) -> Climbed:
    """Once a day, some tasks or pupils a transaction, in the order of ``LOOKS``.

    A task that somebody has in hand waits a day: what a teacher just wrote down is not written over.
    """
    look, after = place or (0, None)
    opened, closed, last = LOOKS[look](session, term_of(local(now).date()), now, after)
    following = (look, last) if last else (look + 1, None)
    return Climbed(opened, closed, following if following[0] < len(LOOKS) else None)


def _open_untold(session: Session, term: SchoolTerm, now: datetime, after: UUID | None) -> Looked:
    page = _untold(session, term, now, after)
    return Looked(_open(session, term, page, now), 0, page[-1]) if page else Looked(0, 0, None)


def _untold(session: Session, term: SchoolTerm, now: datetime, after: UUID | None) -> list[UUID]:
    """Matched, not aware, nobody's task yet, and no message of the last days that may still be answered."""
    tasked = exists().where(ContactTask.pupil_id == Pupil.id, ContactTask.term == term.code)
    may_answer = exists().where(
        MessagePupil.pupil_id == Pupil.id,
        Message.id == MessagePupil.message_id,
        Message.matter == matter_of(Audience.UNCONFIRMED, term),
        Message.state.not_in((MessageState.FAILED, MessageState.SUPPRESSED)),
        Message.planned_at > now - WAIT,
    )
    pupils = waiting(term).where(~tasked, ~may_answer, is_unaware(Pupil.id, term))
    if after is not None:
        pupils = pupils.where(Pupil.id > after)
    return list(session.scalars(pupils.order_by(Pupil.id).limit(PAGE)))


def _open(session: Session, term: SchoolTerm, pupil_ids: list[UUID], now: datetime) -> int:
    """Those to whom no message can go any more, each as somebody's work; a shared number once for all beside it."""
    left_out = draw(session, standing(now), pupil_ids, now).left_out
    told = {pupil_id: code for pupil_id, code in left_out.items() if LEFT_OUT[code].tell}
    shared = [pupil_id for pupil_id, code in told.items() if code == SHARED_NUMBER]
    opened = _open_numbers(session, term, shared, now)
    families = families_of(session, term, told.keys() - set(shared))
    for rung, has_phone in ((CALL, True), (NO_NUMBER, False)):
        theirs = [(one, _because(told[one.pupil_id])) for one in families if one.has_phone is has_phone]
        opened += open_tasks(session, rung, term, theirs, now)
    return opened


def _because(code: str) -> str:
    return "三次短信都没有回应" if code == THRICE else LEFT_OUT[code].label


def _open_numbers(session: Session, term: SchoolTerm, pupil_ids: list[UUID], now: datetime) -> int:
    """补全23户电话: one task a school and number, not 23."""
    shared: dict[tuple[UUID, bytes], list[Family]] = {}
    numbers = numbers_of(session, pupil_ids)
    for family in families_of(session, term, pupil_ids):
        for number in numbers[family.pupil_id]:
            if number.ownership is Ownership.SHARED:
                shared.setdefault((family.school.id, number.index), []).append(family)
    opened = 0
    for (school_id, index), families in shared.items():
        officer = families[0].school.aid_officer or "学校资助专干"
        households = _beside(session, index, school_id)
        values = task_values(NUMBERS, term, school_id, officer, f"补全{households}户电话：几家登记了同一个号码", now)
        values |= {"phone_index": index, "households": households}
        made = insert(ContactTask).values(values).on_conflict_do_nothing().returning(ContactTask.id)
        opened += len(session.scalars(made).all())
        say_in_ledger(session, [family.pupil_id for family in families], term, NUMBERS, now)
    return opened


def _beside(session: Session, index: bytes, school_id: UUID) -> int:
    beside = select(func.count(func.distinct(Guardian.pupil_id)))
    return session.scalar(beside.where(Guardian.phone_index == index, Guardian.school_id == school_id)) or 0


def _close_told(session: Session, term: SchoolTerm, now: datetime, after: UUID | None) -> Looked:
    """Of families that know by now."""
    waits = waiting(term).where(Pupil.id == ContactTask.pupil_id).exists()
    known = or_(is_aware(_PUPIL, term), ~waits)
    tasks = _page_of(session, term, after, ContactTask.pupil_id.is_not(None), known)
    for task in tasks:
        close(task, "家长已经知晓，或事情已经办好", "portal", now)
    session.flush()
    return Looked(0, len(tasks), tasks[-1].id if tasks else None)


def _close_completed(session: Session, term: SchoolTerm, now: datetime, after: UUID | None) -> Looked:
    """Of numbers that are no longer shared."""
    tasks = _page_of(session, term, after, ContactTask.kind == ContactTaskKind.NUMBERS)
    completed = [task for task in tasks if not any(one.index == task.phone_index for one in _shared_at(session, task))]
    for task in completed:
        close(task, "号码已经补全", "portal", now)
    session.flush()
    return Looked(0, len(completed), tasks[-1].id if tasks else None)


def _page_of(
    session: Session, term: SchoolTerm, after: UUID | None, *such: ColumnElement[bool]
) -> Sequence[ContactTask]:
    tasks = select(ContactTask).where(ContactTask.closed_at.is_(None), ContactTask.term == term.code, *such)
    if after is not None:
        tasks = tasks.where(ContactTask.id > after)
    page = tasks.order_by(ContactTask.id).limit(PAGE).with_for_update(of=ContactTask, skip_locked=True)
    return session.scalars(page).all()


_PUPIL: Any = ContactTask.pupil_id


def _shared_at(session: Session, task: ContactTask) -> list[Number]:
    pupils = select(Guardian.pupil_id).where(Guardian.phone_index == task.phone_index)
    found = numbers_of(session, session.scalars(pupils.where(Guardian.school_id == task.school_id)).all())
    return [number for of_pupil in found.values() for number in of_pupil if number.ownership is Ownership.SHARED]


def _move_on(session: Session, term: SchoolTerm, now: datetime, after: UUID | None) -> Looked:
    """A task past its day gives way to the next rung; the last one stays open, and the county sees its name."""
    late = ContactTask.due_on < local(now).date(), ContactTask.kind.in_(GIVE_WAY)
    because: dict[UUID, str] = {}
    closed = 0
    for task in (tasks := _page_of(session, term, after, *late)):
        if task.pupil_id is None:
            because |= dict.fromkeys(_beside_and_untold(session, task, term), task.because)
        else:
            because[task.pupil_id] = task.because
            close(task, "没有联系上，改为上门或送纸质告知单", "portal", now)
            closed += 1
    session.flush()
    families = families_of(session, term, because)
    opened = open_tasks(session, VISIT, term, [(one, because[one.pupil_id]) for one in families], now)
    return Looked(opened, closed, tasks[-1].id if tasks else None)


def _beside_and_untold(session: Session, task: ContactTask, term: SchoolTerm) -> list[UUID]:
    beside = select(Guardian.pupil_id).where(
        Guardian.phone_index == task.phone_index, Guardian.school_id == task.school_id
    )
    return list(session.scalars(waiting(term).where(Pupil.id.in_(beside), is_unaware(Pupil.id, term))))


LOOKS = (_close_told, _close_completed, _move_on, _open_untold)
"""What is settled is closed, what waited too long goes one rung up, what messages left is opened."""
