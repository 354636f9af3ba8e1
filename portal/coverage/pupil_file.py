"""学生页 for staff: everything the portal knows of one pupil within their scope, with values masked (N3-13)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal import audit
from portal.access.actors import actor_words
from portal.access.households import is_grown_up
from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.lists import LedgerLine, line_of
from portal.coverage.reasons import label_of
from portal.coverage.words import class_words, day_words, register_words
from portal.enrolment.confirmation import spaced
from portal.enrolment.corrections import ABOUTS, NOT_ON_LIST
from portal.enrolment.lists import settled_words
from portal.models import (
    Award,
    Confirmation,
    ContactRecord,
    Correction,
    EnrolmentRecord,
    Entitlement,
    EntitlementChange,
    HardshipCategory,
    MatchPair,
    Pupil,
)
from portal.policies.catalogue import Catalogue
from portal.policies.policy import PROVINCE_DIVISION
from portal.privacy.masking import mask_name, mask_number, mask_phone
from portal.vocabulary import EntitlementState, UnitLevel


@dataclass(frozen=True)
class GuardianLine:
    relation: str
    masked_name: str
    masked_phone: str


@dataclass(frozen=True)
class ChangeLine:
    """What happened to a row, and how it stood afterwards."""

    at: datetime
    by: str
    what: str
    state: EntitlementState
    reason_label: str
    next_step: str


@dataclass(frozen=True)
class RowFile:
    """A ledger row with why it was opened and all that happened to it, oldest first."""

    line: LedgerLine
    term_label: str
    why: str
    changes: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class MatchLine:
    """A pair that stands, as the run left it."""

    category: str
    decision: str
    basis: str
    because: str
    register: str
    """Who delivered the list, and its batch (N2-2)."""
    on: date


@dataclass(frozen=True)
class AwardLine:
    policy_name: str
    term_label: str
    yuan: Decimal
    paid_on: date


@dataclass(frozen=True)
class ContactLine:
    at: datetime
    channel: str
    by: str
    reached: bool
    outcome: str


@dataclass(frozen=True)
class CorrectionLine:
    id: UUID
    said_at: datetime
    label: str
    words: str
    settled_at: datetime | None
    answer: str
    needs_answer: bool
    disputes: bool
    """The family says that the list itself is wrong: its bureau may be asked."""


@dataclass(frozen=True)
class PupilFile:
    """``confirmed`` is a sentence with receipt, empty while the two questions are open."""

    pupil_id: UUID
    masked_name: str
    masked_number: str
    school: str
    class_words: str
    outside_province: bool
    grown_up: bool
    confirmed: str
    guardians: tuple[GuardianLine, ...]
    rows: tuple[RowFile, ...]
    matches: tuple[MatchLine, ...]
    awards: tuple[AwardLine, ...]
    contacts: tuple[ContactLine, ...]
    corrections: tuple[CorrectionLine, ...]


def pupil_file(
    session: Session,
    scope: Scope,
    pupil_id: UUID,
    level: UnitLevel,
    catalogue: Catalogue,
    today: date,
    by: str,
    source: str,
) -> PupilFile:
    """Raise NotInScope for a pupil that is not there or not theirs; that it was read is recorded.

    ``level`` is the reader's: what a family told the county about its school is not shown to the school.
    """
    pupil = scope.find(session, Pupil, pupil_id, Pupil.school_id)
    audit.record(session, by, "read", unit_id=pupil.school_id, pupil_id=pupil.id, source=source)
    records = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id))
    record = max(records, key=lambda one: (SchoolTerm.parse(one.term), one.left_on is None), default=None)
    in_class = class_words(record.grade, record.class_name) if record else ""
    return PupilFile(
        pupil_id=pupil.id,
        masked_name=mask_name(pupil.name or ""),
        masked_number=mask_number(pupil.id_number or ""),
        school=pupil.school.name,
        class_words=in_class,
        outside_province=bool(pupil.hukou_division) and not pupil.hukou_division.startswith(PROVINCE_DIVISION),
        grown_up=is_grown_up(pupil, today),
        confirmed=_confirmed(session, pupil_id, record.term if record else ""),
        guardians=tuple(
            GuardianLine(guardian.relation, mask_name(guardian.name or ""), mask_phone(guardian.phone or ""))
            for guardian in pupil.guardians
        ),
        rows=_rows(session, pupil_id, in_class, catalogue, today),
        matches=_matches(session, pupil_id),
        awards=_awards(session, pupil_id, catalogue),
        contacts=_contacts(session, pupil_id),
        corrections=_corrections(session, pupil_id, level),
    )


def _confirmed(session: Session, pupil_id: UUID, term: str) -> str:
    said = session.scalars(
        select(Confirmation).where(Confirmation.pupil_id == pupil_id, Confirmation.term == term)
    ).first()
    if said is None:
        return ""
    answer = f"{'在校' if said.in_school else '不在校'}，{'需要资助' if said.wants_aid else '不需要资助'}"
    who, on = actor_words(session, said.by), day_words(local(said.said_at).date())
    return f"{on}{who}确认：{answer}。回执号 {spaced(said.receipt)}"


def _rows(session: Session, pupil_id: UUID, in_class: str, catalogue: Catalogue, today: date) -> tuple[RowFile, ...]:
    rows = session.scalars(
        select(Entitlement)
        .where(Entitlement.pupil_id == pupil_id)
        .order_by(Entitlement.opened_at.desc(), Entitlement.policy)
        .options(selectinload(Entitlement.changes))
    )
    return tuple(
        RowFile(
            line=line_of(row, in_class, catalogue, today),
            term_label=SchoolTerm.parse(row.term).label,
            why=row.because or "",
            changes=tuple(_change(session, change) for change in sorted(row.changes, key=_moment)),
        )
        for row in rows
    )


def _moment(change: EntitlementChange) -> tuple[datetime, int]:
    """Changes of one moment stand in the order of states."""
    return change.at, list(EntitlementState).index(change.state)


def _change(session: Session, change: EntitlementChange) -> ChangeLine:
    return ChangeLine(
        change.at, actor_words(session, change.by), change.what, change.state, label_of(change.reason),
        change.next_step,
    )  # fmt: skip


def _matches(session: Session, pupil_id: UUID) -> tuple[MatchLine, ...]:
    names = {category.code: category.name for category in session.scalars(select(HardshipCategory))}
    standing = select(MatchPair).where(MatchPair.pupil_id == pupil_id, MatchPair.superseded_at.is_(None))
    pairs = sorted(
        session.scalars(standing.order_by(MatchPair.id)), key=lambda pair: SchoolTerm.parse(pair.term), reverse=True
    )
    return tuple(
        MatchLine(
            category=names.get(pair.category or "", pair.category or ""),
            decision=settled_words(pair),
            basis=pair.basis.label,
            because=pair.because or "",
            register=register_words(pair.register or ""),
            on=pair.found_on,
        )
        for pair in pairs
    )


def _awards(session: Session, pupil_id: UUID, catalogue: Catalogue) -> tuple[AwardLine, ...]:
    awards = session.scalars(select(Award).where(Award.pupil_id == pupil_id).order_by(Award.paid_on.desc()))
    return tuple(
        AwardLine(catalogue[award.policy].name, SchoolTerm.parse(award.term).label, award.yuan, award.paid_on)
        for award in awards
    )


def _contacts(session: Session, pupil_id: UUID) -> tuple[ContactLine, ...]:
    found = session.scalars(
        select(ContactRecord).where(ContactRecord.pupil_id == pupil_id).order_by(ContactRecord.at.desc())
    )
    return tuple(
        ContactLine(
            contact.at, contact.channel.label, actor_words(session, contact.by), contact.reached, contact.outcome or ""
        )
        for contact in found
    )


def _corrections(session: Session, pupil_id: UUID, level: UnitLevel) -> tuple[CorrectionLine, ...]:
    hidden = {about.code for about in ABOUTS.values() if level is UnitLevel.SCHOOL and about.looks is not level}
    said = select(Correction).where(Correction.pupil_id == pupil_id, Correction.about.not_in(hidden))
    return tuple(
        CorrectionLine(
            correction.id,
            correction.said_at,
            ABOUTS[correction.about].label,
            correction.words or "",
            correction.settled_at,
            correction.answer or "",
            ABOUTS[correction.about].needs_answer,
            correction.about == NOT_ON_LIST,
        )
        for correction in session.scalars(said.order_by(Correction.said_at.desc()))
    )
