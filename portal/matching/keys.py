"""The keys that bring people together; what a key brings together is still judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from portal.matching.people import Pair, RegisterPerson, RosterPerson, Via
from portal.privacy.resident_id import read_number


def number_key(text: str, day: date, number_type: str | None = None) -> str | None:
    """The number after lossless repair; None for what is masked, a dummy or no number, which brings nobody together."""
    return read_number(text, number_type, day).value or None


def roster_keys(person: RosterPerson, day: date) -> Iterator[tuple[Via, str]]:
    """Every number by which a pupil may meet a register: the pupil's own, then the guardians'."""
    numbers = (
        (Via.SELF, number_key(person.number, day, person.number_type)),
        (Via.GUARDIAN_1, number_key(person.guardian_1.number, day)),
        (Via.GUARDIAN_2, number_key(person.guardian_2.number, day)),
    )
    return ((via, key) for via, key in numbers if key)


def pairs_by_number(roster: Iterable[RosterPerson], register: Iterable[RegisterPerson], day: date) -> Iterator[Pair]:
    """Candidates held in memory; files and the database bring theirs together by joins on the same keys."""
    entries: defaultdict[str, list[RegisterPerson]] = defaultdict(list)
    for entry in register:
        if key := number_key(entry.number, day):
            entries[key].append(entry)
    for pupil in roster:
        for via, key in roster_keys(pupil, day):
            for entry in entries.get(key, ()):
                yield Pair(pupil, entry, via)
