"""What a run leaves: pairs that stand, and pairs that no longer do with the moment they fell (N3-16)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from portal.clock import local
from portal.enrolment.candidates import among
from portal.matching.agreement import NameAgreement, Sharing
from portal.matching.engine import Match
from portal.models import Intake, MatchPair, MatchRun, Pupil, RegisterEntry, Unit
from portal.privacy.names import variant_spelling
from portal.vocabulary import IntakeState

AT_ONCE = 5000
"""How many pairs one statement names."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A match with the rows it holds together."""

    match: Match
    pupil: Pupil
    entry: RegisterEntry

    @property
    def because(self) -> str:
        """The rule's sentence, and whatever else agreed or differed as of the day of the run."""
        said = self.match.because
        seen = [word.label for word in self.match.evidence if word is not Sharing.NONE and word.label not in said]
        if self.match.agreement.name is NameAgreement.VARIANT:
            seen += filter(None, [variant_spelling(self.pupil.name or "", self.entry.name or "")])
        return "；".join([said, *seen])

    @property
    def saying(self) -> tuple[str, ...]:
        """Two runs that say the same of a pupil and an entry left the same pair."""
        match = self.match
        return (match.decision, match.basis, match.rule.code, self.because, self.entry.category or "")


def keep_pairs(session: Session, run: MatchRun, pupils: Collection[UUID], found: list[Kept], now: datetime) -> None:
    """What was found of these pupils takes the place of what stood; none is ever deleted.

    Identical pairs stay as they are, changed and vanished ones are superseded. A pair whose register expired stays as
    well: nobody said that it was wrong.
    """
    fresh = {(kept.pupil.id, kept.entry.id): kept for kept in found}
    fallen: list[UUID] = []
    for pair in session.scalars(_standing(run.term).where(among(MatchPair.pupil_id, pupils))):
        kept = pair.register_entry_id and fresh.get((pair.pupil_id, pair.register_entry_id))
        said = (pair.decision, pair.basis, pair.rule, pair.because or "", pair.category or "")
        if kept and kept.saying == said:
            del fresh[pair.pupil_id, kept.entry.id]
        else:
            fallen.append(pair.id)
    for start in range(0, len(fallen), AT_ONCE):
        some = MatchPair.id.in_(fallen[start : start + AT_ONCE])
        session.execute(update(MatchPair).where(some).values(superseded_at=now))
    registers = _registers(session, {kept.entry.intake_id for kept in fresh.values()})
    rows = [_row(run, kept, registers[kept.entry.intake_id]) for kept in fresh.values()]
    if rows:
        session.execute(insert(MatchPair), rows)


def drop_pairs_of_who_left(session: Session, unit: Unit, term: str, enrolled: Select[UUID], now: datetime) -> None:
    """Pairs at the unit's schools whose pupil is at none of them any more."""
    below = Unit.ids_below(unit.path)
    gone = _standing(term).where(MatchPair.school_id.in_(below), MatchPair.pupil_id.not_in(enrolled))
    ids = gone.with_only_columns(MatchPair.id)
    session.execute(update(MatchPair).where(MatchPair.id.in_(ids)).values(superseded_at=now))


def _standing(term: str) -> Select[MatchPair]:
    expired = select(Intake.id).where(Intake.state == IntakeState.EXPIRED)
    return select(MatchPair).where(
        MatchPair.term == term,
        MatchPair.superseded_at.is_(None),
        MatchPair.intake_id.not_in(expired),
    )


def _registers(session: Session, intakes: set[UUID]) -> dict[UUID, str]:
    """Who delivered each list, and its batch."""
    named = select(Intake.id, Unit.name, Intake.occasion).join(Unit, Unit.id == Intake.unit_id)
    return {key: f"{unit} {batch}" for key, unit, batch in session.execute(named.where(Intake.id.in_(intakes)))}


def _row(run: MatchRun, kept: Kept, register: str) -> dict[str, object]:
    pair = MatchPair(id=uuid4())
    return {
        "id": pair.id,
        "run_id": run.id,
        "term": run.term,
        "pupil_id": kept.pupil.id,
        "school_id": kept.pupil.school_id,
        "register_entry_id": kept.entry.id,
        "intake_id": kept.entry.intake_id,
        "decision": kept.match.decision,
        "basis": kept.match.basis,
        "rule": kept.match.rule.code,
        "because_sealed": MatchPair.because.seal(pair, kept.because),
        "category_sealed": MatchPair.category.seal(pair, kept.entry.category),
        "register_sealed": MatchPair.register.seal(pair, register),
        "found_on": local(run.began_at).date(),
    }
