"""信息比对 over the database: blind indexes bring people together, the same rules as for files judge them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm
from portal.enrolment.comparison import compare_with_registers
from portal.enrolment.doubles import note_doubles
from portal.enrolment.lists import count_matched
from portal.enrolment.records import drop_pairs_of_who_left, keep_pairs
from portal.enrolment.review import carry_over
from portal.intake.receive import staff_id_of
from portal.models import EnrolmentRecord, MatchRun, Pupil, Unit
from portal.vocabulary import Decision

COUNTED_AS = {
    Decision.CERTAIN: "certain",
    Decision.POSSIBLE: "possible",
    Decision.HOUSEHOLD: "household",
    Decision.HOUSEHOLD_POSSIBLE: "possible",
}
"""How the contract counts a pupil: whatever waits for a person is possible."""

ONE_AT_A_TIME = 8_207_2020
"""The advisory lock of all matching: runs of a county and of its school would write the same pairs."""


AT_ONCE = 5000
"""How many pupils are opened at a time; whom they meet elsewhere is opened beside them."""


class MatchingBusy(RuntimeError):
    """Another run is at work."""


def silent(_words: str) -> None:
    """For runs that nobody watches."""


def run(
    session: Session,
    unit: Unit,
    term: SchoolTerm,
    by: str,
    now: datetime,
    progress: Callable[[str], None] = silent,
) -> MatchRun:
    """Match the pupils of the unit's schools in that term with every register; raises MatchingBusy.

    The session must reach everything: a number used twice is seen across schools, and registers are closed to scopes.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
        raise MatchingBusy("另一轮比对正在进行：请等它结束后再试")
    made = MatchRun(
        unit_id=unit.id,
        term=term.code,
        began_at=now,
        by_staff_id=staff_id_of(session, by),
    )
    session.add(made)
    session.flush()
    ours = enrolled(unit, term)
    by_school = select(Pupil.id).where(Pupil.id.in_(ours)).order_by(Pupil.school_id, Pupil.id)
    pupils = list(session.scalars(by_school))
    for start in range(0, len(pupils), AT_ONCE):
        progress(f"逐名比对，第{start + 1}名起，共{len(pupils)}名")
        some = pupils[start : start + AT_ONCE]
        keep_pairs(session, made, some, compare_with_registers(session, some, term), now)
    progress("保存结果")
    drop_pairs_of_who_left(session, unit, term.code, ours, now)
    carry_over(session, unit, term)
    note_doubles(session, unit, term, now)
    made.counts = _counts(len(pupils), count_matched(session, unit, term.code))
    made.finished_at = now
    audit.record(session, by, "matched", unit_id=unit.id, term=term.code, run=str(made.id), counts=made.counts)
    session.flush()
    return made


def enrolled(unit: Unit, term: SchoolTerm) -> Select[UUID]:
    """The ids of the pupils who are in the unit's schools in that term and have not left."""
    return (
        select(EnrolmentRecord.pupil_id)
        .distinct()
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .where(
            Unit.path.startswith(unit.path, autoescape=True),
            EnrolmentRecord.term == term.code,
            EnrolmentRecord.left_on.is_(None),
        )
    )


def _counts(pupils: int, matched: Mapping[Decision, int]) -> dict[str, int]:
    """Per pupil, the strongest decision counts, settled pairs as a person settled them; the sum is the pupils."""
    counts = {"pupils": pupils, **dict.fromkeys(("certain", "possible", "household", "unmatched"), 0)}
    for decision, count in matched.items():
        counts[COUNTED_AS[decision]] += count
    counts["unmatched"] = pupils - sum(matched.values())
    return counts
