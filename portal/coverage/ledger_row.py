"""One row of the ledger as its family's page reads it, with the school it is at and the last day it was paid."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from portal.coverage.school import ABOVE, SCHOOL, School, school_of
from portal.models import Award, Entitlement, Unit
from portal.vocabulary import ClaimMode, EntitlementState, UnitLevel


@dataclass(frozen=True)
class LedgerRow:
    """As in ``Entitlement``; nothing can be done to it."""

    school: School
    id: UUID
    policy: str
    term: str
    state: EntitlementState
    claim_mode: ClaimMode
    due_yuan: Decimal | None
    paid_yuan: Decimal
    because_sealed: bytes | None
    reason: str | None
    owner_level: UnitLevel
    next_step: str
    next_step_due: date | None
    closed_on: date | None
    opened_at: datetime
    paid_on: date | None

    @property
    def because(self) -> str:
        return Entitlement.because.open(self) or ""


_PAID_LAST = (
    select(func.max(Award.paid_on))
    .where(Award.pupil_id == Entitlement.pupil_id, Award.policy == Entitlement.policy, Award.term == Entitlement.term)
    .scalar_subquery()
)
_OWN: tuple[Any, ...] = (
    Entitlement.id, Entitlement.policy, Entitlement.term, Entitlement.state, Entitlement.claim_mode,
    Entitlement.due_yuan, Entitlement.paid_yuan, Entitlement.because_sealed, Entitlement.reason,
    Entitlement.owner_level, Entitlement.next_step, Entitlement.next_step_due, Entitlement.closed_on,
    Entitlement.opened_at, _PAID_LAST,
)  # fmt: skip
_ROWS = (
    select(*_OWN, *SCHOOL)
    .join(Unit, Unit.id == Entitlement.school_id)
    .outerjoin(ABOVE, ABOVE.id == Unit.parent_id)
    .where(Entitlement.pupil_id == bindparam("pupil_id", type_=Uuid))
    .order_by(Entitlement.policy)
)


def rows_of(session: Session, pupil_id: UUID) -> list[LedgerRow]:
    """The ledger of one pupil, of all terms by policy; plain columns, for it is read at every visit."""
    found = session.connection().execute(_ROWS, {"pupil_id": pupil_id})
    return [LedgerRow(school_of(line[len(_OWN) :]), *line[: len(_OWN)]) for line in found]
