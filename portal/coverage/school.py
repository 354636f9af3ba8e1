"""A school and the office above it, as much of them as a child's page says and policies ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased

from portal.models import Unit
from portal.vocabulary import SchoolOwnership, UnitLevel

ABOVE = aliased(Unit)
SCHOOL = (
    Unit.name, Unit.path, Unit.ownership, Unit.inclusive, Unit.landline, Unit.aid_officer,
    ABOVE.level, ABOVE.name, ABOVE.landline, ABOVE.aid_officer,
)  # fmt: skip
"""What ``school_of`` reads, where ``ABOVE`` is joined as the school's parent."""


@dataclass(frozen=True)
class Office:
    """The unit that a school reports to."""

    level: UnitLevel
    name: str
    landline: str
    aid_officer: str


@dataclass(frozen=True)
class School:
    """As in ``Unit``."""

    parent: Office | None
    name: str
    path: str
    ownership: SchoolOwnership | None
    inclusive: bool | None
    landline: str
    aid_officer: str


def school_of(columns: Sequence[Any]) -> School:
    above = columns[6:]
    return School(None if above[0] is None else Office(*above), *columns[:6])
