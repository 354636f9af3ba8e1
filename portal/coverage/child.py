"""The page of one child, already in words: one figure, what to do, each aid with its state, why, and whom to ring."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local, term_of
from portal.coverage.ledger import without_lists
from portal.coverage.notices import notices
from portal.coverage.status import ENJOYED, Status, asks_to_apply, asks_to_confirm, status_of
from portal.coverage.steps import PAID
from portal.coverage.words import NOTICE_CLAUSE, class_words, day_words, yuan_words
from portal.enrolment.circumstances import circumstances_of
from portal.enrolment.confirmation import spaced, standing_confirmation
from portal.enrolment.corrections import NOES, unsettled
from portal.models import Award, Confirmation, EnrolmentRecord, Entitlement, Pupil, SchoolClass
from portal.policies.catalogue import Catalogue
from portal.policies.evaluation import SCHOOL_DECIDES
from portal.policies.policy import Sureness, Version, Waiver, version_on
from portal.vocabulary import EntitlementState

ALL_WAIVED = "全免"


@dataclass(frozen=True)
class Item:
    """One aid; ``ask_received`` is the ledger row to ask 收到了／没收到 about, where money was paid."""

    policy: str
    name: str
    amount: str
    status: Status
    why: str
    clause: str
    source: str
    note: str
    ask_received: UUID | None = None


@dataclass(frozen=True)
class Answered:
    """What the family said to the two questions, and its receipt; ``yes`` while both answers are yes."""

    receipt: str
    words: str
    yes: bool


@dataclass(frozen=True)
class WhomToAsk:
    """People and the landline that also stands on the school gate; empty texts where nobody is entered."""

    school: str
    teacher: str
    aid_officer: str
    landline: str


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
    items: tuple[Item, ...]
    earlier: tuple[Item, ...]
    questions_open: bool
    answered: Answered | None
    ask: WhomToAsk


def child_page(session: Session, pupil: Pupil, catalogue: Catalogue, day: date) -> ChildPage:
    """Same layout for every child; one on no list sees what every child has, and no trace of any list."""
    term = term_of(day)
    record = _latest_record(session, pupil, term)
    rows = list(
        session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id).order_by(Entitlement.policy))
    )
    ours = [row for row in rows if row.term == term.code]
    before = sorted((row for row in rows if row.term < term.code), key=lambda row: _begins(row.term), reverse=True)
    paid_on = _paid_days(session, pupil)
    items = [_item(catalogue, row, paid_on, day) for row in ours]
    items += _spared(catalogue, pupil, record, term, {row.policy for row in ours})
    confirmation = standing_confirmation(session, pupil.id, term.code)
    figure, unit = _figure(ours, items)
    return ChildPage(
        pupil_id=pupil.id,
        name=pupil.name or "",
        class_words=class_words(record.grade, record.class_name) if record else "",
        term=term.code,
        term_label=term.label,
        figure=figure,
        unit=unit,
        headline=_headline(catalogue, ours),
        notices=notices(session, pupil, term.code, aided=bool(ours)),
        items=tuple(items),
        earlier=tuple(_item(catalogue, row, paid_on, day, SchoolTerm.parse(row.term).label) for row in before),
        questions_open=confirmation is None and any(row.closed_on is None for row in ours),
        answered=_answered(session, confirmation),
        ask=_whom_to_ask(session, pupil, record),
    )


def _latest_record(session: Session, pupil: Pupil, term: SchoolTerm) -> EnrolmentRecord | None:
    """Of this term, or of the one before while the new roster is not in yet."""
    records = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id))
    known = [record for record in records if _begins(record.term) <= term.first_day]
    return max(known, key=lambda record: (_begins(record.term), record.left_on is None), default=None)


def _begins(term: str) -> date:
    return SchoolTerm.parse(term).first_day


def _paid_days(session: Session, pupil: Pupil) -> dict[tuple[str, str], date]:
    last = select(Award.policy, Award.term, func.max(Award.paid_on)).where(Award.pupil_id == pupil.id)
    return {(policy, term): day for policy, term, day in session.execute(last.group_by(Award.policy, Award.term))}


def _item(
    catalogue: Catalogue, row: Entitlement, paid_on: dict[tuple[str, str], date], day: date, when: str = ""
) -> Item:
    policy = catalogue[row.policy]
    version = version_on(policy.versions, _begins(row.term))
    is_waiver = version is not None and any(isinstance(tier.amount, Waiver) for tier in version.tiers)
    amount = f"{yuan_words(row.due_yuan)}元" if row.due_yuan is not None else ALL_WAIVED if is_waiver else "请问学校"
    return Item(
        policy=row.policy,
        name=f"{when}{policy.family_name}",
        amount=amount,
        status=status_of(row, policy, is_waiver, paid_on.get((row.policy, row.term)), day),
        why=row.because or "",
        clause=NOTICE_CLAUSE,
        source=version.source if version else "",
        note=_note(version),
        ask_received=row.id if row.state is PAID else None,
    )


def _spared(
    catalogue: Catalogue, pupil: Pupil, record: EnrolmentRecord | None, term: SchoolTerm, held: set[str]
) -> list[Item]:
    """What nobody has to ask for, because no child of the stage pays it."""
    if record is None:
        return []
    circumstances = circumstances_of(record, pupil.school, pupil.hukou_division, None)
    return [
        Item(
            policy=finding.policy,
            name=catalogue[finding.policy].family_name,
            amount=ALL_WAIVED,
            status=ENJOYED,
            why="",
            clause="",
            source=finding.source,
            note="",
        )
        for finding in without_lists(catalogue, circumstances, term.first_day)
        if isinstance(finding.amount, Waiver) and finding.policy not in held
    ]


def _figure(rows: list[Entitlement], items: list[Item]) -> tuple[str, str]:
    due = [row.due_yuan for row in rows if row.due_yuan is not None and not _ended_unpaid(row)]
    if due:
        return yuan_words(sum(due, Decimal(0))), "元"
    if any(item.amount == ALL_WAIVED for item in items):
        return ALL_WAIVED, ""
    return "", ""


def _ended_unpaid(row: Entitlement) -> bool:
    return row.closed_on is not None and row.state is not EntitlementState.RECEIVED


def _headline(catalogue: Catalogue, rows: list[Entitlement]) -> str:
    """What is left for the family to do this term, read from the top."""
    open_rows = [row for row in rows if row.closed_on is None]
    if not rows:
        return "您不用做任何事"
    if not open_rows:
        received = any(row.state is EntitlementState.RECEIVED for row in rows)
        return "本学期的资助都收到了" if received else "本学期的事都办完了"
    if any(row.state is PAID for row in open_rows):
        return "钱已发放，请看看收到没有"
    if any(asks_to_apply(row, catalogue[row.policy]) for row in open_rows):
        return "有一项要您申请，不用交证明"
    if any(asks_to_confirm(row) for row in open_rows):
        return "只要回答下面两个问题，不用交证明"
    return "您不用做任何事，也不用交证明"


def _answered(session: Session, confirmation: Confirmation | None) -> Answered | None:
    if confirmation is None:
        return None
    taken_back = {correction.about for correction in unsettled(session, confirmation.pupil_id, confirmation.term)}
    said = {
        "not_in_school": "孩子不在这所学校",
        "no_aid_wanted": "现在不需要资助",
    }
    noes = [said[about] for about in NOES if about in taken_back]
    answer = "，".join(noes) if noes else "孩子在校，需要资助"
    said_on = day_words(local(confirmation.said_at).date())
    return Answered(spaced(confirmation.receipt), f"{said_on}您说：{answer}", yes=not noes)


def _whom_to_ask(session: Session, pupil: Pupil, record: EnrolmentRecord | None) -> WhomToAsk:
    teacher = record and session.scalar(
        select(SchoolClass.teacher).where(
            SchoolClass.school_id == record.school_id,
            SchoolClass.grade == record.grade,
            SchoolClass.name == record.class_name,
        )
    )
    school = pupil.school
    return WhomToAsk(school.name, teacher or "", school.aid_officer, school.landline)


def _note(version: Version | None) -> str:
    return "" if version is None or version.sure is Sureness.OFFICIAL else SCHOOL_DECIDES
