"""The page of one child, already in words: one figure, what to do, each aid with its state, why, and whom to ring."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from portal.access.households import has_died, is_grown_up, only_guardians_act
from portal.clock import SchoolTerm, local, term_of
from portal.coverage.aids import ALL_WAIVED, Item, item_of, spared
from portal.coverage.household import Household, household_of
from portal.coverage.known import Known, Waived, begins, known_of
from portal.coverage.ledger_row import LedgerRow, rows_of
from portal.coverage.next_stage import Later, later_of
from portal.coverage.notices import notices
from portal.coverage.progress import is_missing
from portal.coverage.status import asks_to_apply, asks_to_confirm, closed_before
from portal.coverage.steps import LIST_GONE, PAID, SAID_LEFT, SAID_NEVER_AGREED, SAID_NOT_NEEDED
from portal.coverage.totals import COUNTED_AS_AIDED
from portal.coverage.words import above_words, class_words, day_words, yuan_words
from portal.enrolment import waivers
from portal.enrolment.circumstances import circumstances_of
from portal.enrolment.confirmation import spaced
from portal.enrolment.corrections import NOES
from portal.enrolment.waivers import BY_FAMILY
from portal.policies.catalogue import Catalogue
from portal.vocabulary import Boarding, EntitlementState

NOTHING_TO_DO = "您不用做任何事，也不用交证明"
LOOKED_INTO = frozenset(step.words for step in (SAID_LEFT, SAID_NOT_NEEDED, SAID_NEVER_AGREED, LIST_GONE))


@dataclass(frozen=True)
class Answered:
    """What the family said to the two questions, and its receipt; ``yes`` while both answers are yes."""

    receipt: str
    words: str
    yes: bool


@dataclass(frozen=True)
class WhomToAsk:
    """People and the landline that also stands on the school gate; empty texts where nobody is entered.

    ``above`` is whom the school reports to, as a family calls it.
    """

    school: str
    helper: str
    teacher: str
    aid_officer: str
    landline: str
    above: str


@dataclass(frozen=True)
class Sums:
    """Yuan of this term: due, given by the paying file and not denied by the family, and what is lacking (G7)."""

    due: Decimal
    paid: Decimal
    missing: Decimal


@dataclass(frozen=True)
class Waiving:
    """不需要资助, said once: ``again_from`` is the day from which it may be said again and counts; or said twice.

    ``heard``: somebody took it down in the family's name, who may not have said it.
    """

    said_on: date
    again_from: date
    counts_now: bool
    final: bool
    heard: bool


@dataclass(frozen=True)
class ChildPage:
    """``figure`` with ``unit`` is the one large thing on the page; both empty for a child with nothing to count."""

    pupil_id: UUID
    name: str
    class_words: str
    term: str
    term_label: str
    figure: str
    unit: str
    headline: str
    notices: tuple[str, ...]
    sums: Sums | None
    items: tuple[Item, ...]
    earlier: tuple[Item, ...]
    questions_open: bool
    answered: Answered | None
    waiving: Waiving | None
    household: Household | None
    later: tuple[Later, ...]
    ask: WhomToAsk
    ask_first: bool
    """送教上门: whom to ring stands before everything else (J10)."""
    guardians_only: bool
    """A child under 14: only its parents answer."""
    answer_changes_nothing: bool
    """Nothing waits for the two answers, nor hangs on them; they only spare the teacher a call."""
    grown_up: bool
    """From 18 it is the student who reads, and of herself (J8)."""


def child_page(session: Session, pupil_id: UUID, catalogue: Catalogue, day: date) -> ChildPage | None:
    """Same layout for every child; one on no list sees what every child has, and no trace of any list.

    None for a child out of reach.
    """
    term = term_of(day)
    known = known_of(session, pupil_id, term)
    if known is None:
        return None
    pupil, record = known.pupil, known.record
    if record is not None and record.left_on is not None and has_died(session, pupil.id):
        return _quiet_page(known, term)
    rows = rows_of(session, pupil.id)
    ours = [row for row in rows if row.term == term.code]
    before = [row for row in rows if begins(row.term) < term.first_day]
    before.sort(key=lambda row: begins(row.term), reverse=True)
    items = [item_of(catalogue, row, day) for row in ours]
    if record is not None:
        as_everybody = circumstances_of(record, pupil.school, pupil.hukou_division, None)
        items += spared(catalogue, as_everybody, term, {row.policy for row in ours})
    household = None if ours or record is None else household_of(session, pupil, record, term, catalogue)
    figure, unit = _figure(ours, items)
    grown_up = is_grown_up(pupil, day)
    headline = household.headline if household else _headline(catalogue, ours, day)
    return ChildPage(
        pupil_id=pupil.id,
        name=pupil.name,
        class_words=class_words(record.grade, record.class_name) if record else "",
        term=term.code,
        term_label=term.label,
        figure=figure,
        unit=unit,
        notices=notices(session, pupil, term.code, bool(ours), known.refused, grown_up),
        headline=headline,
        sums=_sums(ours),
        items=tuple(items),
        earlier=tuple(item_of(catalogue, row, day, SchoolTerm.parse(row.term).label) for row in before),
        questions_open=known.confirmation is None and any(row.closed_on is None for row in ours),
        answered=_answered(known),
        waiving=_waiving(known.waiver, day),
        household=household,
        later=later_of(session, record, term, catalogue) if record and ours else (),
        ask=_whom_to_ask(known),
        ask_first=record is not None and record.boarding is Boarding.AT_HOME,
        guardians_only=only_guardians_act(pupil, day),
        answer_changes_nothing=headline == NOTHING_TO_DO and not any(map(_waits_for_a_yes, ours)),
        grown_up=grown_up,
    )


def _quiet_page(known: Known, term: SchoolTerm) -> ChildPage:
    """去世: a name and whom to ring; nothing is asked, counted or announced."""
    return ChildPage(
        pupil_id=known.pupil.id, name=known.pupil.name, class_words="", term=term.code, term_label=term.label,
        figure="", unit="", headline="这里的办理已经停止",
        notices=("不会再给您发消息。有要问的，请打学校电话。",), sums=None, items=(), earlier=(), questions_open=False,
        answered=None, waiving=None, household=None, later=(), ask=_whom_to_ask(known), ask_first=False,
        guardians_only=False, answer_changes_nothing=False, grown_up=False,
    )  # fmt: skip


def _whom_to_ask(known: Known) -> WhomToAsk:
    school, record = known.pupil.school, known.record
    helper, teacher = (record.helper or "", record.teacher or "") if record else ("", "")
    return WhomToAsk(school.name, helper, teacher, school.aid_officer, school.landline, above_words(school))


def _figure(rows: list[LedgerRow], items: list[Item]) -> tuple[str, str]:
    sums = _sums(rows)
    if sums:
        return yuan_words(sums.due), "元"
    if any(item.amount == ALL_WAIVED for item in items):
        return ALL_WAIVED, ""
    return "", ""


def _sums(rows: list[LedgerRow]) -> Sums | None:
    """Over rows with a sure sum, but for those that ended unpaid."""
    pairs = [
        (row.due_yuan, row.paid_yuan if row.state in COUNTED_AS_AIDED else Decimal(0))
        for row in rows
        if row.due_yuan is not None and (row.closed_on is None or row.state is EntitlementState.RECEIVED)
    ]
    if not pairs:
        return None
    due, paid, missing = zip(*((due, paid, max(due - paid, Decimal(0))) for due, paid in pairs), strict=True)
    return Sums(sum(due, Decimal(0)), sum(paid, Decimal(0)), sum(missing, Decimal(0)))


def _headline(catalogue: Catalogue, rows: list[LedgerRow], day: date) -> str:
    """What is left for the family to do this term, read from the top."""
    open_rows = [row for row in rows if row.closed_on is None]
    if not rows:
        return "您不用做任何事"
    if not open_rows:
        received = any(row.state is EntitlementState.RECEIVED for row in rows)
        return "本学期的资助都收到了" if received else "本学期的事都办完了"
    if any(is_missing(row) for row in open_rows):
        return "您说没收到，资助中心在查，不用交证明"
    if any(row.state is PAID for row in open_rows):
        return "钱已发放，请看看收到没有"
    if any(closed_before(row, catalogue[row.policy], day) for row in open_rows):
        return "有一项申请的日子过了，请打电话问能不能补"
    if any(asks_to_apply(row, catalogue[row.policy]) for row in open_rows):
        return "有一项要您申请，不用交证明"
    if any(asks_to_confirm(row) for row in open_rows):
        return "只要回答下面两个问题，不用交证明"
    return NOTHING_TO_DO


def _waits_for_a_yes(row: LedgerRow) -> bool:
    """The school or the county looks into it first, and a yes may be what settles it."""
    return row.closed_on is None and row.next_step in LOOKED_INTO


def _answered(known: Known) -> Answered | None:
    said = known.confirmation
    if said is None:
        return None
    words = {
        "not_in_school": "孩子不在这所学校",
        "no_aid_wanted": "现在不需要资助",
    }
    noes = [words[about] for about in NOES if about in known.noes]
    answer = "，".join(noes) if noes else "孩子在校，需要资助"
    said_on = day_words(local(said.said_at).date())
    heard = f"{said_on}学校按您说的记下：{answer}。没有同意过的，点“信息不对，我要改”"
    words_said = f"{said_on}您说：{answer}" if said.by == BY_FAMILY else heard
    return Answered(spaced(said.receipt), words_said, yes=not noes)


def _waiving(waiver: Waived | None, day: date) -> Waiving | None:
    if waiver is None:
        return None
    again_from = waivers.counts_from(waiver)
    return Waiving(
        local(waiver.said_at).date(), again_from, day >= again_from, waivers.is_final(waiver), waivers.was_heard(waiver)
    )
