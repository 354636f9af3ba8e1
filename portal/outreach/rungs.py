"""梯级: what a person does where messages end, whose task it becomes, and what the ledger says meanwhile: one table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access.one_to_one import in_class
from portal.clock import SchoolTerm, local
from portal.coverage.steps import Mover, Step, days_after, take_step
from portal.enrolment.candidates import among
from portal.models import ContactTask, EnrolmentRecord, Entitlement, Guardian, SchoolClass, Unit
from portal.vocabulary import ContactTaskKind, EntitlementState


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
GIVE_WAY = [kind for kind, rung in RUNGS.items() if rung.then]
NO_NUMBER = replace(VISIT, step=NUMBERS.step)
"""Nothing to ring at all."""


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


def families_of(session: Session, term: SchoolTerm, pupil_ids: Iterable[UUID]) -> list[Family]:
    """In the order of schools and classes."""
    has_phone = exists().where(Guardian.pupil_id == EnrolmentRecord.pupil_id, Guardian.phone_index.is_not(None))
    rows = session.execute(
        select(EnrolmentRecord.pupil_id, Unit, SchoolClass.teacher, has_phone)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .outerjoin(SchoolClass, in_class())
        .where(
            among(EnrolmentRecord.pupil_id, pupil_ids),
            EnrolmentRecord.term == term.code,
            EnrolmentRecord.left_on.is_(None),
        )
        .order_by(Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name)
    )
    return [Family(pupil_id, school, teacher or "", phone) for pupil_id, school, teacher, phone in rows]


def open_tasks(
    session: Session, rung: Rung, term: SchoolTerm, families: Sequence[tuple[Family, str]], now: datetime
) -> int:
    """Of each family, and why; how many are new. Their rows that are only matched say what is awaited."""
    if not families:
        return 0
    rows = [
        task_values(rung, term, family.school.id, family.assignee, because, now) | {"pupil_id": family.pupil_id}
        for family, because in families
    ]
    made = insert(ContactTask).on_conflict_do_nothing().returning(ContactTask.pupil_id)
    opened = [pupil_id for pupil_id in session.scalars(made, rows) if pupil_id]
    say_in_ledger(session, opened, term, rung, now)
    return len(opened)


def task_values(
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


def say_in_ledger(session: Session, pupil_ids: Iterable[UUID], term: SchoolTerm, rung: Rung, now: datetime) -> None:
    rows = session.scalars(
        select(Entitlement).where(
            among(Entitlement.pupil_id, pupil_ids),
            Entitlement.term == term.code,
            Entitlement.closed_on.is_(None),
            Entitlement.state == EntitlementState.MATCHED,
            Entitlement.next_step != rung.step.words,
        )
    )
    for row in rows.all():
        take_step(session, row, row.state, "portal", now, rung.step.words, rung.step)


def close(task: ContactTask, outcome: str, by: str, now: datetime) -> None:
    task.closed_at, task.closed_by, task.outcome = now, by, outcome
