"""Who stands on which 名单, as conditions on an enrolment of a term within a scope."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, union

from portal.access.one_to_one import has_class_teacher, is_named
from portal.access.scope import Scope
from portal.coverage.counted import PROVINCE
from portal.database import same_place
from portal.enrolment.standing import stands
from portal.models import (
    Addition,
    DoubleEnrolment,
    EnrolmentRecord,
    Entitlement,
    MatchPair,
    Pupil,
    RegisterEntry,
    Unit,
)
from portal.vocabulary import AdditionState, Decision

NATIONAL = "全国系统"
"""How 数据来源 of the national system's own lists begins: 全国系统下发."""
Condition = Callable[[Scope, str], ColumnElement[bool]]


def _enrolled_among(pupils: Any) -> ColumnElement[bool]:
    """Of pupils, each with its school: what another school says does not count here, so that schools add up."""
    pupil_id, school_id = pupils.subquery().c
    return exists().where(pupil_id == EnrolmentRecord.pupil_id, same_place(school_id, EnrolmentRecord.school_id))


def of_pupil(holds: Condition) -> Condition:
    """What is said of the pupil's own row, asked of those enrolled."""

    def of_enrolled(scope: Scope, term: str) -> ColumnElement[bool]:
        those = select(Pupil.id, Pupil.school_id).where(holds(scope, term))
        return _enrolled_among(scope.narrow(those, Pupil.school_id))

    return of_enrolled


def _not_among(*several: Select[Any]) -> ColumnElement[bool]:
    """Each said for itself, so that PostgreSQL joins what is not there instead of asking row by row."""
    return and_(*(~one.exists() for one in several))


def _paired(scope: Scope, term: str, *more: ColumnElement[bool]) -> Select[Any]:
    """The standing pairs of an enrolment's pupil at its school; that it is in the scope is said for the index."""
    here = MatchPair.pupil_id == EnrolmentRecord.pupil_id, same_place(MatchPair.school_id, EnrolmentRecord.school_id)
    return scope.narrow(select(MatchPair.id).where(*here, stands(term), *more), MatchPair.school_id)


def _added(scope: Scope) -> Select[Any]:
    here = Addition.pupil_id == EnrolmentRecord.pupil_id, same_place(Addition.school_id, EnrolmentRecord.school_id)
    return scope.narrow(select(Addition.id).where(*here, Addition.state == AdditionState.ADDED), Addition.school_id)


def unfound(scope: Scope, term: str) -> ColumnElement[bool]:
    return _not_among(_paired(scope, term), _added(scope))


def missed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has an open row, and is neither on a list as itself or with the household, nor added by hand."""
    open_rows = select(Entitlement.pupil_id, Entitlement.school_id).where(
        Entitlement.term == term, Entitlement.closed_on.is_(None)
    )
    sure = _paired(scope, term, MatchPair.outcome == Decision.CERTAIN)
    return and_(_enrolled_among(scope.narrow(open_rows, Entitlement.school_id)), _not_among(sure, _added(scope)))


def outside(scope: Scope, term: str) -> ColumnElement[bool]:
    elsewhere = (
        select(Pupil.id, Pupil.school_id)
        .join(Unit, Unit.id == Pupil.school_id)
        .where(Pupil.hukou_division != "", func.left(Pupil.hukou_division, 2) != PROVINCE)
    )
    national = (
        select(MatchPair.pupil_id, MatchPair.school_id)
        .join(RegisterEntry, RegisterEntry.id == MatchPair.register_entry_id)
        .where(stands(term), RegisterEntry.source.startswith(NATIONAL))
    )
    return _enrolled_among(union(scope.narrow(elsewhere, Pupil.school_id), scope.narrow(national, MatchPair.school_id)))


def changed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Some pair came or fell when the school's last change took its place; whether anything came of it the words say.

    By the moment, not by the day: two runs of one day are two.
    """
    last = last_changes(scope, term).subquery()
    then = or_(MatchPair.came_at == last.c.moment, MatchPair.superseded_at == last.c.moment)
    changed = (
        select(MatchPair.pupil_id, MatchPair.school_id)
        .join(last, last.c.school_id == MatchPair.school_id)
        .where(MatchPair.term == term, then)
    )
    return _enrolled_among(scope.narrow(changed, MatchPair.school_id))


def last_changes(scope: Scope, term: str) -> Select[UUID, datetime]:
    """The last moment in which pairs of a school's pupils came or fell: all that one run changes, it changes in one.

    Pairs fall as well when a child leaves or its second row is joined to the first; that is no change of a list.
    """
    moment = func.greatest(func.max(MatchPair.came_at), func.max(MatchPair.superseded_at)).label("moment")
    enrolled = exists().where(
        EnrolmentRecord.pupil_id == MatchPair.pupil_id,
        same_place(EnrolmentRecord.school_id, MatchPair.school_id),
        EnrolmentRecord.term == term,
        EnrolmentRecord.left_on.is_(None),
        scope.holds(EnrolmentRecord.school_id),
    )
    of_term = select(MatchPair.school_id, moment).where(MatchPair.term == term, enrolled)
    return scope.narrow(of_term, MatchPair.school_id).group_by(MatchPair.school_id)


def double(scope: Scope, term: str) -> ColumnElement[bool]:
    twice = select(DoubleEnrolment.pupil_id, DoubleEnrolment.school_id).where(
        DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    )
    return _enrolled_among(scope.narrow(twice, DoubleEnrolment.school_id))


def alone(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has a row in the ledger, and nobody's name stands beside it (N2-3)."""
    listed = select(Entitlement.pupil_id, Entitlement.school_id).where(
        Entitlement.term == term, not_(Entitlement.retracted)
    )
    among = _enrolled_among(scope.narrow(listed, Entitlement.school_id))
    return and_(among, not_(is_named(scope)), not_(has_class_teacher()))
