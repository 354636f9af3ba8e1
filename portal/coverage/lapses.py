"""名单失效: a register is put right, withdrawn by its bureau, or expires; what rested on it is told, never deleted.

The entries go: nothing may be matched with a list that holds no longer. Pairs fall with the moment they fell, and an
open ledger row goes on as somebody's work (N1-3). Expiry alone leaves the pairs: nobody said they are wrong.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, delete, exists, false, func, select, text, update
from sqlalchemy.orm import Session, aliased

from portal import audit
from portal.coverage.steps import LIST_GONE, PAID, note_change, take_step
from portal.database import lock
from portal.enrolment.bureau_questions import close_moot
from portal.enrolment.matching_runs import ONE_AT_A_TIME, MatchingBusy
from portal.intake.findings import Findings
from portal.intake.keep_register import keep_register
from portal.intake.progress import Progress
from portal.intake.receive import actor_of
from portal.intake.spreadsheet import Table
from portal.models import Entitlement, Intake, MatchPair, RegisterEntry, Unit
from portal.vocabulary import Decision, EntitlementState, IntakeKind, IntakeState

WITHDRAWN = "所依据的名单由提供部门撤回"
PUT_RIGHT = "所依据的名单已更正，孩子不在新的名单里"


class NotWithdrawn(ValueError):
    """One sentence: why this register cannot be withdrawn."""


@dataclass(frozen=True)
class AtSchool:
    """What rests on a register at one school: pupils certain, pupils in doubt, rows of the ledger."""

    school: str
    certain: int
    doubtful: int
    rows: int


@dataclass(frozen=True)
class Resting:
    """Counts alone: a bureau never sees who goes to which school."""

    schools: tuple[AtSchool, ...]

    @property
    def certain(self) -> int:
        return sum(school.certain for school in self.schools)

    @property
    def doubtful(self) -> int:
        return sum(school.doubtful for school in self.schools)

    @property
    def rows(self) -> int:
        return sum(school.rows for school in self.schools)


def resting_on(session: Session, intake: Intake) -> Resting:
    """Standing pairs, and ledger rows that rest on nothing else, school by school; the session must reach them."""
    sure = func.coalesce(MatchPair.outcome == Decision.CERTAIN, false())
    pupils = (
        select(Unit.name, MatchPair.pupil_id, func.bool_or(sure))
        .join(Unit, Unit.id == MatchPair.school_id)
        .where(*_standing_on(intake))
        .group_by(Unit.name, MatchPair.pupil_id)
    )
    certain: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    for school, _, is_certain in session.execute(pupils):
        (certain if is_certain else doubtful)[school] += 1
    rows = Counter(session.scalars(_rows_on(intake).join(Unit).with_only_columns(Unit.name)))
    return Resting(
        tuple(
            AtSchool(school, certain[school], doubtful[school], rows[school])
            for school in sorted(certain | doubtful | rows)
        )
    )


def withdraw(session: Session, intake: Intake, by: str, now: datetime) -> Resting:
    """撤回: the bureau takes its own batch back. Raises NotWithdrawn, or MatchingBusy while a run is at work."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
        raise MatchingBusy("正在比对：请等它结束后再撤回")
    lock(session, intake)
    if intake.kind is not IntakeKind.REGISTER or intake.state is not IntakeState.KEPT:
        raise NotWithdrawn(f"这份文件{intake.state.label}，不能撤回")
    resting = resting_on(session, intake)
    _let_go(session, intake, WITHDRAWN, by, now)
    _end(session, intake, IntakeState.WITHDRAWN, now)
    audit.record(
        session, by, "register_withdrawn", unit_id=intake.unit_id, occasion=intake.occasion, intake=str(intake.id),
        rows=intake.kept, certain=resting.certain, possible=resting.doubtful,
    )  # fmt: skip
    return resting


def keep_in_place(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> Findings:
    """Keeps a register beside the others of its batch or, where it was delivered as the whole list, in their place."""
    findings = keep_register(session, intake, table, now, progress)
    session.execute(text("SET LOCAL lock_timeout = 0"))  # behind another file of the unit, or a run, it waits its turn
    session.execute(select(Unit.id).where(Unit.id == intake.unit_id).with_for_update(key_share=True))
    for earlier in earlier_of(session, intake) if intake.replaces else ():
        progress.step("代替同批次的上一份")
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        _hand_over(session, earlier.id, intake.id)
        by = actor_of(session, intake)
        _let_go(session, earlier, PUT_RIGHT, by, now)
        _end(session, earlier, IntakeState.REPLACED, now)
        audit.record(
            session, by, "register_replaced", unit_id=intake.unit_id, occasion=intake.occasion,
            intake=str(earlier.id), rows=earlier.kept, kept=findings.kept,
        )  # fmt: skip
    return findings


def earlier_of(session: Session, intake: Intake) -> list[Intake]:
    """The registers that this one takes, or would take, the place of."""
    same = select(Intake).where(
        Intake.kind == IntakeKind.REGISTER,
        Intake.unit_id == intake.unit_id,
        Intake.occasion == intake.occasion,
        Intake.category == intake.category,
        Intake.state == IntakeState.KEPT,
        Intake.id != intake.id,
    )
    return list(session.scalars(same.order_by(Intake.arrived_at)))


def expire(session: Session, now: datetime, today: date) -> int:
    """到期销毁: how many registers were destroyed; the pairs found by them stay, with their evidence."""
    due = select(Intake).where(
        Intake.kind == IntakeKind.REGISTER, Intake.state == IntakeState.KEPT, Intake.expires_on <= today
    )
    expired = list(session.scalars(due.with_for_update(of=Intake, skip_locked=True)))
    for intake in expired:
        _end(session, intake, IntakeState.EXPIRED, now)
        audit.record(
            session, "portal", "register_expired", unit_id=intake.unit_id, occasion=intake.occasion,
            intake=str(intake.id), rows=intake.kept,
        )  # fmt: skip
    return len(expired)


def _end(session: Session, intake: Intake, state: IntakeState, now: datetime) -> None:
    session.execute(delete(RegisterEntry).where(RegisterEntry.intake_id == intake.id))
    close_moot(session, select(Unit.id), now)
    intake.state, intake.ended_at = state, now
    session.flush()


def _standing_on(intake: Intake) -> tuple[ColumnElement[bool], ...]:
    return MatchPair.intake_id == intake.id, MatchPair.superseded_at.is_(None)


def _rows_on(intake: Intake) -> Select[Entitlement]:
    """Rows of pupils whose only certain pairs of the term are in this register."""
    here, elsewhere = aliased(MatchPair), aliased(MatchPair)
    return select(Entitlement).where(
        exists().where(here.intake_id == intake.id, *_carries(here)),
        ~exists().where(elsewhere.intake_id != intake.id, *_carries(elsewhere)),
    )


def _carries(pair: type[MatchPair]) -> tuple[ColumnElement[bool], ...]:
    """What may open a row: a pair that is sure by rule or because a person settled it."""
    return (
        pair.pupil_id == Entitlement.pupil_id,
        pair.term == Entitlement.term,
        pair.superseded_at.is_(None),
        pair.outcome == Decision.CERTAIN,
    )


def _let_go(session: Session, intake: Intake, because: str, by: str, now: datetime) -> None:
    """The pairs fall; a row that rested on them says so, and is the county's to look into unless the money is out."""
    rows = list(session.scalars(_rows_on(intake).order_by(Entitlement.id)))
    session.execute(update(MatchPair).where(*_standing_on(intake)).values(superseded_at=now))
    for row in rows:
        lock(session, row)
        if row.closed_on or row.state in (PAID, EntitlementState.RECEIVED):
            note_change(session, row, by, now, because)
        else:
            take_step(session, row, row.state, by, now, because, LIST_GONE)


def _hand_over(session: Session, earlier: UUID, later: UUID) -> None:
    """Pairs of people who stand on both lists go over to the new entry, and with them whatever a person decided.

    Whoever stands there twice is told apart by the order of the entries.
    """
    old, new = _counted(earlier), _counted(later)
    session.execute(
        update(MatchPair)
        .where(
            MatchPair.register_entry_id == old.c.id,
            MatchPair.superseded_at.is_(None),
            and_(old.c.number == new.c.number, old.c.place == new.c.place),
        )
        .values(register_entry_id=new.c.id, intake_id=later)
    )


def _counted(intake: UUID) -> Subquery:
    place = func.row_number().over(partition_by=RegisterEntry.id_number_index, order_by=RegisterEntry.id)
    return (
        select(RegisterEntry.id, RegisterEntry.id_number_index.label("number"), place.label("place"))
        .where(RegisterEntry.intake_id == intake, RegisterEntry.id_number_index.is_not(None))
        .subquery()
    )
