"""认定等级: level, day and basis as the school determined them (N4-8, 苏教助〔2019〕1号).

Whoever stands on a list is determined by that, without proof; of the others it is the family's own undertaking. What
was recorded before stays beneath, the newest of a school year holds; no row of the ledger is opened or closed by it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm, local
from portal.coverage.matched import matched_pupils
from portal.coverage.reasons import CLAUSE, asks_for_proof
from portal.coverage.words import day_words
from portal.models import DeterminationRecord, Pupil, StaffMember
from portal.privacy.masking import one_line
from portal.vocabulary import Determination, DeterminationRoute

SHORTEST, LONGEST = 4, 120


class DeterminationRefused(ValueError):
    """One sentence: why it is not recorded, and what to do."""


class DayRefused(DeterminationRefused):
    """The same of 认定日期."""


@dataclass(frozen=True)
class Said:
    """``words`` is 认定原因; whom a list names needs none."""

    level: Determination
    decided_on: date
    words: str = ""


def record(
    session: Session, pupil: Pupil, term: SchoolTerm, said: Said, by: StaffMember, now: datetime
) -> DeterminationRecord:
    """Raise DeterminationRefused."""
    if not term.school_year_begins <= said.decided_on <= local(now).date():
        raise DayRefused(f"认定日期不能早于{day_words(term.school_year_begins)}，也不能晚于今天，请核对")
    route = route_of(session, pupil, term)
    return _keep(session, pupil, term, said.level, route, said.decided_on, _words(said.words, route), by, now)


def take_back(session: Session, pupil: Pupil, term: SchoolTerm, by: StaffMember, now: datetime) -> None:
    """Raise DeterminationRefused where nothing stands."""
    standing = standing_of(session, pupil.id, term.school_year)
    if standing is None:
        raise DeterminationRefused("这名学生本学年没有登记过认定，不用撤回")
    _keep(session, pupil, term, None, standing.route, standing.decided_on, "", by, now)


def route_of(session: Session, pupil: Pupil, term: SchoolTerm) -> DeterminationRoute:
    named = next(matched_pupils(session, term.code, lambda table: table.pupil_id == pupil.id), None)
    return DeterminationRoute.APPLIED if named is None else DeterminationRoute.LISTED


def standing_of(session: Session, pupil_id: UUID, school_year: str) -> DeterminationRecord | None:
    newest = (
        select(DeterminationRecord)
        .where(DeterminationRecord.pupil_id == pupil_id, DeterminationRecord.school_year == school_year)
        .order_by(DeterminationRecord.recorded_at.desc(), DeterminationRecord.id)
        .limit(1)
    )
    found = session.scalars(newest).first()
    return found if found is not None and found.level is not None else None


def _words(words: str, route: DeterminationRoute) -> str:
    said = one_line(words)
    if len(said) < SHORTEST and route is DeterminationRoute.APPLIED:
        raise DeterminationRefused("这名学生不在名单上，请用一句话写明认定原因")
    if len(said) > LONGEST:
        raise DeterminationRefused(f"认定原因请不超过{LONGEST}个字")
    if asks_for_proof(said):
        raise DeterminationRefused(f"不能写要证明材料的话，请改一下认定原因（{CLAUSE}）")
    return said


def _keep(
    session: Session,
    pupil: Pupil,
    term: SchoolTerm,
    level: Determination | None,
    route: DeterminationRoute,
    decided_on: date,
    words: str,
    by: StaffMember,
    now: datetime,
) -> DeterminationRecord:
    kept = DeterminationRecord(
        pupil_id=pupil.id, school_id=pupil.school_id, school_year=term.school_year, level=level and level.value,
        route=route, decided_on=decided_on, words=words or None, recorded_by=by.actor, recorded_at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    audit.record(
        session, kept.recorded_by, "determined" if level else "determination_taken_back",
        unit_id=pupil.school_id, pupil_id=pupil.id, year=term.school_year,
    )  # fmt: skip
    return kept
