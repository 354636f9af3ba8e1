"""学籍变动 and the ledger: no row leaves the old school before the new one takes it, none goes on as if nothing was."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from portal.clock import local
from portal.coverage.progress import is_missing, note_paid
from portal.coverage.reasons import REASONS
from portal.coverage.steps import (
    DROPPED_OUT,
    MOVING,
    MOVING_NOWHERE,
    NOT_RECEIVED,
    NOT_THERE,
    PAID,
    PAID_BEFORE_DEATH,
    STEPS,
    TRUANT,
    Mover,
    Step,
    close,
    take_step,
)
from portal.coverage.words import day_words
from portal.database import lock
from portal.enrolment import moves
from portal.enrolment.arrivals import arrive
from portal.enrolment.moves import Event, MoveRefused
from portal.models import Award, Entitlement, Move, Pupil, StaffMember
from portal.vocabulary import EntitlementState, MoveEnd, MoveKind, UnitLevel

REASON_OF = {
    # the event: the code of the managed list its rows get
    MoveKind.TRANSFER: "R01",
    MoveKind.SUSPENSION: "R02",
    MoveKind.GRADUATION: "R03",
    MoveKind.DROP_OUT: "R04",
    MoveKind.DEATH: "R06",
}
ENDS = {
    # what a move came to: how its rows say so
    MoveEnd.RETURNED: "孩子已返校",
    MoveEnd.TAKEN_BACK: "登记有误，变动已撤销",
    MoveEnd.SENT_BACK: "转入学校退回：没有接收",
}
SAY_WHY = "请写一句话：为什么不是本校的学生"


@dataclass(frozen=True)
class Aid:
    """One policy of the term, as the new school is told of it."""

    policy: str
    due: Decimal | None
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return max((self.due or Decimal(0)) - self.paid, Decimal(0))


def record(session: Session, pupil: Pupil, event: Event, by: StaffMember, now: datetime) -> Move:
    """Raise MoveRefused. Open rows get their reason and next step at once; what was received stays as it is."""
    move = moves.record(session, pupil, event, by, now)
    what = f"{day_words(move.happened_on)}{move.kind.label.partition('、')[0]}"
    for row in _open_rows(session, move):
        _follow(session, row, move, by.unit.level, by.actor, now, what)
    tell_sums(session, move)
    return move


def _follow(
    session: Session, row: Entitlement, move: Move, level: UnitLevel, by: str, now: datetime, what: str
) -> None:
    kind, paid = move.kind, row.state is PAID
    if kind is MoveKind.TRANSFER and not is_missing(row):
        step = MOVING if move.to_school else MOVING_NOWHERE
        to = f"，转往{move.to_school.name}" if move.to_school else ""
        take_step(session, row, row.state, by, now, what + to, step, move.due_on if move.to_school else None)
    elif kind is MoveKind.DROP_OUT:
        take_step(session, row, row.state, by, now, what, TRUANT if move.compulsory else DROPPED_OUT)
    elif kind is MoveKind.DEATH and paid:
        take_step(session, row, row.state, by, now, "学籍变动", PAID_BEFORE_DEATH)
    elif kind in REASON_OF and not paid and not is_missing(row):
        _give(session, row, REASON_OF[kind], level, by, now, "学籍变动" if kind is MoveKind.DEATH else what)


def _give(session: Session, row: Entitlement, code: str, level: UnitLevel, by: str, now: datetime, what: str) -> None:
    """As ``unaided.give_reason`` does it: what a school says waits for the unit above."""
    reason = REASONS[code]
    if level in reason.closed_by:
        close(session, row, row.state, code, by, now, what)
    else:
        take_step(session, row, row.state, by, now, what, Step(Mover.ABOVE, reason.step, reason.days, code))


def accept(session: Session, move: Move, class_name: str, by: StaffMember, now: datetime) -> Pupil:
    """Raise MoveRefused; the session must reach both schools. Open rows go over with what was paid of them."""
    rows = _open_rows(session, move)
    pupil = arrive(session, move, class_name, by.actor, now)
    for row in rows:
        lock(session, row)
        missing, due = is_missing(row), row.next_step_due
        close(session, row, row.state, REASON_OF[move.kind], by.actor, now, f"{pupil.school.name}已接收，离开本校")
        row.school, row.school_id = pupil.school, pupil.school_id
        step = NOT_RECEIVED if missing else STEPS[row.state, row.claim_mode]
        take_step(session, row, row.state, by.actor, now, f"由{move.school.name}转来", step, due if missing else None)
    _join_rows(session, pupil)
    _join_payments(session, pupil, by.actor, now)
    session.flush()
    return pupil


def _join_payments(session: Session, pupil: Pupil, by: str, now: datetime) -> None:
    """What either school paid stands where the row of its grant does, and the row is told the sum."""
    for row in session.scalars(_of(pupil.id)).all():
        grant = Award.pupil_id == row.pupil_id, Award.policy == row.policy, Award.term == row.term
        session.execute(update(Award).where(*grant).values(school_id=row.school_id))
        paid = session.scalar(select(func.sum(Award.yuan)).where(*grant))
        if paid is not None:
            note_paid(session, row, paid, by, now)


def _join_rows(session: Session, pupil: Pupil) -> None:
    """Rows that the new school opened for the same child before it was known to be the same."""
    has = {(row.policy, row.term) for row in session.scalars(_of(pupil.id))}
    person = (pupil.id_number_index or b"") + pupil.name_index
    others = select(Entitlement).where(Entitlement.person == person, Entitlement.pupil_id != pupil.id)
    for row in session.scalars(others.where(Entitlement.school_id == pupil.school_id)).all():
        if (row.policy, row.term) not in has:
            row.pupil_id = pupil.id


def finish(session: Session, move: Move, how: MoveEnd, by: StaffMember, now: datetime, because: str = "") -> None:
    """返校、撤销、退回、转到省外: raise MoveRefused. The session must reach the school that was left."""
    actor, level = by.actor, by.unit.level
    if how is MoveEnd.ABROAD and level is UnitLevel.SCHOOL:
        raise MoveRefused("转到省外由资助中心核实后办结；学校不能结束这一行")
    if how is MoveEnd.SENT_BACK and not because.strip():
        raise MoveRefused(SAY_WHY)
    rows = _rows_by(session, move)
    moves.end(session, move, how, actor, now, because)
    if how is MoveEnd.ABROAD:
        moves.leave_roll(session, move.pupil_id, move.school_id, move.happened_on)
    for row in rows:
        lock(session, row)
        if how is MoveEnd.ABROAD:
            if row.closed_on is None and row.state is not PAID:
                close(session, row, row.state, REASON_OF[MoveKind.TRANSFER], actor, now, "核实：转到省外就读")
        else:
            step = NOT_THERE if how is MoveEnd.SENT_BACK else STEPS[row.state, row.claim_mode]
            take_step(session, row, row.state, actor, now, ENDS[how], step)
    session.flush()


def name_school(session: Session, move: Move, written: str, by: StaffMember, now: datetime) -> None:
    """查明转入学校. Raise MoveRefused."""
    moves.name_school(session, move, written, by, now)
    for row in _rows_by(session, move):
        lock(session, row)
        what = f"查明转往{move.to_school.name if move.to_school else ''}"
        take_step(session, row, row.state, by.actor, now, what, MOVING, move.due_on)


def tell_sums(session: Session, move: Move) -> None:
    """What the new school reads of due and paid."""
    session.flush()
    rows = session.scalars(_of(move.pupil_id).where(Entitlement.term == move.term, Entitlement.retracted.is_(False)))
    told = [(row.policy, None if row.due_yuan is None else str(row.due_yuan), str(row.paid_yuan)) for row in rows]
    move.aids = json.dumps(told)


def tell_anew(session: Session, pupil_id: UUID) -> None:
    """Money came in for a child on its way: the new school reads the new sums."""
    move = moves.standing_move(session, pupil_id)
    if move is not None and move.kind is MoveKind.TRANSFER:
        tell_sums(session, move)


def aids_of(move: Move) -> tuple[Aid, ...]:
    told = json.loads(move.aids or "[]")
    return tuple(Aid(policy, None if due is None else Decimal(due), Decimal(paid)) for policy, due, paid in told)


def _of(pupil_id: UUID) -> Select[Entitlement]:
    return select(Entitlement).where(Entitlement.pupil_id == pupil_id).order_by(Entitlement.policy)


def _open_rows(session: Session, move: Move) -> list[Entitlement]:
    """Of every term: what was not received goes with the child; locked until the commit."""
    open_ones = _of(move.pupil_id).where(Entitlement.closed_on.is_(None), Entitlement.school_id == move.school_id)
    return list(session.scalars(open_ones.with_for_update(of=Entitlement)))


def _rows_by(session: Session, move: Move) -> list[Entitlement]:
    """Those that stand as this move left them, open or ended by it."""
    since = local(move.recorded_at).date()
    rows = session.scalars(_of(move.pupil_id).where(Entitlement.reason == REASON_OF[move.kind]))
    return [
        row
        for row in rows
        if row.state is not EntitlementState.RECEIVED and (row.closed_on is None or row.closed_on >= since)
    ]
