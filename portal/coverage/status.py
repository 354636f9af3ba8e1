"""How a row stands, said to the family: the actor, the act and the date, never a bare 处理中."""

from dataclasses import dataclass
from datetime import date

from portal.clock import SchoolTerm
from portal.coverage.ledger_row import LedgerRow
from portal.coverage.progress import WAIVED, is_missing, is_traced
from portal.coverage.reasons import label_of
from portal.coverage.steps import (
    APPLIED,
    APPROVED,
    MATCHED,
    PAID,
    PAID_SHORT,
    REACHED,
    SAID_LEFT,
    SAID_NOT_NEEDED,
    VERIFIED,
    pay_by,
    settled_by,
)
from portal.coverage.words import above_words, day_words, short_day, yuan_words
from portal.enrolment.waivers import APART
from portal.policies.policy import Policy
from portal.vocabulary import ClaimMode, EntitlementState, Labelled, UnitLevel


class Dot(Labelled):
    """State is a dot and words, never the colour alone."""

    PENDING = "pending", "办理中"
    TODO = "todo", "等您办"
    LATE = "late", "晚了"
    DONE = "done", "已办好"
    ENDED = "ended", "已结束"


@dataclass(frozen=True)
class Status:
    """What a family reads beside the dot."""

    dot: Dot
    words: str


DIED = "R06"
QUIET = "已停止办理。需要帮助，请打本页的电话"
AWAY = {
    "R01": "孩子转学，由新学校接着办，资助不停，不会重复，也不会少",
    "R02": "学校登记了休学，资助中心核对中；返校后接着办",
    "R03": "学校登记了毕业，资助中心核对中",
    "R04": "老师会联系您，孩子随时可以回校；资助保留",
    DIED: QUIET,
}
"""By reason, while the row is open."""

ENJOYED = Status(Dot.DONE, "已经享受")


def asks_to_apply(row: LedgerRow, policy: Policy) -> bool:
    """Whether the family itself still has to apply; for most children on a list the school does it."""
    early = row.state in (MATCHED, VERIFIED, REACHED)
    return early and row.claim_mode is ClaimMode.APPLY and policy.application.listed is None


def closed_before(row: LedgerRow, policy: Policy, today: date) -> date | None:
    """The last day to apply, where the family still had to and it has passed."""
    term = SchoolTerm.parse(row.term)
    closes = policy.application.closes_for(term.school_year_begins, term.last_day)
    return closes if closes and closes < today and asks_to_apply(row, policy) else None


def asks_to_confirm(row: LedgerRow) -> bool:
    """Whether the two answers are what it waits for."""
    return row.claim_mode is ClaimMode.CONFIRM and row.state in (MATCHED, VERIFIED)


def status_of(row: LedgerRow, policy: Policy, is_waiver: bool, today: date) -> Status:
    """The first of the cases below that holds."""
    above = above_words(row.school)
    return (
        _when_ended(row)
        or _when_away(row)
        or _when_paid(row, above, today)
        or _when_answered(row)
        or _when_waiting(row, policy, is_waiver, above, today)
    )


def _when_ended(row: LedgerRow) -> Status | None:
    if row.state is EntitlementState.RECEIVED:
        paid = f"{day_words(row.paid_on)}已发放 · " if row.paid_on else ""
        return Status(Dot.DONE, f"{paid}您说收到了")
    if row.closed_on is not None and row.reason == WAIVED:
        return Status(Dot.ENDED, f"{day_words(row.closed_on)}您第二次说不需要，不再办理；改主意了随时可以恢复")
    if row.closed_on is not None and row.reason == DIED:
        return Status(Dot.ENDED, QUIET)
    if row.closed_on is not None:
        return Status(Dot.ENDED, f"{day_words(row.closed_on)}结束：{label_of(row.reason)}。有疑问请打本页的电话")
    return None


def _when_away(row: LedgerRow) -> Status | None:
    """Of a child who changes school or is not in school; said without blame."""
    if row.state is PAID and row.reason != DIED:
        return None
    words = AWAY.get(row.reason or "")
    return Status(Dot.ENDED if row.reason == DIED else Dot.PENDING, words) if words else None


def _when_missing(row: LedgerRow, above: str, today: date) -> Status:
    """Both clocks of 没收到 as dates: the answer within 2 working days, the money within 20."""
    answer_by = row.next_step_due or today
    if is_traced(row) and today <= answer_by:
        return Status(Dot.LATE, f"您说没收到。{above}已答复您，{short_day(answer_by)}前查清补到")
    if is_traced(row):
        return Status(
            Dot.LATE, f"您说没收到。{above}应在{short_day(answer_by)}前补到，晚了，已报上一级；着急请打本页的电话"
        )
    said = f"您说没收到。{above}{short_day(answer_by)}前答复您，{short_day(settled_by(answer_by))}前查清补到"
    late = f"您说没收到。{above}应在{short_day(answer_by)}前答复，晚了；着急请打本页的电话"
    return Status(Dot.LATE, late if today > answer_by else said)


def _when_paid(row: LedgerRow, above: str, today: date) -> Status | None:
    by = f"{short_day(row.next_step_due)}前" if row.next_step_due else ""
    if is_missing(row):
        return _when_missing(row, above, today)
    if row.state is not PAID:
        return None
    paid = f"{day_words(row.paid_on)}已发放" if row.paid_on else "已发放"
    if row.next_step == PAID_SHORT.words and row.due_yuan is not None:
        lacking = yuan_words(row.due_yuan - row.paid_yuan)
        return Status(Dot.LATE, f"{paid}{yuan_words(row.paid_yuan)}元，还差{lacking}元，{above}{by}补发")
    return Status(Dot.TODO, f"{paid}，请看看收到没有")


def _when_answered(row: LedgerRow) -> Status | None:
    if row.next_step == SAID_LEFT.words:
        return Status(Dot.PENDING, "您说孩子不在这所学校，学校正在核实")
    if row.next_step == SAID_NOT_NEEDED.words:
        return Status(Dot.PENDING, f"记下了：暂时不需要；{APART.days}天后再说一次才算数，随时可以改主意")
    return None


def _when_waiting(row: LedgerRow, policy: Policy, is_waiver: bool, above: str, today: date) -> Status:
    promised = pay_by(SchoolTerm.parse(row.term), row.opened_at)
    by = f"{short_day(promised)}前{'办好' if is_waiver else '到账'}"
    closed = closed_before(row, policy, today)
    if closed:
        return Status(Dot.LATE, f"{day_words(closed)}前要申请，已经过了；还能不能补，请打本页的电话问")
    if asks_to_apply(row, policy):
        return Status(Dot.TODO, f"要申请一次：{policy.application.how}。{policy.application.when}")
    if asks_to_confirm(row):
        return Status(Dot.TODO, f"请回答下面两个问题，答完由学校办理，{by}")
    if today > promised:
        actor = above if row.owner_level is not UnitLevel.SCHOOL else "学校"
        return Status(Dot.LATE, f"比说好的{short_day(promised)}晚了，{actor}正在办；着急请打本页的电话")
    if row.state is APPLIED:
        return Status(Dot.PENDING, f"学校审核中，{by}")
    return Status(Dot.PENDING, f"{f'{above}发放中' if row.state is APPROVED else '学校办理中'}，{by}")
