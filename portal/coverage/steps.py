"""下一步: whose move an open row is, what is to be done and by when: one table, and one way onto a row (G1)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local, working_days_after
from portal.models import Entitlement, EntitlementChange
from portal.vocabulary import ClaimMode, EntitlementState, Labelled, Term, UnitLevel

AUTO, CONFIRM, APPLY = ClaimMode.AUTO, ClaimMode.CONFIRM, ClaimMode.APPLY
MATCHED, VERIFIED, REACHED = EntitlementState.MATCHED, EntitlementState.VERIFIED, EntitlementState.REACHED
APPLIED, APPROVED, PAID = EntitlementState.APPLIED, EntitlementState.APPROVED, EntitlementState.PAID


class Mover(Labelled):
    """Whose move it is: the school, or the unit it reports to (a county, for a 市属 school the city)."""

    SCHOOL = "school", "学校"
    ABOVE = "above", "上级资助中心"


@dataclass(frozen=True)
class Step:
    """``days`` are working days; ``reason`` is why nothing was received so far, a code of the managed list."""

    mover: Mover
    words: str
    days: int
    reason: str


STEPS = {
    # state, claim mode: what happens next
    (MATCHED, AUTO): Step(Mover.SCHOOL, "核实是否在校、是否需要资助", 10, "R16"),
    (MATCHED, CONFIRM): Step(Mover.SCHOOL, "请家长确认；没有回应的打电话", 10, "R09"),
    (MATCHED, APPLY): Step(Mover.SCHOOL, "联系家长，协助申请", 10, "R09"),
    (VERIFIED, AUTO): Step(Mover.SCHOOL, "告知家长", 5, "R16"),
    (VERIFIED, CONFIRM): Step(Mover.SCHOOL, "请家长确认；没有回应的打电话", 5, "R09"),
    (VERIFIED, APPLY): Step(Mover.SCHOOL, "联系家长，协助申请", 5, "R09"),
    (REACHED, AUTO): Step(Mover.SCHOOL, "报送发放名单", 5, "R16"),
    (REACHED, CONFIRM): Step(Mover.SCHOOL, "报送发放名单", 5, "R16"),
    (REACHED, APPLY): Step(Mover.SCHOOL, "协助家长提交申请", 10, "R09"),
    (APPLIED, AUTO): Step(Mover.SCHOOL, "审核并上报", 10, "R16"),
    (APPLIED, CONFIRM): Step(Mover.SCHOOL, "审核并上报", 10, "R16"),
    (APPLIED, APPLY): Step(Mover.SCHOOL, "审核并上报", 10, "R16"),
    (APPROVED, AUTO): Step(Mover.ABOVE, "发放到账", 15, "R16"),
    (APPROVED, CONFIRM): Step(Mover.ABOVE, "发放到账", 15, "R16"),
    (APPROVED, APPLY): Step(Mover.ABOVE, "发放到账", 15, "R16"),
    (PAID, AUTO): Step(Mover.SCHOOL, "问家长是否收到", 10, "R16"),
    (PAID, CONFIRM): Step(Mover.SCHOOL, "问家长是否收到", 10, "R16"),
    (PAID, APPLY): Step(Mover.SCHOOL, "问家长是否收到", 10, "R16"),
}

# What may come between, whatever the claim mode.
NOT_RECEIVED = Step(Mover.ABOVE, "家长说没收到：查明款项去向并答复家长", 2, "R16")
SETTLED_WITHIN = 20
"""Working days from 没收到 to the money being there, counted as the answer's two are."""
MONEY_TRACED = Step(Mover.ABOVE, "已答复家长没收到的事：查清并补到账", SETTLED_WITHIN - NOT_RECEIVED.days, "R16")
MISSING = (NOT_RECEIVED.words, MONEY_TRACED.words)
"""The steps of money that is on record as paid and, says the family, did not come."""
PAID_SHORT = Step(Mover.ABOVE, "发放金额不足：查明原因并补发", 5, "R16")
LIST_GONE = Step(Mover.ABOVE, "所依据的名单没有了：核对孩子是否仍应享受", 5, "R16")
SAID_LEFT = Step(Mover.SCHOOL, "家长说孩子不在这所学校：核实去向", 5, "R16")
SAID_NEVER_AGREED = Step(Mover.ABOVE, "家长说没有同意过：查明经过，请家长重新确认", 5, "R09")
SAID_NOT_NEEDED = Step(Mover.SCHOOL, "家长说暂不需要：7天后再问一次", 5, "R09")

MOVING = Step(Mover.SCHOOL, "转出待接收：由转入学校接收", 10, "R01")
"""Stands until the new school accepts, whatever the family says and whatever is paid meanwhile (G16)."""
MOVING_NOWHERE = Step(Mover.ABOVE, "转出待接收：查明转入学校", 5, "R01")
NOT_THERE = Step(Mover.SCHOOL, "转入学校退回：核实孩子在哪里上学", 5, "R16")
TRUANT = Step(Mover.ABOVE, "疑似失学：当天核查劝返（控辍保学）", 0, "R04")
DROPPED_OUT = Step(Mover.ABOVE, "退学：核实去向，核对已发的资助", 10, "R04")
PAID_BEFORE_DEATH = Step(Mover.ABOVE, "款项已发放：与学校核对，不再联系家里", 10, "R06")

CARRIED_ON = Step(Mover.ABOVE, "上期受助、本期未匹配：核实是否仍符合，资助不停", 10, "R16")

PAY_DAYS = {Term.AUTUMN: (10, 15), Term.SPRING: (4, 15)}
"""Month and day by which a term's money is promised: our default, where no county has said otherwise."""
PAY_NOTICE, PAY_WITHIN = 12, 25
"""Working days: a row opened with less notice before its term's day is promised within the second."""


def pay_by(term: SchoolTerm, opened_at: datetime) -> date:
    """The day a family is told; fixed by the term and the opening, so that the promise never moves by itself."""
    return promised_on(term, local(opened_at).date())


def promised_on(term: SchoolTerm, opened_on: date) -> date:
    """The same for whatever was opened on a day."""
    month, day = PAY_DAYS[term.half]
    promised = date(term.first_day.year, month, day)
    in_time = working_days_after(opened_on, PAY_NOTICE) <= promised
    return promised if in_time else working_days_after(opened_on, PAY_WITHIN)


def due_day(step: Step, now: datetime) -> date:
    return days_after(local(now).date(), step.days)


def settled_by(answered_by: date) -> date:
    """The day on which money that did not come is there at the latest, from the day of the answer."""
    return days_after(answered_by, MONEY_TRACED.days)


@lru_cache(maxsize=256)
def days_after(day: date, days: int) -> date:
    """Counting working days is a third of the work of opening a county's rows, and the answer is always the same."""
    return working_days_after(day, days)


def owner_of(mover: Mover, above: UnitLevel) -> UnitLevel:
    """``above`` is the level of the unit the school reports to."""
    return UnitLevel.SCHOOL if mover is Mover.SCHOOL else above


def take_step(
    session: Session,
    row: Entitlement,
    state: EntitlementState,
    by: str,
    now: datetime,
    what: str,
    step: Step | None = None,
    due: date | None = None,
    act: UUID | None = None,
) -> None:
    """Put an open row into a state, with everything an open row owes; without ``step`` the table says which.

    Whatever moves, waits above no longer.
    """
    if step is None and is_moving(row):
        step, due = _STAYS[row.next_step], row.next_step_due
    step = step or STEPS[state, row.claim_mode]
    parent = row.school.parent
    row.state, row.reason, row.closed_on = state, step.reason, None
    row.owner_level = owner_of(step.mover, parent.level if parent else UnitLevel.COUNTY)
    row.next_step, row.next_step_due = step.words, due or due_day(step, now)
    row.raised_to = row.raised_at = None
    note_change(session, row, by, now, what, act)


_STAYS = {step.words: step for step in (MOVING, MOVING_NOWHERE)}


def is_moving(row: Entitlement) -> bool:
    """转出待接收: no step of this school's goes on with the row."""
    return row.closed_on is None and row.next_step in _STAYS


def close(
    session: Session,
    row: Entitlement,
    state: EntitlementState,
    reason: str | None,
    by: str,
    now: datetime,
    what: str,
    act: UUID | None = None,
) -> None:
    """End a row: received, or a final reason that somebody above the school agreed to."""
    row.state, row.reason = state, reason
    row.next_step, row.next_step_due, row.closed_on = "", None, local(now).date()
    row.raised_to = row.raised_at = None
    note_change(session, row, by, now, what, act)


MOVED = ("state", "reason", "owner_level", "next_step", "next_step_due", "closed_on", "raised_to", "raised_at")
"""What a step changes of a row, and taking it back restores."""
KEPT = ("pupil_id", "school_id", "policy", "term", "due_yuan", "paid_yuan", *MOVED)
"""What a change keeps of a row."""


def restore(session: Session, row: Entitlement, stood: EntitlementChange, by: str, now: datetime, what: str) -> None:
    """The row as it stood after an earlier change; that too is a change."""
    for name in MOVED:
        setattr(row, name, getattr(stood, name))
    note_change(session, row, by, now, what)


def note_change(session: Session, row: Entitlement, by: str, now: datetime, what: str, act: UUID | None = None) -> None:
    """Keep how the row stands now; nobody can rewrite it."""
    kept = {name: getattr(row, name) for name in KEPT}
    session.add(EntitlementChange(entitlement_id=row.id, at=now, by=by, act_id=act, what=what, **kept))
