"""What a run leaves: pairs that stand, and pairs that no longer do with the moment they fell (N3-16)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, insert, literal, select, update
from sqlalchemy.orm import Session

from portal.clock import local
from portal.enrolment.candidates import among
from portal.intake.copying import put_rows
from portal.matching.agreement import NameAgreement, Sharing
from portal.matching.engine import Match
from portal.models import Intake, MatchFinding, MatchPair, MatchRun, Pupil, RegisterEntry, Unit
from portal.privacy.names import variant_spelling
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
)


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


def keep_findings(session: Session, run: MatchRun, found: Sequence[Kept]) -> None:
    """Kept apart until the run is whole."""
    registers = _registers(session, {kept.entry.intake_id for kept in found})
    put_rows(session, MatchFinding, FINDING, (_row(run, kept, registers[kept.entry.intake_id]) for kept in found))


def let_stand(session: Session, run: MatchRun, pupils: Collection[UUID], now: datetime) -> None:
    """What was found of these pupils takes the place of what stood; none is ever deleted.

    Identical pairs stay as they are, changed and vanished ones are superseded. A pair whose register expired stays as
    well: nobody said that it was wrong; and so does one with a register that came after the run began.
    """
    found = select(MatchFinding).where(MatchFinding.run_id == run.id, among(MatchFinding.pupil_id, pupils))
    fresh = {(one.pupil_id, one.register_entry_id): one for one in session.scalars(found)}
    fallen: list[UUID] = []
    for pair in session.scalars(_standing(run.term).where(among(MatchPair.pupil_id, pupils))):
        again = pair.register_entry_id and fresh.get((pair.pupil_id, pair.register_entry_id))
        if again and _said(again) == _said(pair):
            del fresh[pair.pupil_id, again.register_entry_id]
        elif again or pair.intake_id in run.registers:
            fallen.append(pair.id)
    session.execute(update(MatchPair).where(among(MatchPair.id, fallen)).values(superseded_at=now))
    columns = [column for column in MatchFinding.__table__.columns if column.name != "run_id"]
    names = [column.name for column in columns]
    new = select(*columns, *map(literal, (run.id, run.term, local(run.began_at).date())))
    new = new.where(among(MatchFinding.id, [one.id for one in fresh.values()]))
    session.execute(insert(MatchPair).from_select([*names, "run_id", "term", "found_on"], new))


def _said(pair: MatchPair | MatchFinding) -> tuple[str | None, ...]:
    """Two runs that say the same of a pupil and an entry left the same pair."""
    words = MatchPair.because.open(pair), MatchPair.category.open(pair)
    return (pair.decision, pair.basis, pair.rule, *words)


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


def _row(run: MatchRun, kept: Kept, register: str) -> tuple[Any, ...]:
    pair = MatchFinding(id=uuid4())
    return (
        pair.id,
        run.id,
        kept.pupil.id,
        kept.pupil.school_id,
        kept.entry.id,
        kept.entry.intake_id,
        kept.match.decision.value,
        kept.match.basis.value,
        kept.match.rule.code,
        MatchPair.because.seal(pair, kept.because),
        MatchPair.category.seal(pair, kept.entry.category),
        MatchPair.register.seal(pair, register),
    )
