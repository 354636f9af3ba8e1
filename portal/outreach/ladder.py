"""告知阶梯: 短信 → 另一个号码 → 班主任打电话 → 上门或纸质告知单, each with its wait; delivered is not reached (G4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access.one_to_one import in_class
from portal.clock import SchoolTerm, local, term_of
from portal.coverage.steps import Mover, Step, days_after, take_step
from portal.coverage.today import is_aware, is_unaware
from portal.models import (
    ContactTask,
    EnrolmentRecord,
    Entitlement,
    Guardian,
    Message,
    MessagePupil,
    Pupil,
    SchoolClass,
    Unit,
)
from portal.outreach.audiences import matter_of, waiting
from portal.outreach.contacts import Number, Ownership, numbers_of
from portal.outreach.drafts import draw
from portal.outreach.left_out import LEFT_OUT, SHARED_NUMBER, THRICE
from portal.outreach.reminder import WAIT
from portal.outreach.reminders import standing
from portal.vocabulary import Audience, ContactTaskKind, EntitlementState, MessageState

PAGE = 5_000


@dataclass(frozen=True)
class Rung:
    """What a person does where messages end; ``days`` are working days, after which ``then`` is tried."""

    kind: ContactTaskKind
    days: int
    then: ContactTaskKind | None
    step: Step
    """What the pupil's ledger rows say meanwhile."""


RUNGS = {
    rung.kind: rung
    for rung in (
        Rung(
            ContactTaskKind.CALL, 3, ContactTaskKind.VISIT,
            Step(Mover.SCHOOL, "短信没有回应：请班主任打电话或家访", 3, "R09"),
        ),
        Rung(
            ContactTaskKind.NUMBERS, 3, ContactTaskKind.VISIT,
            Step(Mover.SCHOOL, "没有可用的手机号：请学校补全，或由班主任当面告知", 3, "R09"),
        ),
        Rung(
            ContactTaskKind.VISIT, 5, None,
            Step(Mover.SCHOOL, "电话联系不上：上门，或让孩子带回纸质告知单", 5, "R09"),
        ),
    )
}  # fmt: skip
CALL, NUMBERS, VISIT = RUNGS[ContactTaskKind.CALL], RUNGS[ContactTaskKind.NUMBERS], RUNGS[ContactTaskKind.VISIT]
NO_NUMBER = replace(VISIT, step=NUMBERS.step)
"""Nothing to ring at all."""


@dataclass
class Climbed:
    """What a look brought; ``left_off`` is after whom the next one goes on, None where everybody was looked at."""

    opened: int = 0
    closed: int = 0
    left_off: UUID | None = None


@dataclass(frozen=True)
class Family:
    """Whose task it becomes; ``has_phone``: there is some number a person can ring."""

    pupil_id: UUID
    school: Unit
    teacher: str
    has_phone: bool

    @property
    def assignee(self) -> str:
        return self.teacher or self.school.aid_officer or "班主任"


def climb(session: Session, now: datetime, after: UUID | None = None) -> Climbed:
    """Once a day, some pupils at a time: what messages left is opened.

    Before the first of them what was settled is closed, and what waited too long goes one rung up.
    """
    term, done = term_of(local(now).date()), Climbed()
    if after is None:
        done.closed += _close_settled(session, term, now)
        _move_on(session, term, now, done)
    if page := _untold(session, term, now, after):
        _open(session, term, page, now, done)
        done.left_off = page[-1]
    return done


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


def _open(session: Session, term: SchoolTerm, pupil_ids: list[UUID], now: datetime, done: Climbed) -> None:
    """Those to whom no message can go any more, each as somebody's work; a shared number once for all beside it."""
    left_out = draw(session, standing(now), pupil_ids, now).left_out
    told = {pupil_id: code for pupil_id, code in left_out.items() if LEFT_OUT[code].tell}
    shared = [pupil_id for pupil_id, code in told.items() if code == SHARED_NUMBER]
    done.opened += _open_numbers(session, term, shared, now)
    families = families_of(session, term, told.keys() - set(shared))
    for rung, has_phone in ((CALL, True), (NO_NUMBER, False)):
        theirs = [(one, _because(told[one.pupil_id])) for one in families if one.has_phone is has_phone]
        done.opened += open_tasks(session, rung, term, theirs, now)


def _because(code: str) -> str:
    return "三次短信都没有回应" if code == THRICE else LEFT_OUT[code].label


def open_task(session: Session, rung: Rung, term: SchoolTerm, family: Family, because: str, now: datetime) -> int:
    """1 where it is new."""
    return open_tasks(session, rung, term, [(family, because)], now)


def open_tasks(
    session: Session, rung: Rung, term: SchoolTerm, families: Sequence[tuple[Family, str]], now: datetime
) -> int:
    """Of each family, and why; how many are new. Their rows that are only matched say what is awaited."""
    if not families:
        return 0
    rows = [
        _values(rung, term, family.school.id, family.assignee, because, now) | {"pupil_id": family.pupil_id}
        for family, because in families
    ]
    made = insert(ContactTask).on_conflict_do_nothing().returning(ContactTask.pupil_id)
    opened = session.scalars(made, rows).all()
    _say_in_ledger(session, opened, term, rung, now)
    return len(opened)


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
        values = _values(NUMBERS, term, school_id, officer, f"补全{households}户电话：几家登记了同一个号码", now)
        values |= {"phone_index": index, "households": households}
        made = insert(ContactTask).values(values).on_conflict_do_nothing().returning(ContactTask.id)
        opened += len(session.scalars(made).all())
        _say_in_ledger(session, [family.pupil_id for family in families], term, NUMBERS, now)
    return opened


def _beside(session: Session, index: bytes, school_id: UUID) -> int:
    beside = select(func.count(func.distinct(Guardian.pupil_id)))
    return session.scalar(beside.where(Guardian.phone_index == index, Guardian.school_id == school_id)) or 0


def _values(
    rung: Rung, term: SchoolTerm, school_id: UUID, assignee: str, because: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "kind": rung.kind,
        "school_id": school_id,
        "term": term.code,
        "households": 1,
        "assignee": assignee,
        "because": because,
        "opened_at": now,
        "due_on": days_after(local(now).date(), rung.days),
        "outcome": "",
    }


def _say_in_ledger(
    session: Session, pupil_ids: Collection[UUID | None], term: SchoolTerm, rung: Rung, now: datetime
) -> None:
    rows = session.scalars(
        select(Entitlement).where(
            Entitlement.pupil_id.in_(pupil_ids),
            Entitlement.term == term.code,
            Entitlement.closed_on.is_(None),
            Entitlement.state == EntitlementState.MATCHED,
            Entitlement.next_step != rung.step.words,
        )
    )
    for row in rows.all():
        take_step(session, row, row.state, "portal", now, rung.step.words, rung.step)


def _close_settled(session: Session, term: SchoolTerm, now: datetime) -> int:
    """Of families that know by now, and of numbers that are no longer shared."""
    waits = waiting(term).where(Pupil.id == ContactTask.pupil_id).exists()
    known = or_(is_aware(_PUPIL, term), ~waits)
    tasks = list(session.scalars(select(ContactTask).where(_open_of(term), ContactTask.pupil_id.is_not(None), known)))
    for task in tasks:
        close(task, "家长已经知晓，或事情已经办好", "portal", now)
    numbers = session.scalars(select(ContactTask).where(_open_of(term), ContactTask.kind == ContactTaskKind.NUMBERS))
    for task in numbers.all():
        if not any(number.index == task.phone_index for number in _shared_at(session, task)):
            close(task, "号码已经补全", "portal", now)
            tasks.append(task)
    session.flush()
    return len(tasks)


_PUPIL: Any = ContactTask.pupil_id


def _shared_at(session: Session, task: ContactTask) -> list[Number]:
    pupils = select(Guardian.pupil_id).where(Guardian.phone_index == task.phone_index)
    found = numbers_of(session, session.scalars(pupils.where(Guardian.school_id == task.school_id)).all())
    return [number for of_pupil in found.values() for number in of_pupil if number.ownership is Ownership.SHARED]


def _move_on(session: Session, term: SchoolTerm, now: datetime, done: Climbed) -> None:
    """A task past its day gives way to the next rung; the last one stays open, and the county sees its name."""
    late = select(ContactTask).where(_open_of(term), ContactTask.due_on < local(now).date())
    because: dict[UUID, str] = {}
    for task in session.scalars(late.order_by(ContactTask.opened_at)).all():
        if RUNGS[task.kind].then is None:
            continue
        if task.pupil_id is None:
            because |= dict.fromkeys(_beside_and_untold(session, task, term), task.because)
        else:
            because[task.pupil_id] = task.because
            close(task, "没有联系上，改为上门或送纸质告知单", "portal", now)
            done.closed += 1
    session.flush()
    families = families_of(session, term, because)
    done.opened += open_tasks(session, VISIT, term, [(one, because[one.pupil_id]) for one in families], now)


def _beside_and_untold(session: Session, task: ContactTask, term: SchoolTerm) -> list[UUID]:
    beside = select(Guardian.pupil_id).where(
        Guardian.phone_index == task.phone_index, Guardian.school_id == task.school_id
    )
    return list(session.scalars(waiting(term).where(Pupil.id.in_(beside), is_unaware(Pupil.id, term))))


def close(task: ContactTask, outcome: str, by: str, now: datetime) -> None:
    task.closed_at, task.closed_by, task.outcome = now, by, outcome


def _open_of(term: SchoolTerm) -> ColumnElement[bool]:
    return and_(ContactTask.closed_at.is_(None), ContactTask.term == term.code)


def families_of(session: Session, term: SchoolTerm, pupil_ids: Any) -> list[Family]:
    """In the order of schools and classes."""
    has_phone = exists().where(Guardian.pupil_id == EnrolmentRecord.pupil_id, Guardian.phone_index.is_not(None))
    rows = session.execute(
        select(EnrolmentRecord.pupil_id, Unit, SchoolClass.teacher, has_phone)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .outerjoin(SchoolClass, in_class())
        .where(
            EnrolmentRecord.pupil_id.in_(list(pupil_ids)),
            EnrolmentRecord.term == term.code,
            EnrolmentRecord.left_on.is_(None),
        )
        .order_by(Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name)
    )
    return [Family(pupil_id, school, teacher or "", phone) for pupil_id, school, teacher, phone in rows]
