"""What differs between the national system's awards and the ledger, as questions to the database: late and short are
computed here and typed by nobody (N2-7, N3-10, N4-9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

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
    tuple_,
)
from sqlalchemy.orm import aliased

from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage.steps import promised_on
from portal.coverage.totals import gap_of_row, is_in_gap
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
class Asked:
    """Whose differences, of which term, as things stand on a day."""

    scope: Scope
    term: SchoolTerm
    today: date
    catalogue: Catalogue


COLUMNS = ("id", "pupil_id", "unit_id", "project", "due", "paid", "day", "times", "promised", "why")


def _ledger(asked: Asked, holds: Callable[[Subquery], ColumnElement[bool]]) -> Select[Any]:
    """The rows for which it holds, each with what the file says of it and the day the money was promised for."""
    paid, opened_on = _paid(asked), cast(func.timezone("Asia/Shanghai", Entitlement.opened_at), Date)
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
        .outerjoin(paid, and_(paid.c.pupil_id == Entitlement.pupil_id, paid.c.policy == Entitlement.policy))
        .outerjoin(promise, promise.c.day == func.greatest(opened_on, asked.term.first_day))
        .where(Entitlement.term == asked.term.code, not_(Entitlement.retracted))
    )  # fmt: skip
    rows = asked.scope.narrow(beside, Entitlement.school_id).subquery()
    return select(*(rows.c[name] for name in COLUMNS)).where(holds(rows))


def _paid(asked: Asked) -> Subquery:
    """What the file says of a pupil's policy: how often, and when last."""
    sums = select(
        Award.pupil_id, Award.policy, func.count().label("times"), func.max(Award.paid_on).label("day"),
        func.bool_or(Award.payee_differs).label("stranger"),
    ).where(Award.term == asked.term.code)  # fmt: skip
    return asked.scope.narrow(sums, Award.school_id).group_by(Award.pupil_id, Award.policy).subquery()


@lru_cache(maxsize=16)
def _promises(term: SchoolTerm, today: date) -> tuple[tuple[date, date], ...]:
    """For whatever was opened on a day of the term or after it, by when the money was promised."""
    days = (term.first_day + timedelta(days=passed) for passed in range(max((today - term.first_day).days, 0) + 1))
    return tuple((day, promised_on(term, day)) for day in days)


def unlisted(asked: Asked) -> SelectBase:
    return _ledger(asked, lambda rows: and_(rows.c.owed, rows.c.paid == 0))


def late(asked: Asked) -> SelectBase:
    """Came after the day it was promised for, or has not come and the day is over."""
    return _ledger(
        asked,
        lambda rows: or_(
            rows.c.day > rows.c.promised, and_(rows.c.owed, rows.c.paid == 0, rows.c.promised < asked.today)
        ),
    )


def short(asked: Asked) -> SelectBase:
    other = _other_tiers(asked)
    return _ledger(asked, lambda rows: and_(rows.c.paid > 0, rows.c.paid < rows.c.due, not_(other(rows))))


def wrong_tier(asked: Asked) -> SelectBase:
    """One payment that is another tier's, or more than is due and no whole year's."""
    other = _other_tiers(asked)
    return _ledger(
        asked,
        lambda rows: and_(
            rows.c.paid > 0,
            rows.c.paid.not_in((rows.c.due, 2 * rows.c.due)),
            or_(other(rows), rows.c.paid > rows.c.due),
            not_(_paid_again(rows)),
        ),
    )


def _paid_again(rows: Subquery) -> ColumnElement[bool]:
    return and_(func.coalesce(rows.c.times, 0) > 1, rows.c.paid > rows.c.due)


def _other_tiers(asked: Asked) -> Callable[[Subquery], ColumnElement[bool]]:
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
    return lambda rows: tuple_(rows.c.project, rows.c.paid).in_(known)


def duplicate(asked: Asked) -> SelectBase:
    """Twice over for one row, beside a grant it stands for, or to one number at two schools."""
    again = _ledger(asked, _paid_again)
    return again.union_all(_beside_a_rival(asked), _at_two_schools(asked))


def _beside_a_rival(asked: Asked) -> Select[Any]:
    pairs = [(policy.code, other) for policy in asked.catalogue.policies for other in policy.instead_of]
    rival = aliased(Award)
    same = and_(rival.pupil_id == Award.pupil_id, rival.term == Award.term)
    return _awards(asked, "同一学期已经发过另一项，两项只能享受一项").where(
        exists().where(same, tuple_(Award.policy, rival.policy).in_(pairs))
    )


def _at_two_schools(asked: Asked) -> Select[Any]:
    other, person = aliased(Award), aliased(Pupil)
    same = and_(other.policy == Award.policy, other.term == Award.term, other.pupil_id != Award.pupil_id)
    school = select(Unit.name).where(Unit.id == other.school_id).scalar_subquery()
    why = func.concat("同一个证件号在", school, "也有这一项的发放")
    return (
        _awards(asked, why)
        .join(Pupil, Pupil.id == Award.pupil_id)
        .join(person, and_(person.id_number_index == Pupil.id_number_index, person.id != Pupil.id))
        .join(other, and_(other.pupil_id == person.id, same))
    )


def _awards(asked: Asked, why: Any) -> Select[Any]:
    statement = select(
        Award.id, Award.pupil_id, Award.school_id.label("unit_id"), Award.policy.label("project"),
        cast(null(), Award.yuan.type).label("due"), Award.yuan.label("paid"), Award.paid_on.label("day"),
        literal(1).label("times"), cast(null(), Date).label("promised"),
        (literal(why) if isinstance(why, str) else why).label("why"),
    ).where(Award.term == asked.term.code)  # fmt: skip
    return asked.scope.narrow(statement, Award.school_id)


def wrong_person(asked: Asked) -> SelectBase:
    """Lines that are nobody's here, and money for a pupil who has no row for it."""
    row = exists().where(
        Entitlement.pupil_id == Award.pupil_id,
        Entitlement.policy == Award.policy,
        Entitlement.term == Award.term,
        not_(Entitlement.retracted),
    )
    nobody = _awards(asked, "台账里没有这名学生的这一项，请核对他在不在名单里").where(not_(row))
    return nobody.union_all(_strays(asked, Kind.WRONG_PERSON))


def _strays(asked: Asked, kind: Kind) -> Select[Any]:
    statement: Select[*tuple[Any, ...]] = select(
        StrayAward.id, cast(null(), Award.pupil_id.type).label("pupil_id"), StrayAward.unit_id,
        StrayAward.project, cast(null(), StrayAward.yuan.type).label("due"), StrayAward.yuan.label("paid"),
        StrayAward.paid_on.label("day"), literal(1).label("times"), cast(null(), Date).label("promised"),
        func.concat("受助名单第", StrayAward.file_row, "行：", StrayAward.why).label("why"),
    ).where(StrayAward.term == asked.term.code, StrayAward.kind == kind.value)  # fmt: skip
    return asked.scope.narrow(statement, StrayAward.unit_id)


def payee(asked: Asked) -> SelectBase:
    return _ledger(asked, lambda rows: rows.c.stranger)


def unknown(asked: Asked) -> SelectBase:
    return _strays(asked, Kind.UNKNOWN)
