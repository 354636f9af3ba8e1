"""自愿放弃: two statements seven days apart, the second never heard by the school alone, reversible (A1, G15)."""

from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local
from portal.models import Pupil, StaffMember, Waiver
from portal.vocabulary import UnitLevel

APART = timedelta(days=7)
BY_FAMILY = "family"
"""Who said so on the family's own page; anybody else heard it."""


class Stated(Protocol):
    """What of a waiver is asked here: the row, or as much of it as was selected."""

    @property
    def said_at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def repeated_at(self) -> datetime | None: ...
    @property
    def repeated_by(self) -> str | None: ...


def standing_waiver(session: Session, pupil_id: UUID, term: str) -> Waiver | None:
    """What the family said and did not take back, said once or twice."""
    statement = select(Waiver).where(Waiver.pupil_id == pupil_id, Waiver.term == term, Waiver.taken_back_at.is_(None))
    return session.scalars(statement).first()


def counts_from(waiver: Stated) -> date:
    """The first day on which the second statement counts."""
    return local(waiver.said_at).date() + APART


def is_final(waiver: Stated | None) -> bool:
    """自愿放弃 holds: only now may a row end by it."""
    return waiver is not None and waiver.repeated_at is not None


def was_heard(waiver: Stated) -> bool:
    """Somebody else took it down in the family's name, once or twice."""
    return any(by not in (None, BY_FAMILY) for by in (waiver.by, waiver.repeated_by))


def say(session: Session, pupil: Pupil, term: str, by: str, now: datetime) -> Waiver:
    """First or second statement; whatever is said within the seven days is still the first one."""
    session.execute(select(Pupil.id).where(Pupil.id == pupil.id).with_for_update())  # two taps take turns
    waiver = standing_waiver(session, pupil.id, term)
    if waiver is None:
        waiver = Waiver(pupil_id=pupil.id, school_id=pupil.school_id, term=term, said_at=now, by=by)
        session.add(waiver)
        _note(session, waiver, "waived", by, statement=1)
    elif not is_final(waiver) and _is_second(session, waiver, by, now):
        waiver.repeated_at, waiver.repeated_by = now, by
        _note(session, waiver, "waived", by, statement=2)
    return waiver


def take_back(session: Session, pupil_id: UUID, term: str, by: str, now: datetime) -> None:
    """At any time, and also after it was final."""
    waiver = standing_waiver(session, pupil_id, term)
    if waiver is not None:
        waiver.taken_back_at = now
        _note(session, waiver, "waiver_taken_back", by)


def _is_second(session: Session, waiver: Waiver, by: str, now: datetime) -> bool:
    """Late enough, and not both times heard by the school."""
    late_enough = local(now).date() >= counts_from(waiver)
    return late_enough and not all(_heard_at_school(session, who) for who in (waiver.by, by))


def _heard_at_school(session: Session, by: str) -> bool:
    """A family that says it on its own page, or to the county, says it past the school."""
    account = by.removeprefix("staff:")
    staff = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    return by != account and (staff is None or staff.unit.level is UnitLevel.SCHOOL)


def _note(session: Session, waiver: Waiver, action: str, by: str, **detail: Any) -> None:
    unit_id, pupil_id, term = waiver.school_id, waiver.pupil_id, waiver.term
    audit.record(session, by, action, unit_id=unit_id, pupil_id=pupil_id, term=term, **detail)
