"""How pupils and entries without a number that holds will meet: three blind indexes beside the number's own."""

from datetime import date

from portal.matching.stored_keys import stored_keys
from portal.models.pupil import NAME_BIRTH, NAME_PLACE, OLD_NUMBER
from portal.models.sealed import keyring

COLUMNS = ("old_number_index", "name_birth_index", "name_place_index")


def meeting_indexes(name: str, number: str | None, born: date | None, column: str) -> tuple[bytes | None, ...]:
    """In the order of ``COLUMNS``; ``column`` is 户口所在地 or 县区代码."""
    keys = stored_keys(name, number or "", born, column)
    purposes = ((OLD_NUMBER, keys.old_number), (NAME_BIRTH, keys.name_birth), (NAME_PLACE, keys.name_place))
    return tuple(keyring().index(purpose, text) if text else None for purpose, text in purposes)
