"""What every closed list is made of."""

from enum import StrEnum


class Labelled(StrEnum):
    """A member is its code; ``label`` is what a page shows."""

    label: str

    def __new__(cls, code: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
