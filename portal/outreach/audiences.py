"""Whom a reminder concerns, by how the ledger stands at this moment; whose matter is settled is not meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.sql.elements import SQLCoreOperations

from portal.clock import SchoolTerm
from portal.coverage.steps import APPLIED, PAID, STEPS
from portal.enrolment.moves import is_away
from portal.enrolment.standing import stands
from portal.enrolment.waivers import BY_FAMILY
from portal.models import Confirmation, EnrolmentRecord, Entitlement, MatchPair, MatchPart, MatchRun, Pupil, Waiver
from portal.vocabulary import Audience, ClaimMode, Decision, EntitlementState


@dataclass(frozen=True)
class Matter:
    """``name`` stands in each message; ``templates`` is the beginning of the names of its template files."""

    name: str
    templates: str


MATTERS = {
    Audience.UNCONFIRMED: Matter("enrolment-not-confirmed", "enrolment_not_confirmed"),
    Audience.TO_APPLY: Matter("not-applied", "not_applied"),
    Audience.PAID: Matter("paid", "paid"),
    Audience.WAIVER_HEARD: Matter("waiver-heard", "waiver_heard"),
    Audience.ACTED_FOR: Matter("acted-for", "acted_for"),
}
"""What is said of one pupil's aid; publicity for everyone has its occasion for a matter."""

BEFORE_APPLYING = tuple(state for state in list(EntitlementState)[: list(EntitlementState).index(APPLIED)])
ASK_WHETHER_IT_CAME = STEPS[PAID, ClaimMode.AUTO].words


def matter_of(audience: Audience, term: SchoolTerm) -> str:
    return f"{MATTERS[audience].name}:{term.code}"


def audience_of(matter: str) -> tuple[Audience, SchoolTerm]:
    """The other way round; a matter of no ledger row is for everyone."""
    name, _, term = matter.rpartition(":")
    found = (audience for audience, known in MATTERS.items() if known.name == name)
    return next(found, Audience.EVERYONE), SchoolTerm.parse(term)


def concerned(
    audience: Audience, term: SchoolTerm, stages: Mapping[str, Any] | None = None, beside: bool = False
) -> Select[UUID]:
    """Pupils enrolled in the term whom it concerns; ``beside``: also those a sibling's message may speak of."""
    if audience is Audience.UNCONFIRMED:
        decisions = (Decision.CERTAIN, Decision.HOUSEHOLD) if beside else (Decision.CERTAIN,)
        return _waiting(term, decisions, stages)
    enrolled = select(Pupil.id).where(_in_stages(term, stages))
    if audience in IN_THEIR_NAME:
        return enrolled.where(IN_THEIR_NAME[audience](term))
    row = row_condition(audience)
    if row is None:
        return enrolled
    return enrolled.where(exists().where(Entitlement.pupil_id == Pupil.id, Entitlement.term == term.code, row))


def concerns(pupil_id: SQLCoreOperations[UUID], whom: Select[UUID]) -> ColumnElement[bool]:
    """Whether one pupil is among those ``concerned``, found by its id.

    Said so that PostgreSQL can't turn it round and go through all whom it concerns, which it takes for a few.
    """
    one = whom.where(Pupil.id == pupil_id).limit(1).correlate_except(Pupil)
    return one.scalar_subquery().is_not(None)


def row_condition(audience: Audience) -> ColumnElement[bool] | None:
    """Which ledger rows a message of this audience speaks of."""
    is_open = Entitlement.closed_on.is_(None)
    if audience is Audience.TO_APPLY:
        return and_(
            is_open, Entitlement.claim_mode == ClaimMode.APPLY, Entitlement.state.in_(BEFORE_APPLYING)
        )  # fmt: skip
    if audience is Audience.PAID:
        return and_(is_open, Entitlement.state == PAID, Entitlement.next_step == ASK_WHETHER_IT_CAME)
    return is_open if audience is Audience.UNCONFIRMED or audience in IN_THEIR_NAME else None


def waiting(term: SchoolTerm) -> Select[UUID]:
    """Pupils enrolled and certainly matched whose enrolment is not confirmed."""
    return _waiting(term, (Decision.CERTAIN,), None)


def ledger_awaited(term: SchoolTerm) -> ColumnElement[bool]:
    """A list that stands has the pupil in a part whose ledger is still to be opened; it says what a message will.

    Asked when a message is planned, and only then: what was planned before, and what a person was asked to do, stays.
    """
    awaited = (
        select(func.unnest(MatchPart.pupil_ids).label("pupil_id"))
        .join(MatchRun, MatchRun.id == MatchPart.run_id)
        .where(MatchRun.term == term.code, MatchRun.stands_since.is_not(None))
        .subquery("awaited")
    )
    return exists().where(awaited.c.pupil_id == Pupil.id)


def _waiting(term: SchoolTerm, decisions: Sequence[Decision], stages: Mapping[str, Any] | None) -> Select[UUID]:
    matched = exists().where(
        MatchPair.pupil_id == Pupil.id,
        stands(term.code),
        MatchPair.outcome.in_(decisions),
    )
    confirmed = exists().where(Confirmation.pupil_id == Pupil.id, Confirmation.term == term.code)
    return select(Pupil.id).where(matched, _in_stages(term, stages), ~confirmed)


def _waiver_heard(term: SchoolTerm) -> ColumnElement[bool]:
    """自愿放弃 that somebody else took down."""
    heard = or_(Waiver.by != BY_FAMILY, Waiver.repeated_by != BY_FAMILY)
    return exists().where(Waiver.pupil_id == Pupil.id, Waiver.term == term.code, Waiver.taken_back_at.is_(None), heard)


def _acted_for(term: SchoolTerm) -> ColumnElement[bool]:
    """A yes to both questions that somebody else wrote down; what was denied since is not there any more (J6)."""
    return exists().where(
        Confirmation.pupil_id == Pupil.id,
        Confirmation.term == term.code,
        Confirmation.by != BY_FAMILY,
        Confirmation.in_school,
        Confirmation.wants_aid,
    )


IN_THEIR_NAME = {Audience.WAIVER_HEARD: _waiver_heard, Audience.ACTED_FOR: _acted_for}
"""Of what somebody else wrote down in a family's name it is told as if it had said so itself (N3-9)."""


def _in_stages(term: SchoolTerm, stages: Mapping[str, Any] | None) -> ColumnElement[bool]:
    """Enrolled in the term and not away by 学籍变动, and in one of these grades where some are named."""
    grades = [
        and_(EnrolmentRecord.stage == stage, EnrolmentRecord.grade_number.in_(numbers) if numbers else true())
        for stage, numbers in (stages or {}).items()
    ]
    return exists().where(
        EnrolmentRecord.pupil_id == Pupil.id,
        EnrolmentRecord.term == term.code,
        EnrolmentRecord.left_on.is_(None),
        ~is_away(EnrolmentRecord.pupil_id),
        *([or_(*grades)] if grades else []),
    )
