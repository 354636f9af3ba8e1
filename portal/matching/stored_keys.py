"""Keys that a database keeps keyed digests of, for people one of whom has no number that holds.

Fewer than ``keys`` has: a number with a slip in it never gets into the database, its row is refused with the reason.
What is left are old numbers of fifteen digits and no numbers at all.
"""

from dataclasses import dataclass
from datetime import date

from portal.matching.number_agreement import place_code
from portal.privacy.name_likeness import sound_key
from portal.privacy.names import damaged, name_key
from portal.privacy.resident_id import RESIDENT_NUMBER, birth_date_of

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


def stored_keys(name: str, number: str, born: date | None, column: str) -> StoredKeys:
    """``number`` after lossless repair; ``born`` and ``column`` (户口所在地, 县区代码) stand in where it is lost."""
    resident = RESIDENT_NUMBER.fullmatch(number) is not None
    birth = (birth_date_of(number) if resident else None) or born
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
