"""台账 as officers read it: lines by filter and page, names masked; the same rows for school and county (N3-4)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, not_, select
from sqlalchemy.orm import Session, joinedload

from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage.reasons import label_of
from portal.coverage.today import is_aware, is_not_received, is_unaided
from portal.coverage.words import class_words
from portal.models import EnrolmentRecord, Entitlement, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name
from portal.vocabulary import EntitlementState, UnitLevel

PAGE = 50


@dataclass(frozen=True)
class LedgerFilter:
    """What an officer narrowed the list to; None or False is everything."""

    state: EntitlementState | None = None
    policy: str | None = None
    reason: str | None = None
    school_code: str | None = None
    owner: UnitLevel | None = None
    open_only: bool = False
    overdue: bool = False
    unaided: bool = False
    """应助未助."""
    not_received: bool = False
    """The family said that money on record did not come."""
    aware: bool | None = None
    """Whether the family answered, visited or was spoken to this term."""


EVERYTHING = LedgerFilter()


@dataclass(frozen=True)
class LedgerLine:
    """One row of the ledger; ``overdue`` its next step is past its day."""

    id: UUID
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    policy: str
    policy_name: str
    state: EntitlementState
    due_yuan: Decimal | None
    paid_yuan: Decimal
    reason: str | None
    reason_label: str
    owner: str
    next_step: str
    next_step_due: date | None
    overdue: bool
    closed_on: date | None


@dataclass(frozen=True)
class LedgerPage:
    """``page`` counts from 1; ``total`` are the rows of all pages."""

    lines: tuple[LedgerLine, ...]
    total: int
    page: int
    pages: int


def ledger_lines(
    session: Session,
    scope: Scope,
    term: str,
    catalogue: Catalogue,
    today: date,
    wanted: LedgerFilter = EVERYTHING,
    page: int = 1,
) -> LedgerPage:
    """What is due first stands first; ended rows come last."""
    narrowed = _narrowed(select(Entitlement), scope, term, wanted, today)
    total = session.scalar(select(func.count()).select_from(narrowed.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    ended_last = case((Entitlement.closed_on.is_(None), 0), else_=1)
    rows = session.scalars(
        narrowed.options(joinedload(Entitlement.pupil), joinedload(Entitlement.school))
        .order_by(ended_last, Entitlement.next_step_due, Entitlement.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    classes = _classes(session, term, [row.pupil_id for row in rows])
    return LedgerPage(
        tuple(line_of(row, classes.get(row.pupil_id, ""), catalogue, today) for row in rows), total, page, pages
    )


def pupils_of(session: Session, scope: Scope, term: str, today: date, wanted: LedgerFilter, most: int) -> list[UUID]:
    """Whom the lines of all pages are about, each once; at most so many, and one more to tell that there are more."""
    rows = _narrowed(select(Entitlement), scope, term, wanted, today)
    return list(session.scalars(rows.with_only_columns(Entitlement.pupil_id).distinct().limit(most + 1)))


def line_of(row: Entitlement, in_class: str, catalogue: Catalogue, today: date) -> LedgerLine:
    """A row in words; its pupil's class is asked for by the list, for many rows at once."""
    is_open = row.closed_on is None
    return LedgerLine(
        id=row.id,
        pupil_id=row.pupil_id,
        masked_name=mask_name(row.pupil.name or ""),
        school=row.school.name,
        class_words=in_class,
        policy=row.policy,
        policy_name=catalogue[row.policy].name,
        state=row.state,
        due_yuan=row.due_yuan,
        paid_yuan=row.paid_yuan,
        reason=row.reason,
        reason_label=label_of(row.reason),
        owner=row.owner_level.label if is_open else "",
        next_step=row.next_step,
        next_step_due=row.next_step_due,
        overdue=is_open and row.next_step_due is not None and row.next_step_due < today,
        closed_on=row.closed_on,
    )


def _narrowed(
    statement: Select[Entitlement], scope: Scope, term: str, wanted: LedgerFilter, today: date
) -> Select[Entitlement]:
    is_open = Entitlement.closed_on.is_(None)
    conditions: list[tuple[Any, Any]] = [
        (wanted.state, Entitlement.state == wanted.state),
        (wanted.policy, Entitlement.policy == wanted.policy),
        (wanted.reason, Entitlement.reason == wanted.reason),
        (wanted.owner, is_open & (Entitlement.owner_level == wanted.owner)),
        (wanted.open_only, is_open),
        (wanted.overdue, is_open & (Entitlement.next_step_due < today)),
        (wanted.unaided, is_unaided()),
        (wanted.not_received, is_not_received()),
        (wanted.aware is True, is_aware(Entitlement.pupil_id, SchoolTerm.parse(term))),
        (wanted.aware is False, not_(is_aware(Entitlement.pupil_id, SchoolTerm.parse(term)))),
        (
            wanted.school_code,
            Entitlement.school_id.in_(select(Unit.id).where(Unit.code == wanted.school_code)),
        ),
    ]
    asked = [condition for given, condition in conditions if given]
    return scope.narrow(statement.where(Entitlement.term == term, *asked), Entitlement.school_id)


def _classes(session: Session, term: str, pupils: list[UUID]) -> dict[UUID, str]:
    records = select(EnrolmentRecord.pupil_id, EnrolmentRecord.grade, EnrolmentRecord.class_name).where(
        EnrolmentRecord.term == term, EnrolmentRecord.pupil_id.in_(pupils)
    )
    return {pupil_id: class_words(grade, name) for pupil_id, grade, name in session.execute(records)}
