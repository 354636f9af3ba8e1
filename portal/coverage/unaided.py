"""未资助原因管理: a school's final reason waits for the unit above; some reasons never end a row (N3-14, N3-18)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.coverage import reasons
from portal.coverage.reasons import Reason, ReasonRefused
from portal.coverage.steps import PAID, Mover, Step, close, is_moving, take_step
from portal.database import lock
from portal.models import Entitlement, StaffMember
from portal.privacy.masking import one_line
from portal.vocabulary import EntitlementState, UnitLevel

GIVER_KEEPS = frozenset({"R16"})
"""Whoever is still at it keeps the row."""


def give_reason(
    session: Session,
    row: Entitlement,
    code: str,
    words: str,
    by: StaffMember,
    now: datetime,
    due: date | None = None,
    act: UUID | None = None,
) -> None:
    """Raise ReasonRefused with the sentence for the form; the row stays as it was then."""
    lock(session, row)
    level = by.unit.level
    _refuse_for_state(row, level)
    reason = reasons.check(code, words, level, due, local(now).date())
    said = one_line(words)
    what = f"{by.unit.level.label}填写原因：{reason.label}" + (f"；{said}" if said else "")
    if level in reason.closed_by:
        close(session, row, row.state, reason.code, by.actor, now, what, act)
    else:
        step = Step(_mover(reason, level), reason.step, reason.days, reason.code)
        take_step(session, row, row.state, by.actor, now, what, step, due, act)
    audit.record(
        session, by.actor, "reason_given",
        unit_id=row.school_id, pupil_id=row.pupil_id, policy=row.policy, term=row.term, reason=reason.code,
    )  # fmt: skip


def _refuse_for_state(row: Entitlement, level: UnitLevel) -> None:
    if row.state is EntitlementState.RECEIVED:
        raise ReasonRefused("家长已说收到，这一行不用填原因")
    if is_moving(row):
        raise ReasonRefused("孩子正在转学：转入学校接收以前，这一行不能填原因，也不能结束")
    if row.state is PAID:
        raise ReasonRefused("这一行已有发放记录，请先问家长是否收到")
    if level is UnitLevel.SCHOOL and (row.closed_on is not None or row.owner_level is not UnitLevel.SCHOOL):
        raise ReasonRefused("这一行现在由上级资助中心办理，学校不能改；有新情况请打电话说明")


def _mover(reason: Reason, level: UnitLevel) -> Mover:
    from_school = level is UnitLevel.SCHOOL
    return Mover.SCHOOL if reason.at_school or (from_school and reason.code in GIVER_KEEPS) else Mover.ABOVE
