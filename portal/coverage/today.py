"""今天: the figures at the top of an officer's day and what waits behind them, within a scope."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, not_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.access.permissions import may
from portal.access.scope import EVERYWHERE, Scope
from portal.clock import SchoolTerm
from portal.coverage.as_of import Standing
from portal.coverage.steps import MISSING
from portal.coverage.tallies import Found, Tally, number, together
from portal.coverage.totals import ROWS, days_due, totals
from portal.database import same_place
from portal.enrolment.standing import DESKS, stands, waits_for
from portal.models import Confirmation, ContactRecord, EnrolmentRecord, Entitlement, Intake, MatchPair
from portal.vocabulary import Decision, EntitlementState, IntakeState, Role


@dataclass(frozen=True)
class Figures:
    """Pupils, but for the yuan; ``aware`` are those ``recognised`` whose family answered, visited or was spoken to."""

    recognised: int
    aware: int
    unaided: int
    gap_yuan: Decimal


def _pupils_of(session: Session, scope: Scope, term: str) -> Found:
    """Pupils of a school: recognised, aware, unaided, and those about whom a desk has to look."""
    certain = and_(stands(term), MatchPair.outcome == Decision.CERTAIN)
    at_desk = {desk: and_(MatchPair.term == term, waits_for(desk)) for desk in DESKS}
    asked: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("recognised", MatchPair, certain),
        ("aware", MatchPair, and_(certain, is_aware(MatchPair.pupil_id, SchoolTerm.parse(term), scope))),
        ("unaided", Entitlement, and_(Entitlement.term == term, is_unaided())),
        *((desk.value, MatchPair, waits) for desk, waits in at_desk.items()),
        (EITHER_DESK, MatchPair, or_(*at_desk.values())),
        ("unreached", EnrolmentRecord, is_unreached(scope, SchoolTerm.parse(term))),
    )
    for name, table, condition in asked:
        pupils = select(table.school_id, func.count(distinct(table.pupil_id))).where(condition)
        for school, found in session.execute(scope.narrow(pupils, table.school_id).group_by(table.school_id)):
            yield school, (name,), (found,)


PUPILS = Tally("today-3", _pupils_of)
EITHER_DESK = "either"


def figures(session: Session, scope: Scope, term: SchoolTerm, day: date) -> Figures:
    counts = together(session, scope, term.code, PUPILS)
    return Figures(
        recognised=number(counts, "recognised"),
        aware=number(counts, "aware"),
        unaided=number(counts, "unaided"),
        gap_yuan=totals(session, scope, term.code, day).gap_yuan,
    )


def is_unaided(rows: Standing = Entitlement) -> ColumnElement[bool]:
    """An open row whose money, or waiver, is not recorded as given in full."""
    full = or_(rows.due_yuan.is_(None), rows.paid_yuan >= rows.due_yuan)
    return and_(rows.closed_on.is_(None), not_(and_(rows.state == EntitlementState.PAID, full)))


def is_not_received(rows: Standing = Entitlement) -> ColumnElement[bool]:
    """An open row whose money is on record as paid and, says the family, did not come."""
    return and_(rows.closed_on.is_(None), rows.next_step.in_(MISSING))


def is_aware(pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm, scope: Scope = EVERYWHERE) -> ColumnElement[bool]:
    """The pupil's family answered this school, visited or was spoken to since the term began.

    Asked as one question: PostgreSQL joins what is in one list, but goes through every row for "in this or in that".
    """
    said = union_all(*_signs(term, scope)).subquery()
    return exists().where(pupil_id == said.c.pupil_id, same_place(said.c.school_id, pupil_id.class_.school_id))


def is_aware_somewhere(pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm) -> ColumnElement[bool]:
    """The same, whichever school it was said to: a family that answered has answered, though the child moved since."""
    said = (sign.with_only_columns(sign.selected_columns.pupil_id) for sign in _signs(term, EVERYWHERE))
    return or_(*(pupil_id.in_(pupils) for pupils in said))


def is_unaware(
    pupil_id: InstrumentedAttribute[UUID], term: SchoolTerm, scope: Scope = EVERYWHERE
) -> ColumnElement[bool]:
    """Neither, each said for itself: PostgreSQL joins what is not there, but asks row by row for not (a or b)."""
    here = pupil_id.class_.school_id
    return and_(
        *(
            ~exists().where(pupil_id == said.c.pupil_id, same_place(said.c.school_id, here))
            for said in (one.subquery() for one in _signs(term, scope))
        )
    )


def is_unreached(scope: Scope, term: SchoolTerm) -> ColumnElement[bool]:
    """Of an enrolment: the pupil is recognised at its school, and nobody knows that the family knows."""
    certain = select(MatchPair.pupil_id, MatchPair.school_id).where(
        stands(term.code), MatchPair.outcome == Decision.CERTAIN
    )
    listed = scope.narrow(certain, MatchPair.school_id).subquery()
    return and_(
        EnrolmentRecord.term == term.code,
        EnrolmentRecord.left_on.is_(None),
        exists().where(
            listed.c.pupil_id == EnrolmentRecord.pupil_id, same_place(listed.c.school_id, EnrolmentRecord.school_id)
        ),
        is_unaware(EnrolmentRecord.pupil_id, term, scope),
    )


def _signs(term: SchoolTerm, scope: Scope) -> tuple[Select[UUID, UUID], ...]:
    answered = select(Confirmation.pupil_id, Confirmation.school_id).where(Confirmation.term == term.code)
    reached = select(ContactRecord.pupil_id, ContactRecord.school_id).where(
        ContactRecord.reached, ContactRecord.at >= term.begins_at
    )
    return scope.narrow(answered, Confirmation.school_id), scope.narrow(reached, ContactRecord.school_id)


def next_due(session: Session, scope: Scope, term: SchoolTerm, today: date) -> tuple[date, int] | None:
    """The next day on which steps of open rows are due, and how many."""
    days = days_due(together(session, scope, term.code, ROWS))
    return min(((day, rows) for day, rows in days.items() if day >= today), default=None)


def overdue_rows(session: Session, scope: Scope, term: SchoolTerm, day: date) -> int:
    """Open rows whose next step was due before that day."""
    return totals(session, scope, term.code, day).overdue


def pupils_to_settle(session: Session, scope: Scope, term: SchoolTerm, role: Role) -> int:
    """Pupils for whom a person in this role has to look."""
    mine = [desk for desk in DESKS if may(role, desk)]
    name = mine[0].value if len(mine) == 1 else EITHER_DESK
    return number(together(session, scope, term.code, PUPILS), name) if mine else 0


def refused_files(session: Session, scope: Scope, term: SchoolTerm) -> int:
    """Files sent back since the term began, unless a file of the same kind came in after them."""
    later = Intake.__table__.alias("later")
    better = exists().where(
        later.c.kind == Intake.kind, later.c.unit_id == Intake.unit_id, later.c.arrived_at > Intake.arrived_at
    )
    refused = select(func.count()).where(
        Intake.state == IntakeState.REFUSED, Intake.arrived_at >= term.begins_at, not_(better)
    )
    return session.scalar(scope.narrow(refused, Intake.unit_id)) or 0
