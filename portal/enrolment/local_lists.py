"""本地名单: what a city or county lists by itself counts at its own schools alone, and is told apart (N2-6).

An entry is local by its 数据来源; the office is whoever delivered it, or the one above the bureau that did.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from portal.models import Intake, Unit
from portal.vocabulary import UnitLevel

LOCAL = "本地"
MARKS = frozenset({LOCAL, "本地名单", "本地认定"})
"""Whole words: 本地民政局 is the bureau of a list like any other."""


def is_local(source: str) -> bool:
    return source in MARKS


class LocalLists:
    """Where their entries count; each list and school is looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._offices: dict[UUID, str] = {}
        self._schools: dict[UUID, str] = {}

    def count_at(self, intake_id: UUID, school_id: UUID) -> bool:
        if intake_id not in self._offices:
            unit = self._session.get_one(Intake, intake_id).unit
            office = unit.parent if unit.level is UnitLevel.BUREAU and unit.parent else unit
            self._offices[intake_id] = office.path
        if school_id not in self._schools:
            self._schools[school_id] = self._session.get_one(Unit, school_id).path
        return self._schools[school_id].startswith(self._offices[intake_id])
