"""我的学生: a class teacher's listed pupils, with what is still to ask of each; no category, nobody else (N4-4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.access.actors import actor_words, look_up_actors
from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage.contacts import CONSENT, ContactRefused, Spoken, record_contact
from portal.coverage.progress import note_verified
from portal.coverage.words import class_words
from portal.models import Confirmation, ContactRecord, EnrolmentRecord, Entitlement, Pupil
from portal.vocabulary import Channel, EntitlementState


@dataclass(frozen=True)
class OwnPupil:
    """``in_school`` and ``wants_aid`` are None while the question is open; ``said`` tells who answered."""

    id: UUID
    name: str
    class_words: str
    in_school: bool | None
    wants_aid: bool | None
    said: str
    last_contact: datetime | None
    reached: bool


@dataclass(frozen=True)
class Verified:
    """The two questions; what was not asked yet is empty, and how the family said it is a channel."""

    in_school: bool
    wants_aid: bool | None
    channel: Channel | None


def own_pupils(session: Session, scope: Scope, term: SchoolTerm) -> list[OwnPupil]:
    """By class and name."""
    statement = (
        select(Pupil, EnrolmentRecord)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .where(EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None))
        .order_by(EnrolmentRecord.grade_number, EnrolmentRecord.class_name, Pupil.id)
    )
    found = [(pupil, record) for pupil, record in session.execute(scope.narrow(statement, Pupil.school_id))]
    known = _Known.of(session, [pupil.id for pupil, _ in found], term)
    return [_shown(session, pupil, record, known) for pupil, record in found]


def own_pupil(session: Session, pupil: Pupil, record: EnrolmentRecord, term: SchoolTerm) -> OwnPupil:
    return _shown(session, pupil, record, _Known.of(session, [pupil.id], term))


@dataclass(frozen=True)
class _Known:
    """What was said and done of all pupils of a page, in one statement each."""

    said: dict[UUID, Confirmation]
    there: set[UUID]
    contacts: dict[UUID, ContactRecord]

    @classmethod
    def of(cls, session: Session, pupils: list[UUID], term: SchoolTerm) -> "_Known":
        said = select(Confirmation).where(Confirmation.pupil_id.in_(pupils), Confirmation.term == term.code)
        there = select(Entitlement.pupil_id).where(
            Entitlement.pupil_id.in_(pupils), Entitlement.term == term.code,
            Entitlement.state != EntitlementState.MATCHED,
        )  # fmt: skip
        last = (
            select(ContactRecord)
            .where(ContactRecord.pupil_id.in_(pupils))
            .ext(distinct_on(ContactRecord.pupil_id))
            .order_by(ContactRecord.pupil_id, ContactRecord.at.desc())
        )
        known = cls(
            {one.pupil_id: one for one in session.scalars(said)},
            set(session.scalars(there)),
            {one.pupil_id: one for one in session.scalars(last)},
        )
        look_up_actors(session, (one.by for one in known.said.values()))
        return known


def _shown(session: Session, pupil: Pupil, record: EnrolmentRecord, known: _Known) -> OwnPupil:
    said, last = known.said.get(pupil.id), known.contacts.get(pupil.id)
    return OwnPupil(
        id=pupil.id,
        name=pupil.name or "",
        class_words=class_words(record.grade, record.class_name),
        in_school=said.in_school if said else pupil.id in known.there or None,
        wants_aid=said.wants_aid if said else None,
        said=actor_words(session, said.by) if said else "",
        last_contact=last.at if last else None,
        reached=last is not None and last.reached,
    )


def verify(session: Session, pupil: Pupil, term: str, verified: Verified, by: str, now: datetime) -> None:
    """在校 the teacher knows; 需要资助 only the family says, and how it said so is kept. Raise ContactRefused."""
    if verified.wants_aid is None and verified.in_school:
        note_verified(session, pupil.id, term, by, now)
        return
    if verified.channel not in CONSENT:
        raise ContactRefused("家长的回答要写明是怎么问的：电话、当面、微信，还是回执")
    answer = "left" if not verified.in_school else "yes" if verified.wants_aid else "no_aid"
    record_contact(session, pupil, term, Spoken(verified.channel, True, answer, ""), by, now)
