"""How pupils and entries without a number that holds will meet: blind indexes beside the number's own."""

from datetime import date

from portal.matching.number_agreement import written_number
from portal.matching.people import RegisterPerson, RosterPerson
from portal.matching.stored_keys import numbers_meant, offered_by, sought_by, stored_keys
from portal.models.pupil import NAME_BIRTH, NAME_PLACE, NUMBER, OLD_NUMBER
from portal.models.sealed import keyring

OFFERED = "name and facts"
SHORT = 12
"""Bytes of a digest of which a pupil has a dozen: what meets by chance is judged like everybody."""
COLUMNS = ("old_number_index", "name_birth_index", "name_place_index")


def meeting_indexes(name: str, number: str | None, born: date | None, column: str) -> tuple[bytes | None, ...]:
    """In the order of ``COLUMNS``; ``column`` is 户口所在地 or 县区代码."""
    keys = stored_keys(name, number or "", born, column)
    purposes = ((OLD_NUMBER, keys.old_number), (NAME_BIRTH, keys.name_birth), (NAME_PLACE, keys.name_place))
    return tuple(keyring().index(purpose, text) if text else None for purpose, text in purposes)


def offered_digests(pupil: RosterPerson, day: date) -> list[bytes]:
    """Of the keys by which an entry with a damaged number finds the pupil."""
    return sorted(keyring().index(OFFERED, text)[:SHORT] for text in offered_by(pupil, day))


def sought_digests(entry: RegisterPerson, day: date) -> list[bytes]:
    """What such an entry seeks: digests of whole numbers, as numbers have them, and of ``offered_digests``."""
    sought = sought_by(entry, day)
    numbers = _of_numbers(sought.numbers)
    return [*numbers, *(keyring().index(OFFERED, text)[:SHORT] for text in sorted(sought.names))]


def digests_meant(number: str, day: date) -> list[bytes]:
    """Of the whole numbers that a damaged one may mean; none for one that holds."""
    return _of_numbers(numbers_meant(written_number(number, None, day)))


def _of_numbers(numbers: frozenset[str]) -> list[bytes]:
    return [keyring().index(NUMBER, text) for text in sorted(numbers)]
