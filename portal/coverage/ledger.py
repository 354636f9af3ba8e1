"""台账: one row per pupil × policy × term, opened by certain matches, never dropped by a later run (G1, N1-3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from operator import add
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.carried import carried_on
from portal.coverage.matched import Matched, Whose, matched_pupils
from portal.coverage.steps import KEPT, MATCHED, STEPS, due_day, owner_of, take_step
from portal.coverage.words import why
from portal.enrolment.candidates import among
from portal.enrolment.doubles import aided_elsewhere
from portal.intake.copying import put_rows
from portal.models import DoubleEnrolment, EnrolmentRecord, Entitlement, EntitlementChange, MatchRun, Unit
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.policies.policy import Gives, Money, RestsOn, Waiver
from portal.vocabulary import UnitLevel, Verdict


@dataclass(frozen=True)
class Opened:
    """``rows`` are new, ``kept`` stood already; ``instead`` were left out because another grant of the term stands."""

    pupils: int
    rows: int
    kept: int
    instead: int

    def __add__(self, other: "Opened") -> "Opened":
        return Opened(*map(add, astuple(self), astuple(other)))


def open_rows(session: Session, run: MatchRun, catalogue: Catalogue, now: datetime, by: str = "portal") -> Opened:
    """For every pupil of the run's unit who is surely on a list; running it again changes nothing.

    A row is opened for each entitlement in money, and for each waiver that rests on the list. What every pupil of a
    stage is spared anyway (CMP-FREE, VOC-FREE) is shown by pages and has no row: nobody has to do or confirm anything.
    """
    below = Unit.ids_below(session.get_one(Unit, run.unit_id).path)
    return _open(session, run.term, lambda table: table.school_id.in_(below), catalogue, now, by)


def open_rows_for(
    session: Session, pupil_ids: Collection[UUID], term: str, catalogue: Catalogue, now: datetime, by: str
) -> Opened:
    """The same for a part of a run, and for named pupils the day somebody settled or added them."""
    return _open(session, term, lambda table: among(table.pupil_id, pupil_ids), catalogue, now, by)


def _open(session: Session, term: str, whose: Whose, catalogue: Catalogue, now: datetime, by: str) -> Opened:
    judged = judged_on(catalogue, SchoolTerm.parse(term).first_day)
    standing = _standing(session, term, whose)
    elsewhere = aided_elsewhere(session, term, whose(DoubleEnrolment))
    pupils = kept = instead = rows = 0
    values: list[dict[str, Any]] = []
    for matched in matched_pupils(session, term, whose):
        pupils += 1
        if matched.record.pupil_id in elsewhere:
            continue
        held = standing.get(matched.record.pupil_id, {})
        for finding in judged.owed(matched.circumstances):
            if held.get(finding.policy):
                rows += _open_again(session, matched, finding.policy, by, now)
            elif finding.policy in held:
                kept += 1
            elif {code for code, retracted in held.items() if not retracted} & judged.rivals(finding.policy):
                instead += 1
            else:
                values.append(_values(session, matched, finding, now))
    rows += _write(session, values, by, now)
    rows += _write(session, list(carried_on(session, term, whose, now)), by, now)
    return Opened(pupils, rows, kept, instead)


class Judged:
    """Findings by circumstances: a county has thousands of pupils and a few dozen different cases."""

    def __init__(self, catalogue: Catalogue, day: date) -> None:
        self.catalogue, self.day = catalogue, day
        self._owed: dict[Circumstances, tuple[Finding, ...]] = {}

    def owed(self, circumstances: Circumstances) -> tuple[Finding, ...]:
        alike = replace(circumstances, hukou=self._place(circumstances.hukou), county=self._place(circumstances.county))
        if alike not in self._owed:
            self._owed[alike] = entitlements(self.catalogue, alike, self.day)
        return self._owed[alike]

    def _place(self, division: str | None) -> str | None:
        return division and self.catalogue.told_apart(division)

    def rivals(self, code: str) -> set[str]:
        """Policies that stand for this one, or it for them: a term is never paid twice."""
        theirs = {policy.code for policy in self.catalogue.policies if code in policy.instead_of}
        return theirs | set(self.catalogue[code].instead_of)


@lru_cache(maxsize=4)
def judged_on(catalogue: Catalogue, day: date) -> Judged:
    """A run goes part by part, and its parts are alike; so are the visits to a budget, for any unit."""
    return Judged(catalogue, day)


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


@lru_cache(maxsize=1024)
def without_lists(catalogue: Catalogue, circumstances: Circumstances, day: date) -> tuple[Finding, ...]:
    """What a child is entitled to whether or not anybody ever put it on a list; children alike are judged once."""
    on_none = replace(circumstances, categories=frozenset(), determination=UNDETERMINED, disabled=False)
    return tuple(finding for finding in evaluate(catalogue, on_none, day) if finding.verdict is Verdict.ENTITLED)


def _standing(session: Session, term: str, whose: Whose) -> Mapping[UUID, dict[str, bool]]:
    """For each pupil the policies that have a row, at whatever school, and whether it was taken back."""
    here = EnrolmentRecord.term == term, EnrolmentRecord.left_on.is_(None), whose(EnrolmentRecord)
    pupils = select(EnrolmentRecord.pupil_id).where(*here)
    statement = select(Entitlement.pupil_id, Entitlement.policy, Entitlement.retracted)
    statement = statement.where(Entitlement.term == term, Entitlement.pupil_id.in_(pupils))
    standing: dict[UUID, dict[str, bool]] = {}
    for pupil_id, policy, retracted in session.execute(statement):
        standing.setdefault(pupil_id, {})[policy] = retracted
    return standing


def _open_again(session: Session, matched: Matched, policy: str, by: str, now: datetime) -> int:
    """A row that was taken back, unless the same person got one elsewhere since."""
    of_pupil = (Entitlement.pupil_id == matched.record.pupil_id, Entitlement.term == matched.record.term)
    row = session.scalars(select(Entitlement).where(*of_pupil, Entitlement.policy == policy)).one()
    try:
        with session.begin_nested():
            row.retracted, row.settlement = False, matched.settlement
            row.because = why(matched.listings)
            take_step(session, row, MATCHED, by, now, matched.opening(session))
    except IntegrityError:
        session.refresh(row)
        return 0
    return 1


def _values(session: Session, matched: Matched, finding: Finding, now: datetime) -> dict[str, Any]:
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
        paid_yuan=Decimal(0),
        version_from=finding.version_from,
        because=why(matched.listings),
        reason=step.reason,
        owner_level=owner_of(step.mover, parent.level if parent else UnitLevel.COUNTY),
        next_step=step.words,
        next_step_due=due_day(step, now),
        opened_at=now,
        person=matched.person,
        settlement_id=matched.settlement and matched.settlement.id,
        retracted=False,
    )
    columns = {column.key: getattr(row, column.key) for column in Entitlement.__table__.columns}
    return columns | {"what": matched.opening(session)}


def _write(session: Session, values: list[dict[str, Any]], by: str, now: datetime) -> int:
    """Two runs at once open each row once, and of a person enrolled twice one row: the second finds it there.

    In one order, so that of two who meet the same persons one waits for the other, and never both.
    """
    if not values:
        return 0
    values.sort(key=lambda row: row["person"] or b"")
    columns = [column.key for column in Entitlement.__table__.columns]
    session.flush()
    put_rows(session, Entitlement, columns, (_plain(row[name] for name in columns) for row in values), once=True)
    made = set(session.scalars(select(Entitlement.id).where(among(Entitlement.id, [row["id"] for row in values]))))
    changes = (
        _plain((uuid4(), row["id"], now, by, row["what"], *(row[name] for name in KEPT)))
        for row in values
        if row["id"] in made
    )
    put_rows(session, EntitlementChange, ("id", "entitlement_id", "at", "by", "what", *KEPT), changes)
    return len(made)


def _plain(values: Iterable[Any]) -> tuple[Any, ...]:
    """As COPY takes them: a member of a list by its code."""
    return tuple(value.value if isinstance(value, StrEnum) else value for value in values)
