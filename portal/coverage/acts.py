"""办理: what an officer may do with rows of the ledger, one or many in one press, and how it is taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.coverage.progress import note_not_received, note_received
from portal.coverage.raising import levels_above, raise_row
from portal.coverage.reasons import ABOVE, SCHOOL
from portal.coverage.steps import (
    APPLIED,
    APPROVED,
    MATCHED,
    MISSING,
    MONEY_TRACED,
    MOVING,
    MOVING_NOWHERE,
    NOT_RECEIVED,
    PAID,
    REACHED,
    VERIFIED,
    days_after,
    note_change,
    settled_by,
    take_step,
)
from portal.coverage.unaided import give_reason
from portal.models import Entitlement, StaffMember
from portal.vocabulary import ClaimMode, UnitLevel

SENT_BACK = 5
"""Working days for what the level above sent back."""
BELOW = {
    # whose steps somebody at this level may pass on
    UnitLevel.SCHOOL: (UnitLevel.SCHOOL,),
    UnitLevel.COUNTY: (UnitLevel.SCHOOL, UnitLevel.COUNTY),
    UnitLevel.CITY: (UnitLevel.SCHOOL, UnitLevel.COUNTY, UnitLevel.CITY),
}


@dataclass(frozen=True)
class Doing:
    """One press of a button: by whom, when, and what was written beside it."""

    session: Session
    staff: StaffMember
    now: datetime
    id: UUID
    words: str = ""
    reason: str = ""
    due: date | None = None

    @property
    def actor(self) -> str:
        return self.staff.actor

    @property
    def level(self) -> UnitLevel:
        return self.staff.unit.level

    def said(self, sentence: str) -> str:
        return sentence + (f"；{self.words}" if self.words else "")


@dataclass(frozen=True)
class Act:
    """``fits`` says in SQL which rows it may be done with, so that lists and the act itself never disagree."""

    code: str
    label: str
    levels: frozenset[UnitLevel]
    fits: Callable[[UnitLevel], ColumnElement[bool]]
    do: Callable[[Doing, Entitlement], None]
    unfit: str
    """Said when it fits none of the chosen rows."""
    wants_reason: bool = False


def _open(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Entitlement.closed_on.is_(None), *conditions)


def _stays() -> ColumnElement[bool]:
    """A row on its way to another school is the next school's to go on with."""
    return Entitlement.next_step.not_in((MOVING.words, MOVING_NOWHERE.words))


def _at_school(_: UnitLevel) -> ColumnElement[bool]:
    return Entitlement.owner_level == UnitLevel.SCHOOL


def _to_apply(level: UnitLevel) -> ColumnElement[bool]:
    early = Entitlement.state.in_((VERIFIED, REACHED))
    return _open(_stays(), _at_school(level), Entitlement.claim_mode == ClaimMode.APPLY, early)


def _to_report(level: UnitLevel) -> ColumnElement[bool]:
    """Applied for; or nothing need be applied for, and whatever the family has to say is said."""
    told = and_(Entitlement.state == REACHED, Entitlement.claim_mode != ClaimMode.APPLY)
    automatic = and_(Entitlement.state == VERIFIED, Entitlement.claim_mode == ClaimMode.AUTO)
    return _open(_stays(), _at_school(level), or_(Entitlement.state == APPLIED, told, automatic))


def _to_ask(_: UnitLevel) -> ColumnElement[bool]:
    full = or_(Entitlement.due_yuan.is_(None), Entitlement.paid_yuan >= Entitlement.due_yuan)
    return _open(full, or_(Entitlement.state == PAID, Entitlement.next_step.in_(MISSING)))


def _to_miss(_: UnitLevel) -> ColumnElement[bool]:
    return _open(Entitlement.state == PAID)


def _to_answer(level: UnitLevel) -> ColumnElement[bool]:
    theirs = or_(Entitlement.owner_level == level, Entitlement.raised_to == level)
    return _open(theirs, Entitlement.next_step == NOT_RECEIVED.words)


def _to_raise(level: UnitLevel) -> ColumnElement[bool]:
    below = BELOW.get(level, ())
    here = or_(Entitlement.raised_to.is_(None), Entitlement.raised_to.in_(below))
    not_yet = Entitlement.raised_to.is_(None) if level is UnitLevel.SCHOOL else here
    return _open(Entitlement.owner_level.in_(below), not_yet)


def _to_send_back(level: UnitLevel) -> ColumnElement[bool]:
    return _open(Entitlement.raised_to == level)


def _to_reason(level: UnitLevel) -> ColumnElement[bool]:
    unpaid = Entitlement.state.in_((MATCHED, VERIFIED, REACHED, APPLIED, APPROVED))
    theirs = (unpaid, _stays())
    return _open(*theirs, _at_school(level)) if level is UnitLevel.SCHOOL else _open(*theirs)


def _apply(doing: Doing, row: Entitlement) -> None:
    what = doing.said("学校协助办理：申请已提交")
    take_step(doing.session, row, APPLIED, doing.actor, doing.now, what, act=doing.id)


def _report(doing: Doing, row: Entitlement) -> None:
    what = doing.said("学校审核并上报，等待发放")
    take_step(doing.session, row, APPROVED, doing.actor, doing.now, what, act=doing.id)


def _receive(doing: Doing, row: Entitlement) -> None:
    note_received(doing.session, row, doing.actor, doing.now, doing.id)


def _miss(doing: Doing, row: Entitlement) -> None:
    note_not_received(doing.session, row, doing.actor, doing.now, doing.id)


def _answer(doing: Doing, row: Entitlement) -> None:
    """The day the family was promised stands, however early it was answered."""
    due = settled_by(row.next_step_due or local(doing.now).date())
    what = doing.said(f"{doing.level.label}已答复家长，{due} 前查清补到")
    take_step(doing.session, row, APPROVED, doing.actor, doing.now, what, MONEY_TRACED, due, doing.id)


def _raise(doing: Doing, row: Entitlement) -> None:
    ladder = (UnitLevel.SCHOOL, *levels_above(row.school))
    above = ladder[ladder.index(doing.level) + 1]
    what = doing.said(f"{doing.level.label}上报{above.label}")
    raise_row(doing.session, row, above, doing.actor, doing.now, what, doing.id)


def _send_back(doing: Doing, row: Entitlement) -> None:
    due = days_after(local(doing.now).date(), SENT_BACK)
    row.raised_to, row.raised_at, row.next_step_due = None, None, due
    what = doing.said(f"{doing.level.label}督办：{row.owner_level.label} {due} 前办")
    note_change(doing.session, row, doing.actor, doing.now, what, doing.id)


def _reason(doing: Doing, row: Entitlement) -> None:
    give_reason(doing.session, row, doing.reason, doing.words, doing.staff, doing.now, doing.due, doing.id)


ACTS: Mapping[str, Act] = {
    act.code: act
    for act in (
        Act("report", "审核并上报发放", SCHOOL, _to_report, _report, "已申请的，或不用申请、已核实或告知的，才能上报"),
        Act("apply", "申请已提交", SCHOOL, _to_apply, _apply, "只有需要申请、已核实在校的，才能记为已提交申请"),
        Act("answer", "已答复家长", ABOVE, _to_answer, _answer, "其中没有等本级答复的“没收到”"),
        Act("received", "家长说收到了", SCHOOL | ABOVE, _to_ask, _receive, "只有足额发放了的，才能记家长收到没有"),
        Act("missing", "家长说没收到", SCHOOL | ABOVE, _to_miss, _miss, "只有已发放的，才能记家长说没收到"),
        Act("send_back", "督办：退回办理", ABOVE, _to_send_back, _send_back, "其中没有上报到本级的"),
        Act("raise", "上报上级", frozenset(BELOW), _to_raise, _raise, "这些已经在上级那里，或已经结束"),
        Act(
            "reason", "填未资助原因", SCHOOL | {UnitLevel.COUNTY}, _to_reason, _reason,
            "已发放、已结束或由上级办理的，不用填原因", wants_reason=True,
        ),
    )
}  # fmt: skip


def acts_at(level: UnitLevel) -> tuple[Act, ...]:
    """What somebody at this level may do at all."""
    return tuple(act for act in ACTS.values() if level in act.levels)


def fitting(session: Session, ids: Sequence[UUID], level: UnitLevel) -> dict[str, int]:
    """With how many of these rows each act may be done now."""
    chosen = select(Entitlement.id).where(Entitlement.id.in_(ids))
    counts = {act.code: len(session.scalars(chosen.where(act.fits(level))).all()) for act in acts_at(level)}
    return {code: count for code, count in counts.items() if count}
