"""应助尽助 in figures: the rows of a unit and term by state, and the gap in yuan (G7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.coverage.tallies import FEN, Counts, Found, Tally, together
from portal.models import Entitlement
from portal.vocabulary import EntitlementState

COUNTED_AS_AIDED = (EntitlementState.PAID, EntitlementState.RECEIVED)


@dataclass(frozen=True)
class Totals:
    """``open_without_next_step`` is asked of the rows themselves, though the database refuses such a row."""

    rows: int
    by_state: dict[str, int]
    open_without_next_step: int
    gap_yuan: Decimal
    """Due − paid over all rows but those that ended by an accepted reason. What the paying file says is paid counts
    until the family says it did not come; then the whole sum is in the gap again. Rows without a sure sum count 0."""
    overdue: int

    def as_json(self) -> dict[str, object]:
        gap = self.gap_yuan
        return {
            "rows": self.rows,
            "by_state": self.by_state,
            "open_without_next_step": self.open_without_next_step,
            "gap_yuan": int(gap) if gap == gap.to_integral_value() else float(gap),
        }


def is_in_gap() -> ColumnElement[bool]:
    """All rows but those that ended by an accepted reason."""
    return or_(Entitlement.closed_on.is_(None), Entitlement.state == EntitlementState.RECEIVED)


def gap_of_row() -> ColumnElement[Decimal]:
    """Yuan due and not on record as paid."""
    aided = case((Entitlement.state.in_(COUNTED_AS_AIDED), Entitlement.paid_yuan), else_=0)
    return func.greatest(func.coalesce(Entitlement.due_yuan, 0) - aided, 0)


def _rows_of(session: Session, scope: Scope, term: str) -> Found:
    """By state the rows, those of them that are open without a next step, and the gap in 分; by day what is due."""
    is_open = Entitlement.closed_on.is_(None)
    lacking = or_(Entitlement.next_step == "", Entitlement.next_step_due.is_(None), Entitlement.reason.is_(None))
    sums = func.count(), func.count().filter(and_(is_open, lacking)), func.sum(gap_of_row()).filter(is_in_gap())
    by_state = select(Entitlement.school_id, Entitlement.state, *sums).where(Entitlement.term == term)
    by_state = scope.narrow(by_state, Entitlement.school_id).group_by(Entitlement.school_id, Entitlement.state)
    for school, state, rows, without, gap in session.execute(by_state):
        yield school, ("state", state.value), (rows, without, int((gap or 0) * FEN))
    due = select(Entitlement.school_id, Entitlement.next_step_due, func.count()).where(
        Entitlement.term == term, is_open, Entitlement.next_step_due.is_not(None)
    )
    by_day = scope.narrow(due, Entitlement.school_id).group_by(Entitlement.school_id, Entitlement.next_step_due)
    for school, day, rows in session.execute(by_day):
        yield school, ("due", str(day)), (rows,)


ROWS = Tally("ledger-1", _rows_of)


def totals(session: Session, scope: Scope, term: str, today: date) -> Totals:
    counts = together(session, scope, term, ROWS)
    of_state = {state: counts[key] for state in EntitlementState if (key := ("state", state.value)) in counts}
    return Totals(
        rows=sum(rows for rows, _, _ in of_state.values()),
        by_state={state.value: rows for state, (rows, _, _) in of_state.items()},
        open_without_next_step=sum(without for _, without, _ in of_state.values()),
        gap_yuan=sum((Decimal(gap) / FEN for _, _, gap in of_state.values()), Decimal(0)),
        overdue=sum(rows for day, rows in days_due(counts).items() if day < today),
    )


def days_due(counts: Counts) -> dict[date, int]:
    """On which days steps of open rows are due, and how many, of what ``ROWS`` counted."""
    return {date.fromisoformat(key[1]): numbers[0] for key, numbers in counts.items() if key[0] == "due"}
