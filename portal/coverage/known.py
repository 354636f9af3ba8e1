"""What is known of one child this term: where it is enrolled, what its family said, what became of a proposal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, select
from sqlalchemy.orm import Session, aliased, contains_eager, load_only

from portal.clock import SchoolTerm
from portal.coverage.additions import latest
from portal.enrolment.corrections import NOES
from portal.models import Addition, Confirmation, Correction, EnrolmentRecord, Pupil, SchoolClass, Unit, Waiver
from portal.vocabulary import AdditionState


@dataclass(frozen=True)
class Known:
    """``noes`` are those of the two answers that the family took back and nobody has looked into yet."""

    pupil: Pupil
    record: EnrolmentRecord | None
    """Of this term, or of the one before while the new roster is not in yet."""
    teacher: str
    confirmation: Confirmation | None
    waiver: Waiver | None
    noes: frozenset[str]
    refused: Addition | None
    """The proposal of this term, where the county refused it and nothing stands beside it."""


_OF_THE_TERM = bindparam("term", type_=String)
_ABOVE = aliased(Unit)
_READ = (
    select(Pupil, EnrolmentRecord, SchoolClass.teacher, Confirmation, Waiver, Correction.about, Addition)
    .join(Pupil.school)
    .outerjoin(_ABOVE, Unit.parent_id == _ABOVE.id)
    .outerjoin(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
    .outerjoin(
        SchoolClass,
        and_(
            SchoolClass.school_id == EnrolmentRecord.school_id,
            SchoolClass.grade == EnrolmentRecord.grade,
            SchoolClass.name == EnrolmentRecord.class_name,
        ),
    )
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
    .where(Pupil.id == bindparam("pupil_id", type_=Uuid))
    .options(
        contains_eager(Pupil.school).contains_eager(Unit.parent.of_type(_ABOVE)),
        load_only(Pupil.school_id, Pupil.name_sealed, Pupil.birth_date_text_sealed, Pupil.hukou_division),
    )
)


def known_of(session: Session, pupil_id: UUID, term: SchoolTerm) -> Known | None:
    """In one statement that is built once, for it is asked at every visit; None for a child out of reach."""
    lines = session.execute(_READ, {"pupil_id": pupil_id, "term": term.code}).all()
    if not lines:
        return None
    pupils, records, teachers, confirmations, waivers, noes, additions = zip(*lines, strict=True)
    record, teacher = _latest(zip(records, teachers, strict=True), term)
    return Known(
        pupil=pupils[0],
        record=record,
        teacher=teacher,
        confirmation=confirmations[0],
        waiver=waivers[0],
        noes=frozenset(filter(None, noes)),
        refused=_refused(filter(None, additions), term),
    )


def begins(term: str) -> date:
    return SchoolTerm.parse(term).first_day


def _latest(
    lines: Iterable[tuple[EnrolmentRecord | None, str | None]], term: SchoolTerm
) -> tuple[EnrolmentRecord | None, str]:
    known = [(record, teacher or "") for record, teacher in lines if record and begins(record.term) <= term.first_day]
    return max(known, key=lambda one: (begins(one[0].term), one[0].left_on is None), default=(None, ""))


def _refused(known: Iterable[Addition], term: SchoolTerm) -> Addition | None:
    last = latest(known)
    return last if last and last.state is AdditionState.REFUSED and last.term == term.code else None
