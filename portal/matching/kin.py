"""Through the family (同户): what a guardian, a brother or the household's other entries say of a pair."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, product

from portal.matching.agreement import AGREES, NUMBERS_MEET
from portal.matching.engine import Match
from portal.matching.household import of_whole_household
from portal.matching.number_agreement import place_code, written_number
from portal.matching.people import GUARDIANS, Kin, Pair, RegisterPerson, RosterPerson, RowId, Via
from portal.privacy.names import damaged, name_key
from portal.vocabulary import Decision

LARGEST_FAMILY = 8
"""A guardian's number beside more pupils than that is a teacher's or a stopgap."""
CROWD = 3
"""More namesakes than that in one county, and nobody could say which of them is meant."""
LARGEST_HOUSEHOLD = 20
"""So many entries under one 户编号 are a village."""

Household = tuple[str, str]


class Families:
    """Pupils by their guardians' numbers and entries by their household, as far as two lists tell."""

    def __init__(self, roster: Iterable[RosterPerson], register: Iterable[RegisterPerson], day: date) -> None:
        self._day = day
        self.pupils = {pupil.id: pupil for pupil in roster}
        self.entries = {entry.id: entry for entry in register}
        self._homes: defaultdict[Household, list[RowId]] = defaultdict(list)
        for entry in self.entries.values():
            if home := household_of(entry):
                self._homes[home].append(entry.id)
        children: defaultdict[str, list[RowId]] = defaultdict(list)
        for pupil in self.pupils.values():
            for number in {written_number(guardian.number, None, day) for _, guardian in pupil.guardians}:
                if number.certain:
                    children[number.value].append(pupil.id)
        self._siblings: defaultdict[RowId, set[RowId]] = defaultdict(set)
        for family in children.values():
            if 1 < len(family) <= LARGEST_FAMILY:
                for child in family:
                    self._siblings[child].update(other for other in family if other != child)

    def pairs_of_names(self, matches: Sequence[Match]) -> Iterator[Pair]:
        """Entries that may be the child itself under a number of the family, or under none in the family's household.

        ``matches`` are settled, and none of them is repeated; each pair is still judged.
        """
        standing = {(match.roster_id, match.register_id) for match in matches if match.agreement.via is Via.SELF}
        found = chain(
            self._with_numbers_of_others(matches),
            self._in_the_household(matches),
            self._with_numbers_of_strangers(matches),
        )
        for roster_id, register_id, kin in dict.fromkeys(found):
            if (roster_id, register_id) not in standing:
                standing.add((roster_id, register_id))
                yield Pair(self.pupils[roster_id], self.entries[register_id], Via.SELF, kin)
        for roster_id, register_id, kin in dict.fromkeys(self._in_the_household(matches)):
            yield from self._guardians_beside(self.pupils[roster_id], self.entries[register_id], kin)

    def pairs_of_siblings(self, matches: Sequence[Match]) -> Iterator[Pair]:
        """「哥哥已匹配，弟弟未匹配」: the entry of the one beside the other, who meets nobody of that household.

        Where the register has no 户编号, its category says whether it is the household's, and the other meets nobody.
        """
        at_home = {(match.roster_id, household_of(self.entries[match.register_id])) for match in matches}
        met = {match.roster_id for match in matches}
        for match in matches:
            entry = self.entries[match.register_id]
            home = household_of(entry)
            if match.decision is Decision.CERTAIN and (home or of_whole_household(entry.category)):
                for sibling in sorted(self._siblings[match.roster_id], key=str):
                    if (sibling, home) not in at_home if home else sibling not in met:
                        yield Pair(self.pupils[sibling], entry, Via.HOUSEHOLD, Kin.SIBLING_LISTED)

    def _guardians_beside(self, pupil: RosterPerson, entry: RegisterPerson, kin: Kin) -> Iterator[Pair]:
        """Two numbers that hold and differ are of two people."""
        listed = written_number(entry.number, None, self._day)
        for via, guardian in pupil.guardians:
            if guardian.name and not (listed.certain and written_number(guardian.number, None, self._day).certain):
                yield Pair(pupil, entry, via, kin)

    def _with_numbers_of_others(self, matches: Sequence[Match]) -> Iterator[tuple[RowId, RowId, Kin]]:
        for match in matches:
            agreement = match.agreement
            if agreement.number not in NUMBERS_MEET or agreement.name in AGREES:
                continue
            if agreement.via in GUARDIANS:
                yield match.roster_id, match.register_id, Kin.GUARDIANS_NUMBER
            else:
                for sibling in self._siblings[match.roster_id]:
                    yield sibling, match.register_id, Kin.SIBLINGS_NUMBER

    def _with_numbers_of_strangers(self, matches: Sequence[Match]) -> Iterator[tuple[RowId, RowId, Kin]]:
        """The few pupils of an entry's name and county, where its number is that of a pupil of another name."""
        named: defaultdict[tuple[str, str], set[RowId]] = defaultdict(set)
        for match in matches:
            entry = self.entries[match.register_id]
            if (
                match.agreement.via is Via.SELF
                and match.agreement.number_alone
                and name_key(entry.name)
                and entry.county
            ):
                named[name_key(entry.name), place_code(entry.county)].add(entry.id)
        if not named:
            return
        namesakes: defaultdict[RowId, set[RowId]] = defaultdict(set)
        for pupil in self.pupils.values():
            places = written_number(pupil.number, pupil.number_type, self._day).places(pupil.division)
            names = {name_key(name) for name in (pupil.name, pupil.former_name) if not damaged(name)}
            for entry_id in {one for at in product(names, places) for one in named.get(at, ())}:
                namesakes[entry_id].add(pupil.id)
        for entry_id, pupils in namesakes.items():
            if len(pupils) <= CROWD:
                yield from ((pupil, entry_id, Kin.STRANGERS_NUMBER) for pupil in pupils)

    def _in_the_household(self, matches: Sequence[Match]) -> Iterator[tuple[RowId, RowId, Kin]]:
        for match in matches:
            home = household_of(self.entries[match.register_id])
            if home is None or match.decision not in (Decision.CERTAIN, Decision.HOUSEHOLD):
                continue
            others = self._homes[home] if len(self._homes[home]) <= LARGEST_HOUSEHOLD else []
            for child in (match.roster_id, *self._siblings[match.roster_id]):
                yield from ((child, other, Kin.SAME_HOUSEHOLD) for other in others if other != match.register_id)


def household_of(entry: RegisterPerson) -> Household | None:
    """户编号 counts within a county."""
    number = entry.household.strip()
    return (place_code(entry.county), number) if number else None
