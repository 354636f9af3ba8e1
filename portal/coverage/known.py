"""What is known of one child this term: where it is enrolled, what its family said, what became of a proposal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, chain
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.additions import latest
from portal.coverage.school import ABOVE, SCHOOL, School, school_of
from portal.enrolment.corrections import NOES
from portal.models import (
    Addition,
    Confirmation,
    Correction,
    EnrolmentRecord,
    Pupil,
    PupilHelper,
    SchoolClass,
    StaffMember,
    Unit,
    Waiver,
)
from portal.vocabulary import AdditionState, Boarding, Role, Stage


@dataclass(frozen=True)
class Child:
    """The pupil, where it is enrolled now; what is sealed is opened when it is asked for."""

    school: School
    id: UUID
    name_sealed: bytes
    birth_date_text_sealed: bytes | None
    hukou_division: str

    @property
    def name(self) -> str:
        return Pupil.name.open(self) or ""

    @property
    def birth_date(self) -> date | None:
        text = Pupil.birth_date_text.open(self)
        return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Enrolled:
    """As in ``EnrolmentRecord``; ``teacher`` is the class's; ``helper`` was named for the pupil and is still there."""

    pupil_id: UUID
    term: str
    stage: Stage | None
    grade: str
    grade_number: int | None
    class_name: str
    boarding: Boarding | None
    left_on: date | None
    teacher: str | None
    helper: str | None


@dataclass(frozen=True)
class Said:
    """The family's answer to the two questions."""

    receipt: str
    said_at: datetime
    by: str


@dataclass(frozen=True)
class Waived:
    """As in ``Waiver``."""

    said_at: datetime
    by: str
    repeated_at: datetime | None
    repeated_by: str | None


@dataclass(frozen=True)
class Proposal:
    """As in ``Addition``."""

    id: UUID
    term: str
    state: AdditionState
    because_sealed: bytes | None
    proposed_at: datetime | None
    decided_at: datetime | None

    @property
    def because(self) -> str:
        return Addition.because.open(self) or ""


@dataclass(frozen=True)
class Known:
    """``noes`` are those of the two answers that the family took back and nobody has looked into yet."""

    pupil: Child
    record: Enrolled | None
    """Of this term, or of the one before while the new roster is not in yet."""
    confirmation: Said | None
    waiver: Waived | None
    noes: frozenset[str]
    refused: Proposal | None
    """The proposal of this term, where the county refused it and nothing stands beside it."""


_OF_THE_TERM = bindparam("term", type_=String)
_CHILD = Pupil.id, Pupil.name_sealed, Pupil.birth_date_text_sealed, Pupil.hukou_division
_ENROLLED = (
    EnrolmentRecord.pupil_id, EnrolmentRecord.term, EnrolmentRecord.stage, EnrolmentRecord.grade,
    EnrolmentRecord.grade_number, EnrolmentRecord.class_name, EnrolmentRecord.boarding, EnrolmentRecord.left_on,
    SchoolClass.teacher, StaffMember.display_name,
)  # fmt: skip
_SAID = Confirmation.receipt, Confirmation.said_at, Confirmation.by
_WAIVED = Waiver.said_at, Waiver.by, Waiver.repeated_at, Waiver.repeated_by
_NO = (Correction.about,)
_PROPOSAL = (
    Addition.id, Addition.term, Addition.state, Addition.because_sealed, Addition.proposed_at, Addition.decided_at,
)  # fmt: skip
_PARTS: tuple[tuple[Any, ...], ...] = (_CHILD, SCHOOL, _ENROLLED, _SAID, _WAIVED, _NO, _PROPOSAL)
_ENDS = tuple(accumulate(map(len, _PARTS)))
_KNOWN = (
    select(*chain.from_iterable(_PARTS))
    .join(Unit, Unit.id == Pupil.school_id)
    .outerjoin(ABOVE, ABOVE.id == Unit.parent_id)
    .outerjoin(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
    .outerjoin(
        SchoolClass,
        and_(
            SchoolClass.school_id == EnrolmentRecord.school_id,
            SchoolClass.grade == EnrolmentRecord.grade,
            SchoolClass.name == EnrolmentRecord.class_name,
        ),
    )
    .outerjoin(PupilHelper, and_(PupilHelper.pupil_id == Pupil.id, PupilHelper.school_id == Pupil.school_id))
    .outerjoin(
        StaffMember,
        and_(StaffMember.id == PupilHelper.staff_id, StaffMember.active, StaffMember.role == Role.TEACHER),
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
            or_(*(Correction.about == no for no in NOES)),
        ),
    )
    .outerjoin(Addition, Addition.pupil_id == Pupil.id)
    .where(Pupil.id == bindparam("pupil_id", type_=Uuid))
)


def known_of(session: Session, pupil_id: UUID, term: SchoolTerm) -> Known | None:
    """In one statement of plain columns, for it is asked at every visit; None for a child out of reach."""
    lines = session.connection().execute(_KNOWN, {"pupil_id": pupil_id, "term": term.code}).all()
    if not lines:
        return None
    children, schools, records, said, waived, noes, proposals = zip(*map(_parts, lines), strict=True)
    return Known(
        pupil=Child(school_of(schools[0]), *children[0]),
        record=_latest((Enrolled(*each) for each in records if _is_there(each)), term),
        confirmation=Said(*said[0]) if _is_there(said[0]) else None,
        waiver=Waived(*waived[0]) if _is_there(waived[0]) else None,
        noes=frozenset(about for (about,) in noes if about),
        refused=_refused((Proposal(*each) for each in proposals if _is_there(each)), term),
    )


def begins(term: str) -> date:
    return SchoolTerm.parse(term).first_day


def _parts(line: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [tuple(line[end - len(part) : end]) for part, end in zip(_PARTS, _ENDS, strict=True)]


def _is_there(part: tuple[Any, ...]) -> bool:
    return part[0] is not None


def _latest(records: Iterable[Enrolled], term: SchoolTerm) -> Enrolled | None:
    known = (record for record in records if begins(record.term) <= term.first_day)
    return max(known, key=lambda record: (begins(record.term), record.left_on is None), default=None)


def _refused(known: Iterable[Proposal], term: SchoolTerm) -> Proposal | None:
    last = latest(known)
    return last if last and last.state is AdditionState.REFUSED and last.term == term.code else None
