"""Rows opened for matching: what the rules may look at of a pupil and of an entry, in memory and nowhere else."""

from portal.matching.people import NOBODY, RegisterPerson, RosterPerson
from portal.matching.people import Guardian as GuardianPerson
from portal.models import Guardian, Pupil, RegisterEntry
from portal.privacy.document_types import NumberKind

FIRST, SECOND = 1, 2


def roster_person(pupil: Pupil, guardians: dict[int, Guardian]) -> RosterPerson:
    """``guardians`` by position; the row's own id names the person."""
    return RosterPerson(
        id=str(pupil.id),
        name=pupil.name or "",
        number=pupil.id_number or "",
        number_type=NumberKind(pupil.id_type).label if pupil.id_type else None,
        former_name=pupil.former_name or "",
        guardian_1=_guardian(guardians.get(FIRST)),
        guardian_2=_guardian(guardians.get(SECOND)),
        birth_date=pupil.birth_date_of_roster,
        sex=pupil.sex,
        division=pupil.hukou_division,
    )


def register_person(entry: RegisterEntry) -> RegisterPerson:
    return RegisterPerson(
        id=str(entry.id),
        name=entry.name or "",
        number=entry.id_number or "",
        valid_to=entry.valid_to,
        valid_to_unreadable=entry.valid_to_unreadable,
        valid_from=entry.valid_from,
        household=entry.household or "",
        county=entry.county_code,
    )


def _guardian(row: Guardian | None) -> GuardianPerson:
    return GuardianPerson(row.name or "", row.id_number or "") if row else NOBODY
