"""The whole of 信息比对 on two lists held in memory, as files and the database do it by joins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from portal.matching.engine import Match, judge, settle
from portal.matching.keys import entry_keys, roster_keys
from portal.matching.kin import Families
from portal.matching.people import Pair, RegisterPerson, RosterPerson


def match(roster: Iterable[RosterPerson], register: Iterable[RegisterPerson], day: date) -> list[Match]:
    """By keys first; what stands then leads on through guardians, brothers and households."""
    pupils, entries = list(roster), list(register)
    families = Families(pupils, entries, day)
    found = settle(_judged(pairs_by_keys(pupils, entries, day), day))
    found = settle([*found, *_judged(families.pairs_of_names(found), day)])
    return [*found, *_judged(families.pairs_of_siblings(found), day)]


def pairs_by_keys(roster: Iterable[RosterPerson], register: Iterable[RegisterPerson], day: date) -> Iterator[Pair]:
    """Every pair of which the one seeks what the other offers."""
    offers: defaultdict[str, list[RegisterPerson]] = defaultdict(list)
    seekers: defaultdict[str, list[RegisterPerson]] = defaultdict(list)
    for entry in register:
        keys = entry_keys(entry, day)
        for text in keys.offered:
            offers[text].append(entry)
        for text in keys.sought:
            seekers[text].append(entry)
    for pupil in roster:
        for via, keys in roster_keys(pupil, day):
            met = {entry.id: entry for text in keys.sought for entry in offers.get(text, ())}
            met |= {entry.id: entry for text in keys.offered for entry in seekers.get(text, ())}
            yield from (Pair(pupil, entry, via) for entry in met.values())


def _judged(pairs: Iterable[Pair], day: date) -> Iterator[Match]:
    return (found for pair in pairs if (found := judge(pair, day)))
