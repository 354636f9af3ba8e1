"""Keys that a database keeps keyed digests of, for people one of whom has no number that holds.

A pupil's number with a slip in it never gets into the database, the row is refused with the reason: a pupil seeks only
with an old number of fifteen digits, with none, or with one of another birth day than the roster's, by ``StoredKeys``.
An entry of a register is kept whatever its number: it seeks by all that ``keys`` has. One whose number holds seeks by
name only where that number may be cut by Excel, and else the number that would be left of its own, if that held too.
"""

from dataclasses import dataclass
from datetime import date

from portal.matching.keys import name_keys
from portal.matching.number_agreement import KEPT, ZEROS, WrittenNumber, place_code, written_number
from portal.matching.people import RegisterPerson, RosterPerson
from portal.privacy.name_likeness import sound_key
from portal.privacy.names import damaged, name_key
from portal.privacy.resident_id import RESIDENT_NUMBER, birth_date_of, check_digit_of

OLD_LENGTH = 15


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """Equality of any of them makes a pair worth judging; empty texts are like no other."""

    old_number: str
    """The fifteen digits of an old number, or those that a number of eighteen would have had."""
    name_birth: str
    """How the name sounds, and the birth date."""
    name_place: str
    """The name and 县区代码."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What an entry seeks pupils and guardians by: whole numbers that may be meant, and keys of the name."""

    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def offered_by(pupil: RosterPerson, day: date) -> frozenset[str]:
    """The keys of the name by which an entry may find the pupil."""
    number = written_number(pupil.number, pupil.number_type, day)
    return name_keys(number, (pupil.name, pupil.former_name), pupil.division, pupil.birth_date).offered


def sought_by(entry: RegisterPerson, day: date) -> Sought:
    """Little where the entry's own number holds: whoever it is has that number, unless Excel cut one of the two."""
    number = written_number(entry.number, None, day)
    if number.certain and not number.cut:
        return Sought(numbers=frozenset(filter(None, [number_left(number)])))
    return Sought(
        numbers=numbers_meant(number),
        names=name_keys(number, (entry.name,), entry.county, None).sought,
    )


def numbers_meant(number: WrittenNumber) -> frozenset[str]:
    """The whole numbers that the writer of one that does not hold may have meant."""
    meant = (f"{first17:017d}" for first17 in number.traces.first17)
    return frozenset(first17 + check_digit_of(first17) for first17 in meant)


def number_left(number: WrittenNumber) -> str | None:
    """What Excel makes of it, where nobody can tell that by the check digit."""
    first17 = number.value[:KEPT] + ZEROS[:2]
    return first17 + ZEROS[2] if number.resident and check_digit_of(first17) == ZEROS[2] else None


def stored_keys(name: str, number: str, born: date | None, column: str) -> StoredKeys:
    """``number`` after lossless repair; ``column`` (户口所在地, 县区代码) stands in where it is lost.

    ``born`` is the roster's own date, by which is sought who has a number of another day.
    """
    resident = RESIDENT_NUMBER.fullmatch(number) is not None
    birth = born or (birth_date_of(number) if resident else None)
    place = place_code(column) or (number[:6] if resident else "")
    usable = bool(name) and not damaged(name)
    return StoredKeys(
        old_number=_old(number, resident),
        name_birth=f"{sound_key(name)}|{birth:%Y%m%d}" if usable and birth else "",
        name_place=f"{name_key(name)}|{place}" if usable and place else "",
    )


def _old(number: str, resident: bool) -> str:
    if resident:
        return number[:6] + number[8:17]
    return number if len(number) == OLD_LENGTH and number.isdigit() else ""
