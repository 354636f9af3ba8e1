"""应助尽助 in figures: the rows of a unit and term by state, and the gap in yuan (G7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
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


def totals(session: Session, scope: Scope, term: str, today: date) -> Totals:
    is_open = Entitlement.closed_on.is_(None)
    lacking = or_(Entitlement.next_step == "", Entitlement.next_step_due.is_(None), Entitlement.reason.is_(None))
    statement = select(
        Entitlement.state,
        func.count(),
        func.count().filter(and_(is_open, lacking)),
        func.coalesce(func.sum(gap_of_row()).filter(is_in_gap()), 0),
        func.count().filter(and_(is_open, Entitlement.next_step_due < today)),
    ).where(Entitlement.term == term)
    found = session.execute(scope.narrow(statement, Entitlement.school_id).group_by(Entitlement.state)).all()
    by_state = {
        state.value: count for state, count, *_ in sorted(found, key=lambda row: list(EntitlementState).index(row[0]))
    }
    return Totals(
        rows=sum(by_state.values()),
        by_state=by_state,
        open_without_next_step=sum(row[2] for row in found),
        gap_yuan=sum((row[3] for row in found), Decimal(0)),
        overdue=sum(row[4] for row in found),
    )
