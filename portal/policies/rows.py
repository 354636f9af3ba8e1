"""Rows of a table as circumstances, each different value of a column read one time, in the words of the JSON."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances, read_question

OF_SCHOOL = ("ownership", "inclusive", "provincial", "full_time")


@dataclass
class Reading:
    """``facts`` names the columns; what was read of them is kept by column and value, a grade's beside its stage."""

    catalogue: Catalogue
    facts: Sequence[str]
    day: date
    known: dict[Hashable, Any] = field(default_factory=dict)

    def circumstances(self, place: int, values: Sequence[Any]) -> Circumstances:
        """Raise WrongInput for a value that cannot be, as a file of JSON does."""
        row = dict(zip(self.facts, values, strict=True))
        stage = row.get("stage")
        read = {}
        for fact, value in row.items():
            if value is not None:
                key = (fact, tuple(value) if fact == "categories" else value, stage if fact == "grade" else None)
                if key not in self.known:
                    self.known[key] = self._read(place, fact, value, stage)
                read[fact] = self.known[key]
        return Circumstances(**read)

    def _read(self, place: int, fact: str, value: object, stage: object) -> Any:
        told = None if fact == "determination" and value == UNDETERMINED else value
        of_school = {"school": {fact: told}} if fact in OF_SCHOOL else {fact: told}
        question = {"id": place, "day": self.day.isoformat(), "stage": stage, **of_school}
        return getattr(read_question(question, place, self.catalogue.categories).circumstances, fact)
