"""台账 as officers read it: lines by filter and page, names masked; the same rows for school and county (N3-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.as_of import Standing, standing_on
from portal.coverage.reasons import label_of
from portal.coverage.today import is_aware, is_not_received, is_unaided, is_unaware
from portal.coverage.totals import totals
from portal.coverage.words import class_words
from portal.models import EnrolmentRecord, Entitlement, EntitlementChange, Pupil, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name
from portal.vocabulary import EntitlementState, UnitLevel

PAGE = 50
GONE = "（已转出）"


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
    raised_to: UnitLevel | None = None
    """上报到这一级."""
    fits: ColumnElement[bool] | None = None
    """What an act may be done with (``acts.py``); of today's rows alone."""


EVERYTHING = LedgerFilter()
OVERDUE = LedgerFilter(overdue=True)


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
    raised_to: UnitLevel | None = None
    raised_on: date | None = None
    """Where it waits above its owner, and since when."""


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
    as_of: date | None = None,
) -> LedgerPage:
    """What is due first stands first; ended rows come last. With a day, as the list stood at its end."""
    table: Standing = standing_on(scope, term, as_of) if as_of else Entitlement
    narrowed = _narrowed(table, scope, term, wanted, as_of or today)
    total = None if as_of else _counted_already(session, scope, term, wanted, today)
    if total is None:
        total = session.scalar(select(func.count()).select_from(narrowed.with_only_columns(table.id).subquery())) or 0
    if not total:
        return LedgerPage((), 0, 1, 1)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    ended_last = case((table.closed_on.is_(None), 0), else_=1)
    in_order = ended_last, table.next_step_due, table.id
    of_page = narrowed.with_only_columns(table.id).order_by(*in_order).limit(PAGE).offset((page - 1) * PAGE)
    ids = list(session.scalars(of_page))  # first whom to show: sorting the rows themselves would carry them all along
    shown: Select[Any] = select(table).where(table.id.in_(ids)).order_by(*in_order)
    rows: Sequence[Entitlement | EntitlementChange] = session.scalars(
        shown.options(joinedload(table.pupil), joinedload(table.school))
    ).all()
    classes = classes_of(session, term, [row.pupil_id for row in rows])
    lines = (line_of(row, classes.get(row.pupil_id, ""), catalogue, as_of or today) for row in rows)
    return LedgerPage(tuple(lines), total, page, pages)


def _counted_already(session: Session, scope: Scope, term: str, wanted: LedgerFilter, today: date) -> int | None:
    """How long the two longest lists are is known school by school."""
    if wanted.fits is None and wanted in (EVERYTHING, OVERDUE):
        found = totals(session, scope, term, today)
        return found.overdue if wanted.overdue else found.rows
    return None


def pupils_of(session: Session, scope: Scope, term: str, today: date, wanted: LedgerFilter, most: int) -> list[UUID]:
    """Whom the lines of all pages are about, each once; at most so many, and one more to tell that there are more."""
    rows = _narrowed(Entitlement, scope, term, wanted, today)
    return list(session.scalars(rows.with_only_columns(Entitlement.pupil_id).distinct().limit(most + 1)))


def line_of(row: Entitlement | EntitlementChange, in_class: str, catalogue: Catalogue, today: date) -> LedgerLine:
    """A row in words; its pupil's class is asked for by the list, for many rows at once."""
    is_open = row.closed_on is None
    return LedgerLine(
        id=row.id if isinstance(row, Entitlement) else row.entitlement_id,
        pupil_id=row.pupil_id,
        masked_name=mask_name((row.pupil and row.pupil.name) or "") or GONE,
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
        raised_to=row.raised_to,
        raised_on=row.raised_at and local(row.raised_at).date(),
    )


def _narrowed(rows: Standing, scope: Scope, term: str, wanted: LedgerFilter, today: date) -> Select[Any]:
    is_open = rows.closed_on.is_(None)
    conditions: list[tuple[Any, Any]] = [
        (wanted.state, rows.state == wanted.state),
        (wanted.policy, rows.policy == wanted.policy),
        (wanted.reason, rows.reason == wanted.reason),
        (wanted.owner, is_open & (rows.owner_level == wanted.owner)),
        (wanted.open_only, is_open),
        (wanted.overdue, is_open & (rows.next_step_due < today)),
        (wanted.unaided, is_unaided(rows)),
        (wanted.not_received, is_not_received(rows)),
        (wanted.aware is True, is_aware(rows.pupil_id, SchoolTerm.parse(term), scope)),
        (wanted.aware is False, is_unaware(rows.pupil_id, SchoolTerm.parse(term), scope)),
        (wanted.fits is not None, wanted.fits),
        (wanted.raised_to, is_open & (rows.raised_to == wanted.raised_to)),
        (
            wanted.school_code,
            rows.school_id.in_(select(Unit.id).where(Unit.code == wanted.school_code)),
        ),
    ]
    asked = [condition for given, condition in conditions if given]
    return scope.narrow(select(rows).where(rows.term == term, *asked), rows.school_id)


def names_of(session: Session, pupils: Sequence[UUID]) -> dict[UUID, str]:
    """Of those in reach; only so many names are opened as are shown."""
    sealed = select(Pupil.id, Pupil.name_sealed).where(Pupil.id.in_(pupils))
    return {row.id: Pupil.name.open(row) or "" for row in session.execute(sealed)}


def classes_of(session: Session, term: str, pupils: list[UUID]) -> dict[UUID, str]:
    """四年级(2)班, for many pupils at once."""
    records = select(EnrolmentRecord.pupil_id, EnrolmentRecord.grade, EnrolmentRecord.class_name).where(
        EnrolmentRecord.term == term, EnrolmentRecord.pupil_id.in_(pupils)
    )
    records = records.order_by(EnrolmentRecord.left_on.is_(None))  # of two, the one that stands comes last
    return {pupil_id: class_words(grade, name) for pupil_id, grade, name in session.execute(records)}
