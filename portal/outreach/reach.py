"""告知证明: who is not reached yet, as names; and all that was done to reach one household, to be printed (G4)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Subquery, func, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.access.actors import actor_words
from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.lists import names_of
from portal.coverage.tallies import by_school, number, page_of, together
from portal.coverage.today import PUPILS, is_unreached
from portal.coverage.words import class_words, short_day
from portal.models import (
    AuditEntry,
    Confirmation,
    ContactRecord,
    ContactTask,
    EnrolmentRecord,
    Guardian,
    Message,
    MessagePupil,
    Unit,
)
from portal.outreach.lists import why_not
from portal.privacy.masking import mask_name, mask_phone
from portal.vocabulary import MessageState


@dataclass(frozen=True)
class Trace:
    """One thing that was done; ``reached`` only for a reply, a visit to the portal or a spoken contact."""

    at: datetime
    what: str
    who: str
    came_of_it: str
    reached: bool = False


@dataclass(frozen=True)
class Unreached:
    """``rung`` is how far it came, in words; ``late`` when its task is past its day; ``last`` what was done last."""

    pupil_id: UUID
    masked_name: str
    class_words: str
    school: str
    rung: str
    late: bool
    messages: int
    last: Trace | None


def count_unreached(session: Session, scope: Scope, term: SchoolTerm) -> int:
    return number(together(session, scope, term.code, PUPILS), "unreached")


def unreached(
    session: Session, scope: Scope, term: SchoolTerm, today: date, most: int, skip: int
) -> tuple[Unreached, ...]:
    """In the order of schools, so that one can be rung about its own; whom nobody reached for longest first (N3-8)."""
    of_schools = by_school(session, scope, term.code, PUPILS)
    numbers = {school: number(counts, "unreached") for school, counts in of_schools.items()}
    schools, skipped = page_of(session, numbers, skip, most)
    here = scope.of_schools(schools)
    sought = _sought(here, term)
    found = (
        select(EnrolmentRecord.pupil_id, EnrolmentRecord.grade, EnrolmentRecord.class_name, Unit.name)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .outerjoin(sought, sought.c.pupil_id == EnrolmentRecord.pupil_id)
        .where(is_unreached(here, term))
        .order_by(Unit.code, sought.c.since)  # without a task nobody is late yet: NULL stands last
        .order_by(EnrolmentRecord.grade_number, EnrolmentRecord.class_name, EnrolmentRecord.pupil_id)
    )
    page = here.narrow(found, EnrolmentRecord.school_id).limit(most).offset(skipped)
    rows = session.execute(page).all()
    ids = [row.pupil_id for row in rows]
    names = names_of(session, ids)
    standing = select(ContactTask).where(ContactTask.pupil_id.in_(ids), ContactTask.closed_at.is_(None))
    tasks = {task.pupil_id: task for task in session.scalars(standing)}
    counts = (
        select(MessagePupil.pupil_id, func.count(Message.sent_at))
        .join(Message, Message.id == MessagePupil.message_id)
        .where(MessagePupil.pupil_id.in_(ids), Message.matter.endswith(term.code))
        .group_by(MessagePupil.pupil_id)
    )
    sent, last = dict(iter(session.execute(counts))), _last(session, ids, term)
    return tuple(
        Unreached(
            row.pupil_id, mask_name(names.get(row.pupil_id, "")), class_words(row.grade, row.class_name), row.name,
            _rung(tasks.get(row.pupil_id), sent.get(row.pupil_id, 0)),
            row.pupil_id in tasks and tasks[row.pupil_id].due_on < today, sent.get(row.pupil_id, 0),
            last.get(row.pupil_id),
        )
        for row in rows
    )  # fmt: skip


def _sought(here: Scope, term: SchoolTerm) -> Subquery:
    """Since when a person is to reach each pupil's family, by a task of its own or of a number it shares."""
    own = select(ContactTask.pupil_id, ContactTask.opened_at).where(ContactTask.pupil_id.is_not(None))
    beside = (Guardian.phone_index == ContactTask.phone_index) & (Guardian.school_id == ContactTask.school_id)
    shared = select(Guardian.pupil_id, ContactTask.opened_at).join(Guardian, beside)
    tasks = union_all(
        *(here.narrow(one.where(ContactTask.term == term.code), ContactTask.school_id) for one in (own, shared))
    ).subquery()
    first = select(tasks.c.pupil_id, func.min(tasks.c.opened_at).label("since")).group_by(tasks.c.pupil_id)
    return first.subquery()


def _last(session: Session, pupils: list[UUID], term: SchoolTerm) -> dict[UUID, Trace]:
    """Of each pupil the latest message that left or word of a person: by what channel and what came of it, not by whom
    (N3-8)."""
    left = (
        select(MessagePupil.pupil_id, Message)
        .join(Message, Message.id == MessagePupil.message_id)
        .where(MessagePupil.pupil_id.in_(pupils), Message.matter.endswith(term.code), Message.sent_at.is_not(None))
        .ext(distinct_on(MessagePupil.pupil_id))
        .order_by(MessagePupil.pupil_id, Message.sent_at.desc())
    )
    spoken = (
        select(ContactRecord)
        .where(ContactRecord.pupil_id.in_(pupils), ContactRecord.at >= term.begins_at)
        .ext(distinct_on(ContactRecord.pupil_id))
        .order_by(ContactRecord.pupil_id, ContactRecord.at.desc())
    )
    found = {pupil_id: _of_message(message) for pupil_id, message in session.execute(left)}
    for contact in session.scalars(spoken):
        trace = _of_contact(contact)
        found[contact.pupil_id] = max(trace, found.get(contact.pupil_id, trace), key=lambda one: one.at)
    return found


def _rung(task: ContactTask | None, sent: int) -> str:
    if task is not None:
        return f"{task.assignee}{task.kind.label}，{task.due_on} 前"
    return f"发过 {sent} 条短信，还没有回应" if sent else "还没有联系"


def traces(session: Session, pupil_id: UUID, term: SchoolTerm) -> tuple[Trace, ...]:
    """Everything done for one household this term, oldest first; the scope was looked at before."""
    found = [*_of_messages(session, pupil_id, term), *_of_people(session, pupil_id, term)]
    said = select(Confirmation).where(Confirmation.pupil_id == pupil_id, Confirmation.term == term.code)
    for answer in session.scalars(said):
        who = actor_words(session, answer.by)
        words = f"{'在校' if answer.in_school else '不在校'}，{'需要资助' if answer.wants_aid else '不需要资助'}"
        found.append(Trace(answer.said_at, "就学信息确认", who, f"{words}，回执 {answer.receipt}", True))
    return tuple(sorted(found, key=lambda trace: trace.at))


def _of_messages(session: Session, pupil_id: UUID, term: SchoolTerm) -> list[Trace]:
    statement = (
        select(Message)
        .join(MessagePupil, MessagePupil.message_id == Message.id)
        .where(MessagePupil.pupil_id == pupil_id, Message.matter.endswith(term.code))
    )
    messages = {str(message.id): message for message in session.scalars(statement)}
    again = select(AuditEntry).where(AuditEntry.pupil_id == pupil_id, AuditEntry.action == "sent_again")
    before = [
        _before_again(session, messages[entry.detail["message"]], entry)
        for entry in session.scalars(again)
        if entry.detail["message"] in messages
    ]
    return [*before, *map(_of_message, messages.values())]


def _of_message(message: Message) -> Trace:
    return Trace(
        message.sent_at or message.planned_at,
        f"{message.channel.label} {mask_phone(message.phone or '')}",
        f"门户 · 第 {message.template_version} 版文案" if message.template else "门户",
        message.state.label + _why(message),
    )


def _before_again(session: Session, message: Message, entry: AuditEntry) -> Trace:
    """The attempt of which nobody knew what became, and who had it sent once more."""
    decided = f"{short_day(local(entry.at).date())}{actor_words(session, entry.actor)}决定再发一次"
    left_at = datetime.fromisoformat(entry.detail["left_at"])
    return replace(_of_message(message), at=left_at, came_of_it=f"{MessageState.UNKNOWN.label}；{decided}")


def _why(message: Message) -> str:
    return f"：{why_not(message.because)}" if message.because else ""


def _of_people(session: Session, pupil_id: UUID, term: SchoolTerm) -> list[Trace]:
    contacts = select(ContactRecord).where(ContactRecord.pupil_id == pupil_id, ContactRecord.at >= term.begins_at)
    found = [_of_contact(contact, actor_words(session, contact.by)) for contact in session.scalars(contacts)]
    tasks = select(ContactTask).where(ContactTask.pupil_id == pupil_id, ContactTask.term == term.code)
    for task in session.scalars(tasks):
        ended = f"：{task.outcome}" if task.closed_at else f"：{task.due_on} 前办"
        found.append(Trace(task.opened_at, f"交给{task.assignee}{task.kind.label}", "门户", task.because + ended))
    return found


def _of_contact(contact: ContactRecord, who: str = "") -> Trace:
    came_of_it = filter(None, ["联系上" if contact.reached else "没联系上", contact.outcome])
    return Trace(contact.at, contact.channel.label, who, "；".join(came_of_it), contact.reached)


def pupils_unreached(session: Session, scope: Scope, term: SchoolTerm, most: int) -> list[UUID]:
    """At most so many, and one more to tell that there are more."""
    pupils = select(EnrolmentRecord.pupil_id).where(is_unreached(scope, term))
    return list(session.scalars(scope.narrow(pupils, EnrolmentRecord.school_id).limit(most + 1)))
