"""提醒日历: what a year has to say, and when it is proposed; dates are defaults, ``calendar.toml`` holds them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from portal.clock import SchoolTerm, term_of
from portal.outreach.audiences import MATTERS, matter_of
from portal.vocabulary import Audience

CALENDAR = Path(__file__).parent / "calendar.toml"


@dataclass(frozen=True)
class Occasion:
    """``moment`` is the notice's word for it: 录取、报到、开学、认定、贷款、评审、发放."""

    code: str
    moment: str
    title: str
    audience: Audience
    wording: str
    propose: str
    starts: str
    stops: str
    stages: Mapping[str, Any]
    document: str
    checked_on: date

    def proposed_on(self, year: int) -> date:
        return date.fromisoformat(f"{year}-{self.propose}")

    def starts_on(self, year: int) -> date:
        return date.fromisoformat(f"{year}-{self.starts}")

    def stops_on(self, year: int) -> date:
        return date.fromisoformat(f"{year}-{self.stops}")

    def term(self, year: int) -> SchoolTerm:
        """Whose pupils are meant: those enrolled when it begins."""
        return term_of(self.starts_on(year))

    def matter(self, year: int) -> str:
        term = self.term(year)
        return f"{self.code}:{term.code}" if self.audience is Audience.EVERYONE else matter_of(self.audience, term)


@cache
def occasions() -> tuple[Occasion, ...]:
    """In the order of the year."""
    found = tomllib.loads(CALENDAR.read_text(encoding="utf-8"))["occasion"]
    return tuple(sorted((_occasion(entry) for entry in found), key=lambda occasion: occasion.propose))


def due_for_proposal(today: date) -> tuple[Occasion, ...]:
    """Between the day of proposing and the day it ends."""
    return tuple(
        occasion
        for occasion in occasions()
        if occasion.proposed_on(today.year) <= today <= occasion.stops_on(today.year)
    )


def _occasion(entry: dict[str, Any]) -> Occasion:
    audience = Audience(entry["audience"])
    wording = entry.get("wording") or MATTERS[audience].templates
    return Occasion(**{"stages": {}, **entry, "audience": audience, "wording": wording})
