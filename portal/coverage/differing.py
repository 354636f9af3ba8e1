"""What differs between the national system's awards and the ledger, as questions to the database: late and short are
computed here and typed by nobody (N2-7, N3-10, N4-9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    SelectBase,
    Subquery,
    and_,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from portal.access.scope import Scope
from portal.clock import SHANGHAI, SchoolTerm
from portal.coverage.steps import promised_on
from portal.coverage.totals import gap_of_row, is_in_gap
from portal.database import same_place
from portal.models import Award, Entitlement, Pupil, StrayAward, Unit
from portal.policies.catalogue import Catalogue
from portal.policies.evaluation import yuan_a_term
from portal.policies.policy import Money, version_on
from portal.vocabulary import Labelled


class Kind(Labelled):
    """What differs, in the order in which pages list it."""

    UNLISTED = "unlisted", "不在发放名单"
    LATE = "late", "迟发"
    SHORT = "short", "少发"
    WRONG_TIER = "wrong_tier", "档次不对"
    DUPLICATE = "duplicate", "重复发放"
    WRONG_PERSON = "wrong_person", "人不对"
    PAYEE = "payee", "收款人不对"
    UNKNOWN = "unknown", "项目不认识"


@dataclass(frozen=True)
class Within:
    """Whose differences, of which term, as things stand on a day."""

    scope: Scope
    term: SchoolTerm
    today: date


@dataclass(frozen=True)
class Asked(Within):
    catalogue: Catalogue
    units: tuple[UUID, ...] | None = None
    """Of a page: those at whose schools its lines stand; None for all of the scope."""
    paid_at: tuple[UUID, ...] | None = None
    """The schools at which there are awards, where that is known: no other is looked at for who was paid twice."""

    @property
    def shown(self) -> Scope:
        return self.scope if self.units is None else self.scope.of_schools(self.units)

    @property
    def paid(self) -> Scope:
        return self.scope if self.paid_at is None else self.scope.of_schools(self.paid_at)


COLUMNS = ("id", "pupil_id", "unit_id", "project", "due", "paid", "day", "times", "promised", "why")


def rows_within(asked: Within, scope: Scope, *holds: ColumnElement[bool]) -> Subquery:
    """The ledger's rows, each with what the file says of it and the day the money was promised for."""
    paid, opened_on = _paid(), cast(func.timezone(SHANGHAI.key, Entitlement.opened_at), Date)
    days, promises = zip(*_promises(asked.term, asked.today), strict=True)
    promised = func.unnest(literal(list(days), ARRAY(Date)), literal(list(promises), ARRAY(Date)))
    promise = promised.table_valued(column("day", Date), column("promised", Date)).render_derived(name="promise")
    beside = (
        select(
            Entitlement.id, Entitlement.pupil_id, Entitlement.school_id.label("unit_id"),
            Entitlement.policy.label("project"), Entitlement.due_yuan.label("due"), Entitlement.paid_yuan.label("paid"),
            paid.c.day, paid.c.times, promise.c.promised, literal("").label("why"),
            and_(is_in_gap(), gap_of_row() > 0).label("owed"), func.coalesce(paid.c.stranger, False).label("stranger"),
        )
        .select_from(Entitlement)
        .outerjoin(paid, true())
        .outerjoin(promise, promise.c.day == func.greatest(opened_on, asked.term.first_day))
        .where(Entitlement.term == asked.term.code, not_(Entitlement.retracted), *holds)
    )  # fmt: skip
    return scope.narrow(beside, Entitlement.school_id).subquery()


def _paid() -> LateralFromClause:
    """What the file says of a row: how often it was paid, and when last."""
    sums = select(
        func.count().label("times"), func.max(Award.paid_on).label("day"),
        func.bool_or(Award.payee_differs).label("stranger"),
    )  # fmt: skip
    return sums.where(*_of_one_grant()).correlate(Entitlement).lateral()


def _of_one_grant() -> tuple[ColumnElement[bool], ...]:
    """An award and the row it was given for; the two stand at one school and move together."""
    return (
        Award.pupil_id == Entitlement.pupil_id,
        Award.policy == Entitlement.policy,
        Award.term == Entitlement.term,
        same_place(Award.school_id, Entitlement.school_id),
    )


@lru_cache(maxsize=16)
def _promises(term: SchoolTerm, today: date) -> tuple[tuple[date, date], ...]:
    """For whatever was opened on a day of the term or after it, by when the money was promised."""
    days = (term.first_day + timedelta(days=passed) for passed in range(max((today - term.first_day).days, 0) + 1))
    return tuple((day, promised_on(term, day)) for day in days)


def found(asked: Asked, kind: Kind) -> SelectBase:
    """COLUMNS of all that differs in this way."""
    parts: list[Select[Any]] = [part(asked) for part in BESIDE.get(kind, ())]
    if kind in OF_ROWS:
        rows = rows_within(asked, asked.shown, *(ODD if kind in OF_ODD_ROWS else ()))
        parts.insert(0, select(*(rows.c[name] for name in COLUMNS)).where(OF_ROWS[kind](asked, rows)))
    return parts[0].union_all(*parts[1:])


def unlisted(_: Within, rows: Subquery) -> ColumnElement[bool]:
    return and_(rows.c.owed, rows.c.paid == 0)


def _late(asked: Asked, rows: Subquery) -> ColumnElement[bool]:
    """Came after the day it was promised for, or has not come and the day is over."""
    return or_(came_late(rows), and_(not_come(rows), rows.c.promised < asked.today))


def came_late(rows: Subquery) -> ColumnElement[bool]:
    return rows.c.day > rows.c.promised


def not_come(rows: Subquery) -> ColumnElement[bool]:
    return and_(rows.c.owed, rows.c.paid == 0, not_(func.coalesce(came_late(rows), False)))


def _short(asked: Asked, rows: Subquery) -> ColumnElement[bool]:
    return and_(rows.c.paid > 0, rows.c.paid < rows.c.due, not_(_other_tier(asked, rows)))


def _wrong_tier(asked: Asked, rows: Subquery) -> ColumnElement[bool]:
    """One payment that is another tier's, or more than is due and no whole year's."""
    return and_(
        rows.c.paid > 0,
        rows.c.paid.not_in((rows.c.due, 2 * rows.c.due)),
        or_(_other_tier(asked, rows), rows.c.paid > rows.c.due),
        not_(_paid_again(asked, rows)),
    )


def to_a_stranger(_: Within, rows: Subquery) -> ColumnElement[bool]:
    return rows.c.stranger


def _paid_again(_: Asked, rows: Subquery) -> ColumnElement[bool]:
    return and_(func.coalesce(rows.c.times, 0) > 1, rows.c.paid > rows.c.due)


def _other_tier(asked: Asked, rows: Subquery) -> ColumnElement[bool]:
    """Whether the sum is what the policy gives some other pupil a term, by the province's rule or a place's own."""
    day, catalogue = asked.term.first_day, asked.catalogue
    local = [pair for overlay in catalogue.overlays for pair in overlay.versions]
    every = [(policy.code, policy.versions) for policy in catalogue.policies]
    sums = {
        (code, yuan_a_term(tier.amount))
        for code, versions in [*every, *local]
        if (version := version_on(versions, day)) is not None
        for tier in version.tiers
        if isinstance(tier.amount, Money)
    }
    known = [(code, yuan) for code, yuan in sums if yuan is not None]
    return tuple_(rows.c.project, rows.c.paid).in_(known)


def _beside_a_rival(asked: Asked) -> Select[Any]:
    pairs = [(policy.code, other) for policy in asked.catalogue.policies for other in policy.instead_of]
    rival = aliased(Award)
    same = and_(rival.pupil_id == Award.pupil_id, rival.term == Award.term)
    return _awards(asked, asked.shown, "同一学期已经发过另一项，两项只能享受一项").where(
        exists().where(same, tuple_(Award.policy, rival.policy).in_(pairs))
    )


def _at_two_schools(asked: Asked) -> Select[Any]:
    """One number with two pupils who both were paid: those paid are few, and each is looked up by itself."""
    number = select(Pupil.id_number_index).where(Pupil.id == Award.pupil_id)
    paid = _awards(asked, asked.paid, "").add_columns(number.scalar_subquery().label("person")).cte("paid")
    other = paid.alias("other")
    same = and_(other.c.person == paid.c.person, other.c.project == paid.c.project, other.c.pupil_id != paid.c.pupil_id)
    school = select(Unit.name).where(Unit.id == other.c.unit_id).scalar_subquery()
    why = func.concat("同一个证件号在", school, "也有这一项的发放").label("why")
    doubles = select(*(paid.c[name] for name in COLUMNS if name != "why"), why).join_from(paid, other, same)
    return doubles if asked.units is None else doubles.where(paid.c.unit_id.in_(asked.units))


def _awards(asked: Within, scope: Scope, why: str) -> Select[Any]:
    statement = select(
        Award.id, Award.pupil_id, Award.school_id.label("unit_id"), Award.policy.label("project"),
        cast(null(), Award.yuan.type).label("due"), Award.yuan.label("paid"), Award.paid_on.label("day"),
        literal(1).label("times"), cast(null(), Date).label("promised"),
        literal(why).label("why"),
    ).where(Award.term == asked.term.code)  # fmt: skip
    return scope.narrow(statement, Award.school_id)


def _of_no_row(asked: Asked) -> Select[Any]:
    return without_row(asked, asked.shown)


def without_row(asked: Within, scope: Scope) -> Select[Any]:
    """Money for a pupil who has no row for it."""
    row = exists().where(*_of_one_grant(), not_(Entitlement.retracted), scope.holds(Entitlement.school_id))
    there = row.correlate(Award)
    return _awards(asked, scope, "台账里没有这名学生的这一项，请核对他在不在名单里").where(not_(there))


def _strays(asked: Asked, kind: Kind) -> Select[Any]:
    statement: Select[*tuple[Any, ...]] = select(
        StrayAward.id, cast(null(), Award.pupil_id.type).label("pupil_id"), StrayAward.unit_id,
        StrayAward.project, cast(null(), StrayAward.yuan.type).label("due"), StrayAward.yuan.label("paid"),
        StrayAward.paid_on.label("day"), literal(1).label("times"), cast(null(), Date).label("promised"),
        func.concat("受助名单第", StrayAward.file_row, "行：", StrayAward.why).label("why"),
    ).where(StrayAward.term == asked.term.code, StrayAward.kind == kind.value)  # fmt: skip
    return asked.shown.narrow(statement, StrayAward.unit_id)


def _nobodys(asked: Asked) -> Select[Any]:
    return _strays(asked, Kind.WRONG_PERSON)


def _of_unknown_project(asked: Asked) -> Select[Any]:
    return _strays(asked, Kind.UNKNOWN)


Holds = Callable[[Asked, Subquery], ColumnElement[bool]]
OF_ODD_ROWS: dict[Kind, Holds] = {
    Kind.SHORT: _short,
    Kind.WRONG_TIER: _wrong_tier,
    Kind.DUPLICATE: _paid_again,
}
"""What a row of the ledger shows to which something was paid, and not what is due."""
OF_ROWS: dict[Kind, Holds] = {
    Kind.UNLISTED: unlisted,
    Kind.LATE: _late,
    **OF_ODD_ROWS,
    Kind.PAYEE: to_a_stranger,
}
"""What a row of the ledger shows."""
ODD = (Entitlement.paid_yuan > 0, Entitlement.paid_yuan != Entitlement.due_yuan)
"""Such rows are few and have an index of their own."""
BESIDE_NOW: dict[Kind, tuple[Callable[[Asked], Select[Any]], ...]] = {
    # twice over for one row is seen there; here what stands beside a grant it is given for, or at another school
    Kind.DUPLICATE: (_beside_a_rival, _at_two_schools),
    Kind.WRONG_PERSON: (_nobodys,),
    Kind.UNKNOWN: (_of_unknown_project,),
}
BESIDE = BESIDE_NOW | {Kind.WRONG_PERSON: (_of_no_row, _nobodys)}
"""What only the file shows."""
