"""找学生: by a whole name, a number of the child or a guardian's phone, among a scope's pupils alone (N3-3)."""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, load_only

from portal.access.scope import Scope
from portal.coverage.lists import classes_of
from portal.intake.cells import read_phone
from portal.models import Guardian, Pupil
from portal.privacy.masking import mask_name
from portal.privacy.resident_id import read_number, tidied_number

MOST = 50
"""Namesakes that are shown; a number tells apart the rest."""
STUDENT_NUMBER = re.compile(r"[GL](?=\d{17}[\dX]$)")
"""学籍号: nearly all are the child's own number behind one of these letters, and a roster need not have them."""


@dataclass(frozen=True)
class SoughtPupil:
    id: UUID
    masked_name: str
    class_words: str
    school: str


def look_up(session: Session, scope: Scope, words: str, term: str) -> list[SoughtPupil]:
    """School by school, at most ``MOST`` and one more."""
    statement = select(Pupil).options(load_only(Pupil.name_sealed)).where(_means(words))
    statement = scope.narrow(statement, Pupil.school_id).order_by(Pupil.school_id, Pupil.id).limit(MOST + 1)
    found = session.scalars(statement).all()
    classes = classes_of(session, term, [pupil.id for pupil in found])
    return [
        SoughtPupil(pupil.id, mask_name(pupil.name or ""), classes.get(pupil.id, ""), pupil.school.name)
        for pupil in found
    ]


def _means(words: str) -> ColumnElement[bool]:
    """A text with a digit in it is a number, the child's own or one that rings at a guardian's; all else is a name."""
    if not any(mark.isdigit() for mark in words):
        return Pupil.name_index == Pupil.name.digest(words)
    if phone := read_phone(words).number:
        at_guardians = select(Guardian.pupil_id).where(Guardian.phone_index == Guardian.phone.digest(phone))
        return Pupil.id.in_(at_guardians)
    number = tidied_number(words)[0]
    own = STUDENT_NUMBER.sub("", number)
    its = Pupil.id_number_index == Pupil.id_number.digest(read_number(own).value or own)
    return or_(its, Pupil.student_number_index == Pupil.student_number.digest(number))
