"""人工新增: a school proposes whom no list names, the county adds or refuses; aid rows open the same day (N3-6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.scope import Scope
from portal.coverage.ledger import open_rows_for
from portal.coverage.reasons import CLAUSE, asks_for_proof
from portal.database import lock
from portal.enrolment.doubles import DoubleRefused, aid_here
from portal.enrolment.lists import category_names
from portal.models import Addition, HardshipCategory, Pupil, StaffMember
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name, one_line
from portal.vocabulary import AdditionState, FoundBy

LONGEST = 120
STANDING = (AdditionState.PROPOSED, AdditionState.ADDED)


class AdditionRefused(ValueError):
    """One sentence: why not, and what to do instead."""


@dataclass(frozen=True)
class Found:
    """What is said of the pupil; ``in_charge`` (负责人) only when the county adds."""

    category: str
    found_by: FoundBy
    words: str
    in_charge: str = ""


def nominate(session: Session, pupil: Pupil, term: str, found: Found, by: StaffMember, now: datetime) -> Addition:
    """提名; it waits for the county and opens nothing."""
    if standing_of(session, pupil.id) is not None:
        raise AdditionRefused("这名学生已经提名或新增过，不用再报")
    addition = _written(session, Addition(pupil_id=pupil.id, school_id=pupil.school_id, term=term), found)
    addition.state, addition.proposed_by, addition.proposed_at = AdditionState.PROPOSED, by.actor, now
    session.add(addition)
    _note(session, "nominated", addition, by)
    return addition


def add(
    session: Session, pupil: Pupil, term: str, found: Found, by: StaffMember, now: datetime, catalogue: Catalogue
) -> Addition:
    """The county's own, or what a school proposed; no later run takes it away."""
    addition = standing_of(session, pupil.id)
    if addition is not None and addition.state is AdditionState.ADDED:
        raise AdditionRefused("这名学生已经是人工新增")
    if not found.in_charge.strip():
        raise AdditionRefused("请填写负责人：谁了解情况、以后问谁")
    try:
        aid_here(session, pupil, term, by.actor)
    except DoubleRefused as refused:
        raise AdditionRefused(str(refused)) from refused
    addition = addition or Addition(pupil_id=pupil.id, school_id=pupil.school_id, term=term)
    _written(session, addition, found).in_charge = found.in_charge.strip()
    addition.state, addition.decided_by, addition.decided_at = AdditionState.ADDED, by.actor, now
    session.add(addition)
    _note(session, "added_by_hand", addition, by)
    open_rows_for(session, [pupil.id], term, catalogue, now, by.actor)
    return addition


def refuse(session: Session, addition: Addition, because: str, by: StaffMember, now: datetime) -> None:
    """The family reads ``because`` on its page, with how to object."""
    lock(session, addition)
    if addition.state is not AdditionState.PROPOSED:
        raise AdditionRefused("这条提名已经办过了")
    _decide(addition, AdditionState.REFUSED, because, by, now)
    _note(session, "nomination_refused", addition, by)


def end(session: Session, addition: Addition, because: str, by: StaffMember, now: datetime) -> None:
    """It opens no further rows; those that stand end by a reason of their own (N1-3)."""
    lock(session, addition)
    if addition.state is not AdditionState.ADDED:
        raise AdditionRefused("这条人工新增已经结束了")
    _decide(addition, AdditionState.ENDED, because, by, now)
    _note(session, "addition_ended", addition, by)


def standing_of(session: Session, pupil_id: UUID) -> Addition | None:
    """Proposed or added; locked until the commit, so that two officers take turns."""
    statement = select(Addition).where(Addition.pupil_id == pupil_id, Addition.state.in_(STANDING))
    return session.scalars(statement.with_for_update()).first()


def latest_of(session: Session, pupil_id: UUID) -> Addition | None:
    """What pages show of a pupil."""
    return latest(session.scalars(select(Addition).where(Addition.pupil_id == pupil_id)))


class Proposed(Protocol):
    """What tells one proposal for a pupil from another."""

    @property
    def state(self) -> AdditionState: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def proposed_at(self) -> datetime | None: ...


AProposal = TypeVar("AProposal", bound=Proposed)


def latest(known: Iterable[AProposal]) -> AProposal | None:
    """The one that stands, else the last that was decided."""
    return max(known, key=lambda one: (one.state in STANDING, one.decided_at or one.proposed_at), default=None)


@dataclass(frozen=True)
class AdditionLine:
    """One pupil of the list, name masked."""

    pupil_id: UUID
    masked_name: str
    school: str
    category: str
    found_by: str
    in_charge: str
    state: AdditionState
    at: datetime


def additions(session: Session, scope: Scope, state: AdditionState, offset: int, limit: int) -> list[AdditionLine]:
    """What waits longest first; what is done, newest first."""
    statement = _in(select(Addition), scope, state).options(joinedload(Addition.pupil), joinedload(Addition.school))
    order = Addition.proposed_at if state is AdditionState.PROPOSED else Addition.decided_at.desc()
    labels = category_names(session)
    return [_line(one, labels) for one in session.scalars(statement.order_by(order).offset(offset).limit(limit))]


def count_additions(session: Session, scope: Scope) -> Mapping[AdditionState, int]:
    counted = scope.narrow(select(Addition.state, func.count()), Addition.school_id).group_by(Addition.state)
    found = [(state, count) for state, count in session.execute(counted)]
    return {state: sum(count for of, count in found if of is state) for state in AdditionState}


def _line(one: Addition, labels: Mapping[str, str]) -> AdditionLine:
    at = one.decided_at or one.proposed_at
    if at is None:
        raise LookupError("an addition was neither proposed nor decided")
    name, category = mask_name(one.pupil.name or ""), labels.get(one.category or "", "")
    return AdditionLine(one.pupil_id, name, one.school.name, category, one.found_by.label, one.in_charge, one.state, at)


def _in(statement: Select[Addition], scope: Scope, state: AdditionState) -> Select[Addition]:
    return scope.narrow(statement.where(Addition.state == state), Addition.school_id)


def _written(session: Session, addition: Addition, found: Found) -> Addition:
    if session.get(HardshipCategory, found.category) is None:
        raise AdditionRefused("请从列表里选一个类别")
    addition.category, addition.found_by, addition.words = found.category, found.found_by, _said(found.words)
    return addition


def _decide(addition: Addition, state: AdditionState, because: str, by: StaffMember, now: datetime) -> None:
    said = _said(because)
    if not said:
        raise AdditionRefused("请用一句话写明理由，家长会看到")
    addition.state, addition.because = state, said
    addition.decided_by, addition.decided_at = by.actor, now


def _said(words: str) -> str:
    said = one_line(words)
    if len(said) > LONGEST:
        raise AdditionRefused(f"请不超过{LONGEST}个字")
    if asks_for_proof(said):
        raise AdditionRefused(f"“材料不全”不能作为理由，也不得要求家长交证明（{CLAUSE}）")
    return said


def _note(session: Session, action: str, addition: Addition, by: StaffMember) -> None:
    session.flush()
    audit.record(
        session, by.actor, action,
        unit_id=addition.school_id, pupil_id=addition.pupil_id, term=addition.term,
    )  # fmt: skip
