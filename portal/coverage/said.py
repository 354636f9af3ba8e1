"""What a family said of one child this term, and what became of the school's proposal for it: read at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, and_, bindparam, select
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


_OF_THE_TERM = bindparam("term", type_=String)
_READ = (
    select(Confirmation, Waiver, Correction, Addition)
    .select_from(Pupil)
    .outerjoin(Confirmation, and_(Confirmation.pupil_id == Pupil.id, Confirmation.term == _OF_THE_TERM))
    .outerjoin(
        Waiver,
        and_(Waiver.pupil_id == Pupil.id, Waiver.term == _OF_THE_TERM, Waiver.taken_back_at.is_(None)),
    )
    .outerjoin(
        Correction,
        and_(
            Correction.pupil_id == Pupil.id,
            Correction.term == _OF_THE_TERM,
            Correction.settled_at.is_(None),
            Correction.about.in_(NOES),
        ),
    )
    .outerjoin(Addition, Addition.pupil_id == Pupil.id)
    .where(Pupil.id == bindparam("pupil_id"))
)


def said_of(session: Session, pupil_id: UUID, term: str) -> Said:
    """In one statement that is built once, for it is asked at every visit."""
    rows = session.execute(_READ, {"pupil_id": pupil_id, "term": term}).all()
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
