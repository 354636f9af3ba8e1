"""今天: the figures at the top of an officer's day and what waits behind them, within a scope."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from sqlalchemy import and_, distinct, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access.scope import Scope
from portal.clock import SHANGHAI, SchoolTerm
from portal.coverage.totals import totals
from portal.models import Confirmation, ContactRecord, Entitlement, Intake, MatchPair
from portal.vocabulary import Decision, EntitlementState, IntakeState

WAITS_FOR_A_PERSON = (Decision.POSSIBLE, Decision.HOUSEHOLD_POSSIBLE)


@dataclass(frozen=True)
class Figures:
    """Pupils, but for the yuan; ``aware`` are those of ``recognised`` whose family answered, visited or was spoken to."""

    recognised: int
    aware: int
    unaided: int
    gap_yuan: Decimal


def figures(session: Session, scope: Scope, term: SchoolTerm) -> Figures:
    pupils = func.count(distinct(Entitlement.pupil_id))
    counts = select(pupils, pupils.filter(_aware(term)), pupils.filter(is_unaided())).where(
        Entitlement.term == term.code
    )
    recognised, aware, unaided = session.execute(scope.narrow(counts, Entitlement.school_id)).one()
    gap = totals(session, scope, term.code, clock.today()).gap_yuan
    return Figures(recognised, aware, unaided, gap)
