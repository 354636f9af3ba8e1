"""What the roster and the certain matches say of a pupil, as policies ask; what they don't say stays unknown."""

import re
from collections.abc import Iterable
from typing import Protocol

from portal.policies.circumstances import Circumstances
from portal.vocabulary import Boarding, SchoolOwnership, Stage, UnitLevel

_DIVISION = re.compile(r"([1-9]\d{5})\d*|([1-9]\d(?:\d{2})?)")


class Placed(Protocol):
    """What of an enrolment is asked here: the record, or as much of it as was selected."""

    @property
    def stage(self) -> Stage | None: ...
    @property
    def grade_number(self) -> int | None: ...
    @property
    def boarding(self) -> Boarding | None: ...


class Above(Protocol):
    """The unit a school reports to."""

    @property
    def level(self) -> UnitLevel: ...


class Taught(Protocol):
    """What of a school is asked here, likewise."""

    @property
    def path(self) -> str: ...
    @property
    def ownership(self) -> SchoolOwnership | None: ...
    @property
    def inclusive(self) -> bool | None: ...
    @property
    def parent(self) -> Above | None: ...


def circumstances_of(
    record: Placed, school: Taught, hukou_division: str, categories: Iterable[str] | None
) -> Circumstances:
    """``categories`` of standing certain matches of the pupil itself; empty is on no list, None not compared yet."""
    return Circumstances(
        stage=record.stage,
        grade=record.grade_number,
        boarding=None if record.boarding is None else record.boarding is Boarding.BOARDING,
        ownership=school.ownership,
        inclusive=school.inclusive,
        provincial=_is_provincial(school),
        categories=None if categories is None else frozenset(categories),
        hukou=_division(hukou_division),
        county=county_of(school),
        first_year=None if record.grade_number is None else record.grade_number == 1,
    )


def county_of(school: Taught) -> str | None:
    """The division the school reports to, whose local standards hold for it: a county, or the city of a 市属 school."""
    above = school.path.strip("/").split("/")[:-1]
    return _division(above[-1]) if above else None


def _division(code: str) -> str | None:
    """Six digits at the most; None for a code of our own making, which is no division."""
    found = _DIVISION.fullmatch(code)
    return found and (found[1] or found[2])


def _is_provincial(school: Taught) -> bool | None:
    return None if school.parent is None else school.parent.level is UnitLevel.PROVINCE
