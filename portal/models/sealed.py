"""Attributes that are kept sealed: 姓名、证件号、电话、困难类别. The database never holds them in clear."""

from collections.abc import Callable
from typing import Any, overload

from portal.models.base import Row
from portal.privacy.sealing import Keyring


class KeysNotReady(RuntimeError):
    """A sealed value was asked for before the keys were read; a fault of the start, never of the data."""


class _Keys:
    ring: Keyring | None = None


def use_keyring(ring: Keyring) -> None:
    """Once a process, at its start."""
    _Keys.ring = ring


def keyring() -> Keyring:
    if _Keys.ring is None:
        raise KeysNotReady
    return _Keys.ring


class Sealed:
    """Text kept in the column ``<name>_sealed``, bound to its table, column and row.

    With ``index`` it also fills ``<name>_index``, a keyed digest of the value's key, for equality only; the purpose
    named there is shared by all columns that must be comparable with each other.
    """

    def __init__(self, index: str | None = None, key: Callable[[str], str] = str) -> None:
        self.purpose = index
        self.key = key

    def __set_name__(self, owner: type[Row], name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"
        self.place = f"{owner.__tablename__}.{name}"

    @overload
    def __get__(self, row: None, owner: type[Row]) -> "Sealed": ...
    @overload
    def __get__(self, row: Row, owner: type[Row]) -> str | None: ...
    def __get__(self, row: Row | None, owner: type[Row]) -> "Sealed | str | None":
        return self if row is None else self.open(row)

    def __set__(self, row: Row, text: str | None) -> None:
        setattr(row, self.column, self.seal(row, text))
        if self.purpose is not None:
            setattr(row, f"{self.name}_index", self.digest(text))

    def open(self, row: Any) -> str | None:
        """Of a row, or of a line that was selected with the row's id and this column."""
        sealed: bytes | None = getattr(row, self.column)
        return None if sealed is None else keyring().open(sealed, self.place, row.id)

    def seal(self, row: Any, text: str | None) -> bytes | None:
        """What the column holds for a row with this id; for bulk copies as well."""
        return keyring().seal(text, self.place, row.id) if text else None

    def digest(self, text: str | None) -> bytes | None:
        """The blind index of a text, to look rows up by equality."""
        if self.purpose is None:
            raise LookupError(f"{self.place} has no index")
        return keyring().index(self.purpose, self.key(text)) if text else None
