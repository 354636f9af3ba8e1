"""A damaged row holds up whom it concerns and nobody else: the others of its part are found by halving."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from portal.privacy.sealing import SealBroken

MOST = 100
"""More than that among the pupils of a part is no damaged row but a database beside the wrong keys."""
Found = TypeVar("Found")


def each_that_opens(
    work: Callable[[Sequence[UUID]], Found], pupils: Sequence[UUID]
) -> tuple[list[Found], Mapping[UUID, SealBroken]]:
    """``work`` done for all of them but those for whom a sealed value does not open, and what is said of each of these.

    Raises the last SealBroken where there are too many.
    """
    found: list[Found] = []
    held: dict[UUID, SealBroken] = {}
    waiting = [pupils]
    while waiting:
        some = waiting.pop()
        try:
            found.append(work(some))
        except SealBroken as problem:
            if len(some) > 1:
                middle = len(some) // 2
                waiting += [some[middle:], some[:middle]]
                continue
            held[some[0]] = problem
            if len(held) > MOST:
                raise
    return found, held
