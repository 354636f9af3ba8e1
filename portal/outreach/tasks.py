"""联系任务 as officers work them off: what waits, what a talk brought, and what families ask."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage.contacts import BY_A_PERSON
from portal.coverage.lists import classes_of
from portal.models import ContactRecord, ContactTask, Entitlement, FamilyQuestion, Guardian, Pupil
from portal.outreach.rungs import CALL, VISIT, close, families_of, open_tasks
from portal.privacy.masking import mask_name, mask_phone, one_line
from portal.vocabulary import ContactTaskKind, QuestionTopic

MOST_TRIES = 2
"""Two talks that did not come about, and somebody goes there."""


@dataclass(frozen=True)
class TaskLine:
    """``who`` is a masked name, or the number of households behind a shared number."""

    id: UUID
    kind: ContactTaskKind
    who: str
    class_words: str
    school: str
    assignee: str
    because: str
    opened_at: datetime
    due_on: date
    late: bool


def count_tasks(session: Session, scope: Scope, term: SchoolTerm, kind: ContactTaskKind | None = None) -> int:
    waits = select(func.count()).select_from(ContactTask).where(*_waits(term, kind))
    return session.scalar(scope.narrow(waits, ContactTask.school_id)) or 0


def tasks_by_kind(session: Session, scope: Scope, term: SchoolTerm) -> list[tuple[ContactTaskKind, int, ContactTask]]:
    """How many of each kind there are, and of each what is due first; the nearest day first."""
    found = []
    for kind in ContactTaskKind:
        if count := count_tasks(session, scope, term, kind):
            of_kind = scope.narrow(select(ContactTask).where(*_waits(term, kind)), ContactTask.school_id)
            first = session.scalars(of_kind.order_by(ContactTask.due_on, ContactTask.id).limit(1)).one()
            found.append((kind, count, first))
    return sorted(found, key=lambda one: one[2].due_on)


def tasks(
    session: Session,
    scope: Scope,
    term: SchoolTerm,
    today: date,
    most: int,
    skip: int,
    kind: ContactTaskKind | None = None,
) -> list[TaskLine]:
    """What is due first stands first."""
    statement = scope.narrow(select(ContactTask).where(*_waits(term, kind)), ContactTask.school_id)
    found = session.scalars(
        statement.options(joinedload(ContactTask.pupil))
        .order_by(ContactTask.due_on, ContactTask.id)
        .limit(most)
        .offset(skip)
    ).all()
    classes = classes_of(session, term.code, [task.pupil_id for task in found if task.pupil_id])
    return [line_of(task, classes.get(task.pupil_id or task.id, ""), today) for task in found]


def line_of(task: ContactTask, in_class: str, today: date) -> TaskLine:
    who = mask_name(task.pupil.name or "") if task.pupil else f"{task.households}户"
    return TaskLine(
        task.id, task.kind, who, in_class, task.school.name, task.assignee, task.because,
        task.opened_at, task.due_on, task.closed_at is None and task.due_on < today,
    )  # fmt: skip


def note_contact(session: Session, pupil_id: UUID, reached: bool, by: str, now: datetime) -> None:
    """After a contact was recorded: a spoken one ends the family's task, the second that failed leads to a visit."""
    standing = select(ContactTask).where(ContactTask.pupil_id == pupil_id, ContactTask.closed_at.is_(None))
    session.flush()
    for task in session.scalars(standing.with_for_update(of=ContactTask)).all():
        if reached:
            close(task, "已联系上家长", by, now)
        elif task.kind is CALL.kind and _tries(session, task) >= MOST_TRIES:
            close(task, "两次没有联系上，改为上门或送纸质告知单", by, now)
            session.flush()
            term = SchoolTerm.parse(task.term)
            theirs = [(family, task.because) for family in families_of(session, term, [pupil_id])]
            open_tasks(session, VISIT, term, theirs, now)


def _tries(session: Session, task: ContactTask) -> int:
    tried = select(func.count()).where(
        ContactRecord.pupil_id == task.pupil_id,
        ContactRecord.at >= task.opened_at,
        ContactRecord.reached.is_(False),
        ContactRecord.channel.in_(BY_A_PERSON),
    )
    return session.scalar(tried) or 0


def beside(session: Session, task: ContactTask) -> list[tuple[UUID, str, str]]:
    """The pupils whose number has to be completed: id, masked name, class."""
    pupils = session.scalars(
        select(Pupil)
        .join(Guardian, Guardian.pupil_id == Pupil.id)
        .where(Guardian.phone_index == task.phone_index, Guardian.school_id == task.school_id)
        .distinct()
    ).all()
    classes = classes_of(session, task.term, [pupil.id for pupil in pupils])
    return sorted(
        ((pupil.id, mask_name(pupil.name or ""), classes.get(pupil.id, "")) for pupil in pupils),
        key=lambda line: line[2],
    )


def shared_number(session: Session, task: ContactTask) -> str:
    """Masked; enough to know whose it is, such as the class teacher's own. Empty once no roster has it any more."""
    beside_it = select(Guardian).where(Guardian.phone_index == task.phone_index, Guardian.school_id == task.school_id)
    one = session.scalars(beside_it.limit(1)).first()
    return mask_phone(one.phone or "") if one else ""


def note_question(
    session: Session, pupil: Pupil, topic: QuestionTopic, policy: str, words: str, by: str, now: datetime
) -> None:
    """Numbers in the words are struck out."""
    session.add(
        FamilyQuestion(
            pupil_id=pupil.id, school_id=pupil.school_id, topic=topic, policy=policy,
            words=one_line(words), at=now, by=by,
        )
    )  # fmt: skip
    audit.record(session, by, "question_noted", unit_id=pupil.school_id, pupil_id=pupil.id, topic=topic.value)


@dataclass(frozen=True)
class Asked:
    """How often families asked it; ``policies`` are the codes of those it was asked of, where one was named."""

    topic: QuestionTopic
    times: int
    policies: tuple[tuple[str, int], ...]


def count_questions(session: Session, scope: Scope) -> list[Asked]:
    """What families ask most, first, and of which policy (G20)."""
    statement = select(FamilyQuestion.topic, FamilyQuestion.policy, func.count())
    counted = statement.group_by(FamilyQuestion.topic, FamilyQuestion.policy).order_by(func.count().desc())
    of_topics: dict[QuestionTopic, list[tuple[str, int]]] = {}
    for topic, policy, times in session.execute(scope.narrow(counted, FamilyQuestion.school_id)):
        of_topics.setdefault(topic, []).append((policy, times))
    asked = (
        Asked(topic, sum(times for _, times in found), tuple((policy, times) for policy, times in found if policy))
        for topic, found in of_topics.items()
    )
    return sorted(asked, key=lambda one: -one.times)


def policies_of(session: Session, task: ContactTask) -> list[str]:
    """What the family may ask about: the policies its child has a row of."""
    rows = select(Entitlement.policy).where(Entitlement.pupil_id == task.pupil_id, Entitlement.term == task.term)
    return list(session.scalars(rows.order_by(Entitlement.policy)))


def _waits(term: SchoolTerm, kind: ContactTaskKind | None = None) -> tuple[ColumnElement[bool], ...]:
    of_kind = true() if kind is None else ContactTask.kind == kind
    return ContactTask.closed_at.is_(None), ContactTask.term == term.code, of_kind
