"""今天: the figures at the top of an officer's day and what waits behind them, within a scope."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, distinct, exists, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal import clock
from portal.access.scope import Scope
from portal.clock import SHANGHAI, SchoolTerm
from portal.coverage.as_of import Standing
from portal.coverage.steps import MISSING
from portal.coverage.totals import totals
from portal.enrolment.standing import stands, waits
from portal.models import Confirmation, ContactRecord, Entitlement, Intake, MatchPair
from portal.vocabulary import Decision, EntitlementState, IntakeState, Role


@dataclass(frozen=True)
class Figures:
    """Pupils, but for the yuan; ``aware`` are those ``recognised`` whose family answered, visited or was spoken to."""

    recognised: int
    aware: int
    unaided: int
    gap_yuan: Decimal


def figures(session: Session, scope: Scope, term: SchoolTerm) -> Figures:
    certain = select(MatchPair).where(stands(term.code), MatchPair.outcome == Decision.CERTAIN)
    recognised = scope.narrow(certain.with_only_columns(_pupils()), MatchPair.school_id)
    unaided = select(func.count(distinct(Entitlement.pupil_id))).where(Entitlement.term == term.code, is_unaided())
    return Figures(
        recognised=session.scalar(recognised) or 0,
        aware=session.scalar(recognised.where(is_aware(MatchPair.pupil_id, term))) or 0,
        unaided=session.scalar(scope.narrow(unaided, Entitlement.school_id)) or 0,
        gap_yuan=totals(session, scope, term.code, clock.today()).gap_yuan,
    )


def is_unaided(rows: Standing = Entitlement) -> ColumnElement[bool]:
    """An open row whose money, or waiver, is not recorded as given in full."""
    full = or_(rows.due_yuan.is_(None), rows.paid_yuan >= rows.due_yuan)
    return and_(rows.closed_on.is_(None), not_(and_(rows.state == EntitlementState.PAID, full)))


def is_not_received(rows: Standing = Entitlement) -> ColumnElement[bool]:
    """An open row whose money is on record as paid and, says the family, did not come."""
    return and_(rows.closed_on.is_(None), rows.next_step.in_(MISSING))


def is_aware(pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm) -> ColumnElement[bool]:
    """The pupil's family answered, visited or was spoken to since the term began."""
    return or_(*_signs(pupil_id, term))


def is_unaware(pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm) -> ColumnElement[bool]:
    """Neither, each said for itself: PostgreSQL joins what is not there, but asks row by row for not (a or b)."""
    return and_(*map(not_, _signs(pupil_id, term)))


def _signs(pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    answered = exists().where(Confirmation.pupil_id == pupil_id, Confirmation.term == term.code)
    reached = exists().where(
        ContactRecord.pupil_id == pupil_id, ContactRecord.reached, ContactRecord.at >= _began(term)
    )
    return answered, reached


def missing_money(session: Session, scope: Scope, term: SchoolTerm) -> int:
    """How many families said that it did not come."""
    pupils = select(func.count(distinct(Entitlement.pupil_id))).where(Entitlement.term == term.code, is_not_received())
    return session.scalar(scope.narrow(pupils, Entitlement.school_id)) or 0


def next_due(session: Session, scope: Scope, term: SchoolTerm) -> tuple[date, int] | None:
    """The next day on which steps of open rows are due, and how many."""
    due = select(Entitlement.next_step_due, func.count()).where(
        Entitlement.term == term.code, Entitlement.closed_on.is_(None), Entitlement.next_step_due >= clock.today()
    )
    by_day = scope.narrow(due, Entitlement.school_id).group_by(Entitlement.next_step_due)
    found = session.execute(by_day.order_by(Entitlement.next_step_due)).first()
    return (found[0], found[1]) if found and found[0] else None


def overdue_rows(session: Session, scope: Scope, term: SchoolTerm) -> int:
    """Open rows whose next step was due before today."""
    late = select(func.count()).where(
        Entitlement.term == term.code,
        Entitlement.closed_on.is_(None),
        Entitlement.next_step_due < clock.today(),
    )
    return session.scalar(scope.narrow(late, Entitlement.school_id)) or 0


def pupils_to_settle(session: Session, scope: Scope, term: SchoolTerm, role: Role) -> int:
    """Pupils for whom a person in this role has to look."""
    pairs = select(MatchPair).where(MatchPair.term == term.code, waits(role))
    return session.scalar(scope.narrow(pairs.with_only_columns(_pupils()), MatchPair.school_id)) or 0


def refused_files(session: Session, scope: Scope, term: SchoolTerm) -> int:
    """Files sent back since the term began, unless a file of the same kind came in after them."""
    later = Intake.__table__.alias("later")
    better = exists().where(
        later.c.kind == Intake.kind, later.c.unit_id == Intake.unit_id, later.c.arrived_at > Intake.arrived_at
    )
    refused = select(func.count()).where(
        Intake.state == IntakeState.REFUSED, Intake.arrived_at >= _began(term), not_(better)
    )
    return session.scalar(scope.narrow(refused, Intake.unit_id)) or 0


def _pupils() -> ColumnElement[int]:
    return func.count(distinct(MatchPair.pupil_id))


def _began(term: SchoolTerm) -> datetime:
    return datetime.combine(term.first_day, time(), SHANGHAI)
