"""信息比对 over the database: blind indexes bring people together, the same rules as for files judge them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Select, any_, func, literal, select, text
from sqlalchemy.orm import Session, lazyload

from portal import audit
from portal.clock import SchoolTerm
from portal.enrolment.doubles import note_doubles
from portal.enrolment.lists import count_matched
from portal.enrolment.records import Kept, keep_pairs
from portal.enrolment.review import carry_over
from portal.intake.receive import staff_id_of
from portal.matching.agreement import Agreement, compare_names, validity
from portal.matching.engine import Match, settle_conflicts
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Via
from portal.matching.rules import rule_for
from portal.models import EnrolmentRecord, Guardian, MatchRun, Pupil, RegisterEntry, Unit
from portal.privacy.resident_id import read_number
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


class MatchingBusy(RuntimeError):
    """Another run is at work."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody on the roster side and an entry with the same number."""

    via: Via
    pupil: Pupil
    entry: RegisterEntry
    name: str
    former_name: str
    certain: bool


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
    progress("按证件号找出可能的人")
    candidates = [*_selves(session, ours), *_guardians(session, ours)]
    mine = {candidate.pupil.id for candidate in candidates}
    rivals = _rivals(session, term, candidates, mine)
    progress(f"逐对判断，共 {len(candidates)} 对")
    judged = (match for candidate in [*candidates, *rivals] if (match := _judge(candidate, term.first_day)))
    by_id = {(str(candidate.pupil.id), str(candidate.entry.id)): candidate for candidate in candidates}
    found = [
        Kept(match, by_id[key].pupil, by_id[key].entry)
        for match in settle_conflicts(judged)
        if (key := (str(match.roster_id), str(match.register_id))) in by_id
    ]
    progress("保存结果")
    keep_pairs(session, made, unit, found, now)
    carry_over(session, unit, term)
    note_doubles(session, unit, term, now)
    pupils = session.scalar(select(func.count()).select_from(ours.subquery())) or 0
    made.counts = _counts(pupils, count_matched(session, unit, term.code))
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


def _selves(session: Session, pupils: Select[UUID]) -> Iterator[_Candidate]:
    met = (
        select(Pupil, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.id_number_index == Pupil.id_number_index)
        .where(Pupil.id.in_(pupils))
        .options(lazyload(Pupil.school), lazyload(RegisterEntry.intake))
    )
    for pupil, entry in session.execute(met):
        yield _self(pupil, entry)


def _self(pupil: Pupil, entry: RegisterEntry) -> _Candidate:
    number = pupil.id_number or ""
    # A number two pupils share is kept as uncertain; whether it is one at all, the number itself says.
    certain = pupil.id_certain or read_number(number).certain
    return _Candidate(Via.SELF, pupil, entry, pupil.name or "", pupil.former_name or "", certain)


def _guardians(session: Session, pupils: Select[UUID]) -> Iterator[_Candidate]:
    met = (
        select(Guardian, Pupil, RegisterEntry)
        .join(Pupil, Pupil.id == Guardian.pupil_id)
        .join(RegisterEntry, RegisterEntry.id_number_index == Guardian.id_number_index)
        .where(Guardian.pupil_id.in_(pupils))
        .options(lazyload(Pupil.school), lazyload(RegisterEntry.intake))
    )
    for guardian, pupil, entry in session.execute(met):
        via = Via.GUARDIAN_1 if guardian.position == 1 else Via.GUARDIAN_2
        yield _Candidate(via, pupil, entry, guardian.name or "", "", certain=True)


def _rivals(session: Session, term: SchoolTerm, candidates: list[_Candidate], mine: set[UUID]) -> Iterator[_Candidate]:
    """Pupils of other units with a number of ours: they don't get a pair here, but another name spoils certainty."""
    entries: defaultdict[bytes | None, set[RegisterEntry]] = defaultdict(set)
    for candidate in candidates:
        if candidate.via is Via.SELF:
            entries[candidate.entry.id_number_index].add(candidate.entry)
    elsewhere = (
        select(Pupil)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .where(
            EnrolmentRecord.term == term.code,
            EnrolmentRecord.left_on.is_(None),
            Pupil.id_number_index == any_(literal(list(entries), ARRAY(LargeBinary))),
        )
        .options(lazyload(Pupil.school))
    )
    for pupil in session.scalars(elsewhere):
        if pupil.id not in mine:
            for entry in entries[pupil.id_number_index]:
                yield _self(pupil, entry)


def _judge(candidate: _Candidate, day: date) -> Match | None:
    entry = candidate.entry
    agreement = Agreement(
        via=candidate.via,
        number=NumberAgreement.SAME if candidate.certain and entry.id_certain else NumberAgreement.UNVERIFIED,
        name=compare_names(candidate.name, candidate.former_name, entry.name or ""),
        validity=validity(entry.valid_to, entry.valid_to_unreadable, day, entry.valid_from),
    )
    rule = rule_for(agreement)
    return Match(str(candidate.pupil.id), str(entry.id), agreement, rule) if rule else None


def _counts(pupils: int, matched: Mapping[Decision, int]) -> dict[str, int]:
    """Per pupil, the strongest decision counts, settled pairs as a person settled them; the sum is the pupils."""
    counts = {"pupils": pupils, **dict.fromkeys(("certain", "possible", "household", "unmatched"), 0)}
    for decision, count in matched.items():
        counts[COUNTED_AS[decision]] += count
    counts["unmatched"] = pupils - sum(matched.values())
    return counts
