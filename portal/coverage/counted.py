"""统计口径: every pupil with a ledger row once at its school, aided, unaided or ended; each figure is such a list.

Whose family says that the list is wrong is not counted until it has its answer (L-11).

Who has rows at two schools of a term counts at each, so that schools, county, city and province add up to the pupil.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, and_, case, cast, func, not_, select, true
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.coverage.today import is_unaided
from portal.coverage.totals import gap_of_row, is_in_gap
from portal.database import same_place
from portal.enrolment.disputes import is_disputed
from portal.models import EnrolmentRecord, Entitlement, Pupil, Unit
from portal.vocabulary import Labelled, Stage, UnitLevel


class By(Labelled):
    """What the pupils are told apart by."""

    AREA = "area", "地区和学校"
    STAGE = "stage", "学段"
    CATEGORY = "category", "困难类别"
    ORIGIN = "origin", "户籍"


class Measure(Labelled):
    """台账学生 are the aided, the unaided and those whose rows all ended by an accepted reason."""

    ALL = "all", "台账学生"
    AIDED = "aided", "已助"
    UNAIDED = "unaided", "应助未助"
    ENDED = "ended", "已结束（有原因）"


LEFT_OUT = "家长说名单弄错了的学生，查清、答复以前不计入。"
NOT_SAID = "unknown"
NO_LIST = "none"
NOBODY_WROTE = "名册没有写"
HERE, ELSEWHERE = "inside", "outside"
ORIGINS = {HERE: "本省户籍", ELSEWHERE: "省外户籍", NOT_SAID: NOBODY_WROTE}
STAGES = {**{stage.value: stage.label for stage in Stage}, NOT_SAID: NOBODY_WROTE}


def counted_pupils(scope: Scope, term: str) -> Subquery:
    """Those of the ledger whom no family disputes."""
    return pupils_of_ledger(scope, term, not_(is_disputed(Entitlement.pupil_id, term)))


def count_left_out(session: Session, scope: Scope, term: str) -> int:
    """The others of the ledger, counted as those are: at each school once."""
    disputed = pupils_of_ledger(scope, term, is_disputed(Entitlement.pupil_id, term))
    return session.scalar(select(func.count()).select_from(disputed)) or 0


def pupils_of_ledger(scope: Scope, term: str, *which: ColumnElement[bool]) -> Subquery:
    """A row for each pupil at a school of the scope: ``unaided``, ``aided``, yuan ``due`` and, of them, the ``gap``."""
    unaided = func.bool_or(is_unaided())
    rows = select(
        Entitlement.pupil_id,
        Entitlement.school_id,
        unaided.label("unaided"),
        and_(not_(unaided), func.bool_or(is_in_gap())).label("aided"),
        func.coalesce(func.sum(Entitlement.due_yuan).filter(is_in_gap()), 0).label("due"),
        func.coalesce(func.sum(gap_of_row()).filter(is_in_gap()), 0).label("gap"),
    ).where(Entitlement.term == term, not_(Entitlement.retracted), *which)
    within = scope.narrow(rows, Entitlement.school_id)
    return within.group_by(Entitlement.pupil_id, Entitlement.school_id).subquery()


def holds(people: Subquery, measure: Measure) -> ColumnElement[bool]:
    return {
        Measure.ALL: true(),
        Measure.AIDED: people.c.aided,
        Measure.UNAIDED: people.c.unaided,
        Measure.ENDED: and_(not_(people.c.aided), not_(people.c.unaided)),
    }[measure]


def enrolment_of(people: Subquery, scope: Scope, term: str) -> ColumnElement[bool]:
    """The enrolment of the term beside a pupil at a school; that it is one of the scope's is said for its index."""
    return and_(
        EnrolmentRecord.pupil_id == people.c.pupil_id,
        same_place(EnrolmentRecord.school_id, people.c.school_id),
        EnrolmentRecord.term == term,
        scope.holds(EnrolmentRecord.school_id),
    )


def beside(people: Subquery, scope: Scope, term: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """``people`` with their school, their enrolment of the term and the pupil's own row."""
    return (
        select(*columns)
        .join_from(people, Unit, Unit.id == people.c.school_id)
        .outerjoin(EnrolmentRecord, enrolment_of(people, scope, term))
        .outerjoin(Pupil, _pupil_of(people, scope))
    )


def _pupil_of(people: Subquery, scope: Scope) -> ColumnElement[bool]:
    """Only of a pupil that is there still; of one that went on, no school counts where it comes from."""
    here = same_place(Pupil.school_id, people.c.school_id)
    return and_(Pupil.id == people.c.pupil_id, here, scope.holds(Pupil.school_id))


STAGE = func.coalesce(cast(EnrolmentRecord.stage, String), NOT_SAID)
GRADE = func.coalesce(func.nullif(EnrolmentRecord.grade, ""), NOT_SAID)
PROVINCE = func.substr(Unit.path, 2, 2)
"""Of a school's path /32/3299/329901/…"""
ORIGIN = case(
    (func.coalesce(Pupil.hukou_division, "") == "", NOT_SAID),
    (func.left(Pupil.hukou_division, 2) == PROVINCE, HERE),
    else_=ELSEWHERE,
)


def group_of(by: By, unit: Unit) -> ColumnElement[str]:
    """The code of the group; a school's areas are its grades. Categories are sealed and told apart elsewhere."""
    if by is By.STAGE:
        return STAGE
    if by is By.ORIGIN:
        return ORIGIN
    return GRADE if unit.level is UnitLevel.SCHOOL else part_of(unit)


def part_of(unit: Unit) -> ColumnElement[str]:
    """The code of the unit right below this one in which a school stands."""
    return func.split_part(func.substr(Unit.path, len(unit.path) + 1), "/", 1)
