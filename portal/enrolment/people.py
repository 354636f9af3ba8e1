"""Rows opened for matching: what the rules may look at of a pupil and of an entry, in memory and nowhere else.

They are plain lines: a run looks at a million, once each, and changes none.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from portal.matching.people import NOBODY, RegisterPerson, RosterPerson
from portal.matching.people import Guardian as GuardianPerson
from portal.models import Guardian, Pupil, RegisterEntry
from portal.privacy.document_types import NumberKind

FIRST, SECOND = 1, 2
OF_PUPIL = (
    Pupil.id,
    Pupil.school_id,
    Pupil.name_sealed,
    Pupil.former_name_sealed,
    Pupil.id_type,
    Pupil.id_number_sealed,
    Pupil.birth_date_text_sealed,
    Pupil.written_birth_sealed,
    Pupil.sex,
    Pupil.hukou_division,
)
OF_GUARDIAN = Guardian.id, Guardian.pupil_id, Guardian.position, Guardian.name_sealed, Guardian.id_number_sealed
OF_ENTRY = (
    RegisterEntry.id,
    RegisterEntry.intake_id,
    RegisterEntry.source,
    RegisterEntry.category_sealed,
    RegisterEntry.name_sealed,
    RegisterEntry.id_number_sealed,
    RegisterEntry.household_sealed,
    RegisterEntry.county_code,
    RegisterEntry.valid_from,
    RegisterEntry.valid_to,
    RegisterEntry.valid_to_unreadable,
)
Line = Row[*tuple[Any, ...]]


def roster_person(pupil: Line, guardians: Mapping[int, Line]) -> RosterPerson:
    """``guardians`` by position; the row's own id names the person."""
    born = Pupil.written_birth.open(pupil) or Pupil.birth_date_text.open(pupil)
    return RosterPerson(
        id=str(pupil.id),
        name=Pupil.name.open(pupil) or "",
        number=Pupil.id_number.open(pupil) or "",
        number_type=NumberKind(pupil.id_type).label if pupil.id_type else None,
        former_name=Pupil.former_name.open(pupil) or "",
        guardian_1=_guardian(guardians.get(FIRST)),
        guardian_2=_guardian(guardians.get(SECOND)),
        birth_date=date.fromisoformat(born) if born else None,
        sex=pupil.sex,
        division=pupil.hukou_division,
    )


def register_person(entry: Line) -> RegisterPerson:
    return RegisterPerson(
        id=str(entry.id),
        name=RegisterEntry.name.open(entry) or "",
        number=RegisterEntry.id_number.open(entry) or "",
        valid_to=entry.valid_to,
        valid_to_unreadable=entry.valid_to_unreadable,
        valid_from=entry.valid_from,
        household=RegisterEntry.household.open(entry) or "",
        county=entry.county_code,
        category=RegisterEntry.category.open(entry) or "",
    )


def _guardian(row: Line | None) -> GuardianPerson:
    return GuardianPerson(Guardian.name.open(row) or "", Guardian.id_number.open(row) or "") if row else NOBODY
