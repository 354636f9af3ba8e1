"""What a run leaves: pairs that stand, and pairs that no longer do with the moment they fell (N3-16)."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.clock import local
from portal.enrolment.candidates import among
from portal.enrolment.local_lists import LOCAL, is_local
from portal.enrolment.people import Line
from portal.intake.copying import put_rows
from portal.matching.agreement import NameAgreement, Sharing
from portal.matching.engine import Match
from portal.models import EnrolmentRecord, Intake, MatchFinding, MatchPair, MatchRun, Pupil, RegisterEntry, Unit
from portal.privacy.names import variant_spelling
from portal.privacy.sealing import SealBroken
from portal.vocabulary import IntakeState

FINDING = (
    "id",
    "run_id",
    "pupil_id",
    "school_id",
    "register_entry_id",
    "intake_id",
    "decision",
    "basis",
    "rule",
    "because_sealed",
    "category_sealed",
    "register_sealed",
    "stands_as",
)
Said = tuple[Any, ...]
"""A pupil and an entry with all that a pair says of them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A match with the rows it holds together."""

    match: Match
    pupil: Line
    entry: Line

    @property
    def because(self) -> str:
        """The rule's sentence, and whatever else agreed or differed as of the day of the run."""
        said = self.match.because
        seen = [word.label for word in self.match.evidence if word is not Sharing.NONE and word.label not in said]
        if self.match.agreement.name is NameAgreement.VARIANT:
            seen += filter(None, [variant_spelling(*self._names)])
        return "；".join([said, *seen])

    @property
    def _names(self) -> tuple[str, str]:
        return Pupil.name.open(self.pupil) or "", RegisterEntry.name.open(self.entry) or ""


def keep_findings(session: Session, run: MatchRun, pupils: Collection[UUID], found: Sequence[Kept]) -> None:
    """Kept apart until the run is whole, each beside the pair that says the same already."""
    registers = _registers(session, {kept.entry.intake_id for kept in found})
    standing = _said(session, run.term, pupils)
    rows = (_row(run, kept, _register(kept, *registers[kept.entry.intake_id]), standing) for kept in found)
    put_rows(session, MatchFinding, FINDING, rows)


def let_stand(session: Session, run: MatchRun, pupils: Select[UUID], now: datetime) -> None:
    """What was found of these pupils takes the place of what stood; none is ever deleted.

    Identical pairs stay as they are, changed and vanished ones are superseded. A pair whose register expired stays as
    well: nobody said that it was wrong; and so does one with a register that came after the run began.
    Two statements, however many pupils: part by part the database would go through all that it had just put in. They
    hold a province's pairs for a minute or so, as the lock of whoever changes pairs does anyway.
    """
    found = select(MatchFinding.id).where(MatchFinding.run_id == run.id)
    of_pupil = found.where(MatchFinding.pupil_id == MatchPair.pupil_id)
    again = of_pupil.where(MatchFinding.register_entry_id == MatchPair.register_entry_id)
    same = of_pupil.where(MatchFinding.stands_as == MatchPair.id)
    fallen = update(MatchPair).where(
        _stood(run.term),
        MatchPair.pupil_id.in_(pupils),
        ~same.exists(),
        again.exists() | MatchPair.intake_id.in_(run.registers),
    )
    session.execute(fallen.values(superseded_at=now))
    columns = [column for column in MatchFinding.__table__.columns if column.name not in ("run_id", "stands_as")]
    names = [column.name for column in columns]
    new = found.where(MatchFinding.pupil_id.in_(pupils))
    of_run = map(literal, (run.id, run.term, local(run.began_at).date()))
    new = new.with_only_columns(*columns, *of_run, literal(now, MatchPair.came_at.type))
    session.execute(
        insert(MatchPair)
        .from_select([*names, "run_id", "term", "found_on", "came_at"], new)
        .on_conflict_do_nothing(
            index_elements=[MatchPair.pupil_id, MatchPair.register_entry_id, MatchPair.term],
            index_where=MatchPair.superseded_at.is_(None),
        )
    )


def _said(session: Session, term: str, pupils: Collection[UUID]) -> dict[Said, UUID]:
    """Which pair of these pupils says what: two runs that say the same leave the same pair.

    A damaged one says nothing any more; what was found anew takes its place.
    """
    said = MatchPair.pupil_id, MatchPair.register_entry_id, MatchPair.decision, MatchPair.basis, MatchPair.rule
    columns = *said, MatchPair.id, MatchPair.because_sealed, MatchPair.category_sealed
    standing = select(*columns).where(_stood(term), among(MatchPair.pupil_id, pupils))
    known: dict[Said, UUID] = {}
    for pair in session.execute(standing):
        with suppress(SealBroken):
            known[*pair[: len(said)], MatchPair.because.open(pair), MatchPair.category.open(pair)] = pair.id
    return known


def drop_pairs_of_who_left(session: Session, unit: Unit, term: str, enrolled: Select[UUID], now: datetime) -> None:
    """Pairs at the unit's schools whose pupil is at none of them any more."""
    # one by one through the index: NOT IN goes through all who are enrolled for each pair
    stays = enrolled.where(EnrolmentRecord.pupil_id == MatchPair.pupil_id)
    gone = update(MatchPair).where(_stood(term), MatchPair.school_id.in_(Unit.ids_below(unit.path)), ~stays.exists())
    session.execute(gone.values(superseded_at=now))


def _stood(term: str) -> ColumnElement[bool]:
    expired = select(Intake.id).where(Intake.state == IntakeState.EXPIRED)
    return and_(MatchPair.term == term, MatchPair.superseded_at.is_(None), MatchPair.intake_id.not_in(expired))


def _registers(session: Session, intakes: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Who delivered each list, and its batch."""
    named = select(Intake.id, Unit.name, Intake.occasion).join(Unit, Unit.id == Intake.unit_id)
    return {key: (unit, batch) for key, unit, batch in session.execute(named.where(Intake.id.in_(intakes)))}


def _register(kept: Kept, unit: str, batch: str) -> str:
    return f"{unit}（{LOCAL}） {batch}" if is_local(kept.entry.source) else f"{unit} {batch}"


def _row(run: MatchRun, kept: Kept, register: str, standing: Mapping[Said, UUID]) -> tuple[Any, ...]:
    pair = MatchFinding(id=uuid4())
    match, because, category = kept.match, kept.because, RegisterEntry.category.open(kept.entry)
    said = kept.pupil.id, kept.entry.id, match.decision, match.basis, match.rule.code, because, category
    return (
        pair.id,
        run.id,
        kept.pupil.id,
        kept.pupil.school_id,
        kept.entry.id,
        kept.entry.intake_id,
        match.decision.value,
        match.basis.value,
        match.rule.code,
        MatchPair.because.seal(pair, because),
        MatchPair.category.seal(pair, category),
        MatchPair.register.seal(pair, register),
        standing.get(said),
    )
