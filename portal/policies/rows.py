"""Rows of a table as pupils of whom policies ask, each different value of a column read one time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from portal.policies.asked import Pupils
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, WrongInput, read_question
from portal.vocabulary import Stage

OF_SCHOOL = ("ownership", "inclusive", "provincial", "full_time")


def read_pupils(
    catalogue: Catalogue, facts: Sequence[str], rows: Sequence[tuple[Any, ...]], day: date
) -> Iterator[tuple[list[int], Pupils]]:
    """A row is a number and the facts in their order; out they come stage by stage, the numbers beside them.

    Raise WrongInput for a value that cannot be, in the words of a file of JSON.
    """
    by_stage: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    place = facts.index("stage") + 1 if "stage" in facts else None
    for row in rows:
        by_stage[row[place] if place else None].append(row)
    for written, alike in by_stage.items():
        numbers, *columns = zip(*alike, strict=True)
        stage = _read(catalogue, "stage", written, written, day)
        told = {
            fact: _read_column(catalogue, fact, column, written, day)
            for fact, column in zip(facts, columns, strict=True)
            if fact != "stage"
        }
        yield list(numbers), Pupils(stage, told, len(numbers))


def _read_column(catalogue: Catalogue, fact: str, column: Sequence[Any], stage: Stage | None, day: date) -> list[Any]:
    written = [tuple(value) if isinstance(value, list) else value for value in column]
    read = {value: _read(catalogue, fact, value, stage, day) for value in dict.fromkeys(written)}
    return [read[value] for value in written]


def _read(catalogue: Catalogue, fact: str, value: Any, stage: Any, day: date) -> Any:
    """Null is unknown; that the school looked and found nothing is written as a word of its own."""
    if value is None:
        return None
    told = None if fact == "determination" and value == UNDETERMINED else list(value) if fact == "categories" else value
    of_school = {"school": {fact: told}} if fact in OF_SCHOOL else {fact: told}
    question = {"id": fact, "day": day.isoformat(), "stage": stage, **of_school}
    try:
        return getattr(read_question(question, 1, catalogue.categories).circumstances, fact)
    except WrongInput as problem:  # of whom it was written first is told, which is nobody here
        raise WrongInput(str(problem).partition("：")[2]) from problem
