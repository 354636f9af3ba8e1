"""The keys that bring people together; what a key brings together is still judged.

Everybody *offers* keys to be found by: the number, and a name with any two of division, year, month-day and sequence.
Only whoever has a number that is wrong, missing or perhaps not their own whole one *seeks* by more than the number.
Texts are made alike on both sides, so that a database may keep a keyed digest of each instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

from portal.matching.number_agreement import WrittenNumber, place_code, written_number
from portal.matching.people import Guardian, RegisterPerson, RosterPerson, Via
from portal.privacy.name_likeness import sound_key
from portal.privacy.names import damaged, name_key
from portal.privacy.resident_id import birth_date_of

FACTS = ("division", "year", "month_day", "sequence")
"""地址码、出生年、出生月日、顺序码: what a number says of a person, each of which a slip leaves three of."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Two people meet when the one seeks what the other offers."""

    offered: frozenset[str] = frozenset()
    sought: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What may be true of a person: several values where number and columns differ."""

    division: frozenset[str]
    year: frozenset[str]
    month_day: frozenset[str]
    sequence: frozenset[str]


def pupil_keys(pupil: RosterPerson, day: date) -> Keys:
    """Of the pupil; a birth date and a 户口所在地 stand in where the number is lost."""
    number = written_number(pupil.number, pupil.number_type, day)
    names = (pupil.name, pupil.former_name)
    return _keys(number, names, pupil.division, pupil.birth_date)


def entry_keys(entry: RegisterPerson, day: date) -> Keys:
    """Of an entry of a register."""
    return _keys(written_number(entry.number, None, day), (entry.name,), entry.county, None)


def guardian_keys(guardian: Guardian, day: date) -> Keys:
    """A guardian is found, and sought, by the number alone."""
    number = written_number(guardian.number, None, day)
    return Keys(frozenset(_own(number)), frozenset(_sought_numbers(number)))


def roster_keys(pupil: RosterPerson, day: date) -> Iterator[tuple[Via, Keys]]:
    """Everybody by whom a pupil may meet a register: the pupil, then the guardians."""
    yield Via.SELF, pupil_keys(pupil, day)
    for via, guardian in pupil.guardians:
        yield via, guardian_keys(guardian, day)


@dataclass(frozen=True, slots=True)
class NameKeys:
    """What is offered beside the number, and what is sought by whoever has none that holds, or perhaps another's."""

    offered: frozenset[str]
    sought: frozenset[str]


def name_keys(number: WrittenNumber, names: tuple[str, ...], column: str, born: date | None) -> NameKeys:
    """``column`` is 户口所在地 or 县区代码; whoever has a birth date is not sought by the place alone."""
    heard = sorted({sound_key(name) for name in names if name and not damaged(name)} - {""})
    named = sorted({name_key(name) for name in names if name and not damaged(name)} - {""})
    known = known_of(number, column, born)
    blocks = frozenset(f"{name}|{block}" for name in heard for block in _blocks(known))
    places = frozenset(f"{name}|{place}" for name in named for place in number.places(column))
    if number.certain:
        days = list(_days(number, born))
        sought = frozenset(f"{name}|year:{day:%Y}|month_day:{day:%m%d}" for name in heard for day in days)
    else:
        sought = blocks if known.year and known.month_day else blocks | places
    return NameKeys(blocks | places, sought)


def _keys(number: WrittenNumber, names: tuple[str, ...], column: str, born: date | None) -> Keys:
    by_name = name_keys(number, names, column, born)
    offered = by_name.offered.union(_own(number))
    return Keys(offered, by_name.sought.union(_own(number) if number.certain else _sought_numbers(number)))


def known_of(number: WrittenNumber, column: str, born: date | None) -> Known:
    """By the number, as far as it is legible, and by the columns beside it."""
    if number.resident:
        value = number.value
        return Known(*(frozenset({part}) for part in (value[:6], value[6:10], value[10:14], value[14:17])))
    traces, place = number.traces, place_code(column)
    year, month_day = (born.strftime("%Y"), born.strftime("%m%d")) if born else ("", "")
    return Known(
        *(
            frozenset(filter(None, values))
            for values in (
                (traces.division, place if place.isdigit() else ""),
                (traces.year, year),
                (traces.month_day, month_day),
                (traces.sequence,),
            )
        )
    )


def _blocks(known: Known) -> Iterator[str]:
    for one, other in combinations(FACTS, 2):
        for left, right in product(getattr(known, one), getattr(known, other)):
            yield f"{one}:{left}|{other}:{right}"


def _days(number: WrittenNumber, born: date | None) -> Iterator[date]:
    """Of birth: the roster's, where the number beside it says another; the number's own, where it may be cut."""
    listed = birth_date_of(number.value)
    if listed and born and born != listed:
        yield born
    if listed and number.cut:
        yield listed


def _own(number: WrittenNumber) -> Iterator[str]:
    """The check digit adds nothing to equality of numbers that hold."""
    if number.value:
        yield number.value[:17] if number.resident else number.value
    elif not number.certain and number.traces.legible == 18:
        yield f"as written {number.traces.written}"


def _sought_numbers(number: WrittenNumber) -> Iterator[str]:
    yield from _own(number)
    yield from map(str, number.traces.first17)
