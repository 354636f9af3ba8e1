"""Who stands on which 名单, as conditions on an enrolment of a term within a scope."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, exists, func, not_, or_, select, union

from portal.access.one_to_one import has_class_teacher, is_named
from portal.access.scope import Scope
from portal.enrolment.standing import stands
from portal.models import Addition, DoubleEnrolment, EnrolmentRecord, Entitlement, MatchPair, Pupil, RegisterEntry
from portal.vocabulary import AdditionState, Decision

NATIONAL = "全国系统"
"""How 数据来源 of the national system's own lists begins: 全国系统下发."""
Condition = Callable[[Scope, str], ColumnElement[bool]]


def _enrolled_among(pupils: Select[UUID]) -> ColumnElement[bool]:
    return EnrolmentRecord.pupil_id.in_(pupils)


def of_pupil(holds: Condition) -> Condition:
    """What is said of the pupil's own row, asked of those enrolled."""

    def of_enrolled(scope: Scope, term: str) -> ColumnElement[bool]:
        return _enrolled_among(scope.narrow(select(Pupil.id).where(holds(scope, term)), Pupil.school_id))

    return of_enrolled


def _not_among(*several: Select[Any]) -> ColumnElement[bool]:
    """Each said for itself, so that PostgreSQL joins what is not there instead of asking row by row."""
    return and_(*(~one.exists() for one in several))


def _paired(scope: Scope, term: str, *more: ColumnElement[bool]) -> Select[Any]:
    """The standing pairs of an enrolment's pupil, within the scope."""
    of_pupil = MatchPair.pupil_id == EnrolmentRecord.pupil_id
    return scope.narrow(select(MatchPair.id).where(of_pupil, stands(term), *more), MatchPair.school_id)


def _added(scope: Scope) -> Select[Any]:
    of_pupil = Addition.pupil_id == EnrolmentRecord.pupil_id
    return scope.narrow(select(Addition.id).where(of_pupil, Addition.state == AdditionState.ADDED), Addition.school_id)


def unfound(scope: Scope, term: str) -> ColumnElement[bool]:
    return _not_among(_paired(scope, term), _added(scope))


def missed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has an open row, and is neither on a list as itself or with the household, nor added by hand."""
    open_rows = select(Entitlement.pupil_id).where(Entitlement.term == term, Entitlement.closed_on.is_(None))
    sure = _paired(scope, term, MatchPair.outcome == Decision.CERTAIN)
    return and_(_enrolled_among(scope.narrow(open_rows, Entitlement.school_id)), _not_among(sure, _added(scope)))


def outside(scope: Scope, term: str) -> ColumnElement[bool]:
    province = scope.path.strip("/").partition("/")[0][:2]
    elsewhere = select(Pupil.id).where(
        Pupil.hukou_division != "", not_(Pupil.hukou_division.startswith(province, autoescape=True))
    )
    national = (
        select(MatchPair.pupil_id)
        .join(RegisterEntry, RegisterEntry.id == MatchPair.register_entry_id)
        .where(stands(term), RegisterEntry.source.startswith(NATIONAL))
    )
    either = union(scope.narrow(elsewhere, Pupil.school_id), scope.narrow(national, MatchPair.school_id))
    return EnrolmentRecord.pupil_id.in_(either)


def changed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Some pair came or fell on the day of the last change; whether anything came of it is said by the words."""
    last = last_change(term)
    changed = select(MatchPair.pupil_id).where(
        MatchPair.term == term, or_(MatchPair.found_on == last, fell_on() == last)
    )
    return _enrolled_among(scope.narrow(changed, MatchPair.school_id))


def fell_on() -> ColumnElement[date | None]:
    return cast(func.timezone("Asia/Shanghai", MatchPair.superseded_at), Date)


def last_change(term: str) -> Any:
    latest = select(func.greatest(func.max(MatchPair.found_on), func.max(fell_on())))
    return latest.where(MatchPair.term == term).scalar_subquery()


def double(_: Scope, term: str) -> ColumnElement[bool]:
    return exists().where(
        DoubleEnrolment.pupil_id == EnrolmentRecord.pupil_id,
        DoubleEnrolment.term == term,
        DoubleEnrolment.settled_at.is_(None),
    )


def alone(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has a row in the ledger, and nobody's name stands beside it (N2-3)."""
    listed = select(Entitlement.pupil_id).where(Entitlement.term == term, not_(Entitlement.retracted))
    among = _enrolled_among(scope.narrow(listed, Entitlement.school_id))
    return and_(among, not_(is_named()), not_(has_class_teacher()))
