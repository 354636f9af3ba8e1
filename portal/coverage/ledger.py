"""台账: one row per pupil × policy × term, opened by certain matches, never dropped by a later run (G1, N1-3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session, aliased

from portal.clock import SchoolTerm
from portal.coverage.steps import MATCHED, STEPS, due_day, owner_of
from portal.coverage.words import Listing, why
from portal.enrolment.circumstances import circumstances_of
from portal.models import (
    EnrolmentRecord,
    Entitlement,
    EntitlementChange,
    Intake,
    MatchPair,
    MatchRun,
    Pupil,
    Unit,
)
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.policies.policy import Gives, Money, RestsOn, Waiver
from portal.vocabulary import Basis, Decision, UnitLevel, Verdict

Narrowed = TypeVar("Narrowed", bound=Select[*tuple[Any, ...]])
BATCH = 1000
OPENED = "比对确认，开立台账"


@dataclass(frozen=True)
class Opened:
    """``rows`` are new, ``kept`` stood already; ``instead`` were left out because another grant of the term stands."""

    pupils: int
    rows: int
    kept: int
    instead: int


@dataclass(frozen=True)
class Matched:
    """A pupil with everything its certain matches say."""

    record: EnrolmentRecord
    school: Unit
    hukou_division: str
    listings: tuple[Listing, ...]

    @property
    def circumstances(self) -> Circumstances:
        categories = {listing.category for listing in self.listings}
        return circumstances_of(self.record, self.school, self.hukou_division, categories)


def open_rows(session: Session, run: MatchRun, catalogue: Catalogue, now: datetime, by: str = "portal") -> Opened:
    """For every pupil of the run's unit with a standing certain match of its own; running it again changes nothing.

    A row is opened for each entitlement in money, and for each waiver that rests on the list. What every pupil of a
    stage is spared anyway (CMP-FREE, VOC-FREE) is shown by pages and has no row: nobody has to do or confirm anything.
    """
    unit = session.get_one(Unit, run.unit_id)
    standing = _standing(session, unit, run.term)
    judged = _Judged(catalogue, SchoolTerm.parse(run.term).first_day)
    pupils = kept = instead = rows = 0
    values: list[dict[str, Any]] = []
    for matched in _matched(session, unit, run.term):
        pupils += 1
        codes = standing.get(matched.record.pupil_id, set())
        for finding in judged.owed(matched.circumstances):
            if finding.policy in codes:
                kept += 1
            elif codes & judged.rivals(finding.policy):
                instead += 1
            else:
                values.append(_values(matched, finding, now))
        if len(values) >= BATCH:
            rows += _write(session, values, by, now)
            values = []
    rows += _write(session, values, by, now)
    return Opened(pupils, rows, kept, instead)


class _Judged:
    """Findings by circumstances: a county has thousands of pupils and a few dozen different cases."""

    def __init__(self, catalogue: Catalogue, day: date) -> None:
        self.catalogue, self.day = catalogue, day
        self._owed: dict[Circumstances, tuple[Finding, ...]] = {}

    def owed(self, circumstances: Circumstances) -> tuple[Finding, ...]:
        if circumstances not in self._owed:
            self._owed[circumstances] = entitlements(self.catalogue, circumstances, self.day)
        return self._owed[circumstances]

    def rivals(self, code: str) -> set[str]:
        """Policies that stand for this one, or it for them: a term is never paid twice."""
        theirs = {policy.code for policy in self.catalogue.policies if code in policy.instead_of}
        return theirs | set(self.catalogue[code].instead_of)


def entitlements(catalogue: Catalogue, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
    """What belongs into the ledger: money due to all who fulfil the rule, and each waiver that rests on the list, once.

    What rests on the 户籍 is paid by other bureaus and never in the national system's file: pages tell of it.
    """
    spared = {finding.amount for finding in without_lists(catalogue, circumstances, day)}
    owed = []
    for finding in evaluate(catalogue, circumstances, day):
        policy, amount = catalogue[finding.policy], finding.amount
        if finding.verdict is not Verdict.ENTITLED or policy.gives is not Gives.AID or policy.rests_on is RestsOn.HUKOU:
            continue
        if isinstance(amount, Money) or (isinstance(amount, Waiver) and amount not in spared):
            owed.append(finding)
            if isinstance(amount, Waiver):
                spared.add(amount)
    return tuple(owed)


def without_lists(catalogue: Catalogue, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
    """What a child is entitled to whether or not anybody ever put it on a list."""
    on_none = replace(circumstances, categories=frozenset(), determination=UNDETERMINED, disabled=False)
    return tuple(finding for finding in evaluate(catalogue, on_none, day) if finding.verdict is Verdict.ENTITLED)


def _standing(session: Session, unit: Unit, term: str) -> Mapping[UUID, set[str]]:
    statement = _below(select(Entitlement.pupil_id, Entitlement.policy), Entitlement.school_id, unit)
    standing: dict[UUID, set[str]] = {}
    for pupil_id, policy in session.execute(statement.where(Entitlement.term == term)):
        standing.setdefault(pupil_id, set()).add(policy)
    return standing


def _matched(session: Session, unit: Unit, term: str) -> Iterator[Matched]:
    school, source = aliased(Unit), aliased(Unit)
    statement = (
        select(MatchPair, EnrolmentRecord, school, Pupil.hukou_division, source.name, Intake.occasion)
        .join(Pupil, Pupil.id == MatchPair.pupil_id)
        .join(
            EnrolmentRecord,
            (EnrolmentRecord.pupil_id == MatchPair.pupil_id)
            & (EnrolmentRecord.school_id == MatchPair.school_id)
            & (EnrolmentRecord.term == MatchPair.term),
        )
        .join(school, school.id == MatchPair.school_id)
        .join(Intake, Intake.id == MatchPair.intake_id)
        .join(source, source.id == Intake.unit_id)
        .where(
            MatchPair.term == term,
            MatchPair.superseded_at.is_(None),
            MatchPair.decision == Decision.CERTAIN,
            MatchPair.basis == Basis.SELF,
            EnrolmentRecord.left_on.is_(None),
        )
        .order_by(MatchPair.pupil_id, MatchPair.school_id, Intake.occasion, source.name)
    )
    rows = session.execute(_below(statement, MatchPair.school_id, unit))
    for _, group in groupby(rows, key=lambda row: (row[0].pupil_id, row[0].school_id)):
        yield _together(tuple(group))


def _together(rows: tuple[Row[*tuple[Any, ...]], ...]) -> Matched:
    listings = tuple(Listing(source, batch, pair.category or "") for pair, _, _, _, source, batch in rows)
    _, record, school, hukou, _, _ = rows[0]
    return Matched(record, school, hukou, listings)


def _below(statement: Narrowed, school_id: Any, unit: Unit) -> Narrowed:
    return statement.where(school_id.in_(select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True))))


def _values(matched: Matched, finding: Finding, now: datetime) -> dict[str, Any]:
    step = STEPS[MATCHED, finding.claim_mode]
    parent = matched.school.parent
    row = Entitlement(
        pupil_id=matched.record.pupil_id,
        school_id=matched.school.id,
        policy=finding.policy,
        term=matched.record.term,
        state=MATCHED,
        claim_mode=finding.claim_mode,
        due_yuan=term_amount(finding),
        paid_yuan=0,
        version_from=finding.version_from,
        because=why(matched.listings),
        reason=step.reason,
        owner_level=owner_of(step.mover, parent.level if parent else UnitLevel.COUNTY),
        next_step=step.words,
        next_step_due=due_day(step, now),
        opened_at=now,
    )
    return {column.key: getattr(row, column.key) for column in Entitlement.__table__.columns}


def _write(session: Session, values: list[dict[str, Any]], by: str, now: datetime) -> int:
    """Two runs at once open each row once: the second finds it there."""
    if not values:
        return 0
    made = set(
        session.scalars(
            insert_or(Entitlement)
            .on_conflict_do_nothing(index_elements=["pupil_id", "policy", "term"])
            .returning(Entitlement.id),
            values,
        )
    )
    changes = [
        {
            "id": uuid4(),
            "entitlement_id": row["id"],
            "pupil_id": row["pupil_id"],
            "school_id": row["school_id"],
            "at": now,
            "by": by,
            "state": row["state"],
            "reason": row["reason"],
            "next_step": row["next_step"],
            "next_step_due": row["next_step_due"],
            "what": OPENED,
        }
        for row in values
        if row["id"] in made
    ]
    if changes:
        session.execute(insert(EntitlementChange), changes)
    return len(made)
