"""What a family said of one child this term, and what became of the school's proposal for it: read at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.coverage.additions import latest
from portal.enrolment.corrections import NOES
from portal.models import Addition, Confirmation, Correction, Pupil, Waiver
from portal.vocabulary import AdditionState


@dataclass(frozen=True)
class Said:
    """``noes`` are those of the two answers that the family took back and nobody has looked into yet."""

    confirmation: Confirmation | None
    waiver: Waiver | None
    noes: frozenset[str]
    refused: Addition | None
    """The proposal of this term, where the county refused it and nothing stands beside it."""


def said_of(session: Session, pupil_id: UUID, term: str) -> Said:
    """In one statement, for it is asked at every visit."""
    answered = and_(Confirmation.pupil_id == Pupil.id, Confirmation.term == term)
    waived = and_(Waiver.pupil_id == Pupil.id, Waiver.term == term, Waiver.taken_back_at.is_(None))
    took_back = and_(
        Correction.pupil_id == Pupil.id,
        Correction.term == term,
        Correction.settled_at.is_(None),
        Correction.about.in_(NOES),
    )
    rows = session.execute(
        select(Confirmation, Waiver, Correction, Addition)
        .select_from(Pupil)
        .outerjoin(Confirmation, answered)
        .outerjoin(Waiver, waived)
        .outerjoin(Correction, took_back)
        .outerjoin(Addition, Addition.pupil_id == Pupil.id)
        .where(Pupil.id == pupil_id)
    ).all()
    confirmations, waivers, corrections, additions = zip(*rows, strict=True)
    return Said(
        confirmation=confirmations[0],
        waiver=waivers[0],
        noes=frozenset(correction.about for correction in corrections if correction),
        refused=_refused([addition for addition in additions if addition], term),
    )


def _refused(known: list[Addition], term: str) -> Addition | None:
    last = latest(known)
    return last if last and last.state is AdditionState.REFUSED and last.term == term else None
