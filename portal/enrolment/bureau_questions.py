"""请部门核实: the bureau is asked about entries of its own register, and what it answers comes back to the queue.

A bureau decides nothing: the officer who asked settles the pair with the answer before their eyes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.database import lock
from portal.enrolment.beside import guardian_of
from portal.models import BureauQuestion, Intake, MatchPair, Settlement, StaffMember
from portal.models.bureau_question import COPIES
from portal.vocabulary import Basis, BureauAnswer, UnitLevel

LATELY = 50


class NotAnswered(ValueError):
    """One sentence: why this answer cannot be taken."""


def has_bureau(session: Session, pair: MatchPair) -> bool:
    """Whether a bureau delivered the register; who brought in a list for others asks them outside."""
    return pair.entry is not None and session.get_one(Intake, pair.intake_id).unit.level is UnitLevel.BUREAU


def ask(session: Session, settlement: Settlement, pair: MatchPair, by: StaffMember, now: datetime) -> None:
    """Put the pair to the bureau that delivered its register, where one did."""
    intake, entry = session.get_one(Intake, pair.intake_id), pair.entry
    if entry is None or not has_bureau(session, pair):
        return
    asker = by.unit.parent if by.unit.level is UnitLevel.SCHOOL and by.unit.parent else by.unit
    question = BureauQuestion(
        settlement_id=settlement.id,
        unit_id=intake.unit_id,
        school_id=pair.school_id,
        pupil_id=pair.pupil_id,
        basis=pair.basis,
        occasion=intake.occasion,
        register_row=entry.register_row,
        asked_by_unit=asker.name,
        asked_at=now,
        doubt=pair.because,
        pupil_name=pair.pupil.name,
        pupil_number=pair.pupil.id_number,
        entry_name=entry.name,
        entry_number=entry.id_number,
    )
    guardian = guardian_of(pair.pupil, entry) if pair.basis is Basis.GUARDIAN else None
    if guardian is not None:
        question.guardian_name, question.guardian_number = guardian.name, guardian.id_number
    session.add(question)


def asked_of(session: Session, unit_id: UUID) -> list[BureauQuestion]:
    """What waits for this unit's answer, the oldest first, then what it answered lately."""
    mine = select(BureauQuestion).where(BureauQuestion.unit_id == unit_id)
    waiting = mine.where(_waits()).order_by(BureauQuestion.asked_at, BureauQuestion.id)
    answered = mine.where(BureauQuestion.answer.is_not(None)).order_by(BureauQuestion.answered_at.desc()).limit(LATELY)
    return [*session.scalars(waiting), *session.scalars(answered)]


def count_asked(session: Session, unit_id: UUID) -> int:
    waiting = select(func.count(BureauQuestion.id)).where(BureauQuestion.unit_id == unit_id, _waits())
    return session.scalar(waiting) or 0


def find_question(session: Session, scope: Scope, question_id: UUID) -> BureauQuestion:
    """Raise NotInScope for what was not asked of this unit."""
    return scope.find(session, BureauQuestion, question_id, BureauQuestion.unit_id)


def answer(
    session: Session, question: BureauQuestion, said: BureauAnswer, note: str, by: StaffMember, now: datetime
) -> None:
    """Said again it takes the place of what was said, until the question is closed."""
    lock(session, question)
    if question.closed_at:
        raise NotAnswered("这一条已经办结或撤回，不用再答复")
    question.answer, question.note = said, note
    question.answered_by, question.answered_at = by.actor, now
    audit.record(
        session, question.answered_by, "bureau_answered",
        unit_id=question.unit_id, pupil_id=question.pupil_id, answer=said.value,
    )  # fmt: skip


def answered() -> ColumnElement[bool]:
    """Of a pair that was put to a bureau: the answer is here."""
    return exists().where(
        BureauQuestion.settlement_id == MatchPair.settlement_id,
        BureauQuestion.closed_at.is_(None),
        BureauQuestion.answer.is_not(None),
    )


def questions_on(session: Session, settlements: Collection[UUID]) -> dict[UUID, Sequence[BureauQuestion]]:
    """The open ones by the settlement that asked, with or without an answer."""
    found: dict[UUID, list[BureauQuestion]] = {}
    asked = select(BureauQuestion).where(
        BureauQuestion.settlement_id.in_(settlements), BureauQuestion.closed_at.is_(None)
    )
    for question in session.scalars(asked.order_by(BureauQuestion.asked_at, BureauQuestion.id)):
        found.setdefault(question.settlement_id, []).append(question)
    return dict(found)


def answer_words(question: BureauQuestion) -> str:
    """部门答复：是。已在系统里订正号码; empty while there is none."""
    if question.answer is None:
        return ""
    return f"部门答复：{question.answer.label}" + (f"（{question.note}）" if question.note else "")


def close(session: Session, settlements: Collection[UUID], now: datetime) -> None:
    """Those settled otherwise or taken back; names and numbers are not kept here."""
    _close(session, BureauQuestion.settlement_id.in_(settlements), now)


def close_moot(session: Session, schools: Select[UUID], now: datetime) -> None:
    """Those of these schools whose pair fell, or says something else now."""
    stands = exists().where(
        MatchPair.settlement_id == BureauQuestion.settlement_id,
        MatchPair.superseded_at.is_(None),
        MatchPair.register_entry_id.is_not(None),
    )
    _close(session, BureauQuestion.school_id.in_(schools) & ~stands, now)


def _close(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    emptied = {f"{name}_sealed": None for name in COPIES}
    closing = update(BureauQuestion).where(which, BureauQuestion.closed_at.is_(None))
    session.execute(closing.values(closed_at=now, **emptied))


def _waits() -> ColumnElement[bool]:
    return BureauQuestion.answer.is_(None) & BureauQuestion.closed_at.is_(None)
