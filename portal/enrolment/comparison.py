"""One school's pupils, or a few schools', beside every register: opened in memory, judged by the rules of files."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.enrolment.candidates import (
    Candidate,
    among,
    candidates_of,
    households_of,
    rivals_of,
    siblings_of,
)
from portal.enrolment.local_lists import LocalLists, is_local
from portal.enrolment.people import OF_ENTRY, OF_GUARDIAN, OF_PUPIL, Line, register_person, roster_person
from portal.enrolment.records import Kept
from portal.matching.engine import Match, judge, settle
from portal.matching.kin import Families
from portal.matching.people import Pair, RegisterPerson, RosterPerson
from portal.models import Guardian, Pupil, RegisterEntry
from portal.vocabulary import Decision


class Opened:
    """Pupils and entries that were worth opening, each once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.pupils: dict[UUID, Line] = {}
        self.entries: dict[UUID, Line] = {}
        self._persons: dict[UUID, RosterPerson] = {}
        self._listed: dict[UUID, RegisterPerson] = {}
        self._local: dict[str, UUID] = {}
        self._lists = LocalLists(session)

    def open_pupils(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids) - self.pupils.keys()
        guardians: defaultdict[UUID, dict[int, Line]] = defaultdict(dict)
        for guardian in self._session.execute(select(*OF_GUARDIAN).where(among(Guardian.pupil_id, wanted))):
            guardians[guardian.pupil_id][guardian.position] = guardian
        for pupil in self._session.execute(select(*OF_PUPIL).where(among(Pupil.id, wanted))):
            self.pupils[pupil.id] = pupil
            self._persons[pupil.id] = roster_person(pupil, guardians[pupil.id])

    def open_entries(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids) - self.entries.keys()
        for entry in self._session.execute(select(*OF_ENTRY).where(among(RegisterEntry.id, wanted))):
            self.entries[entry.id] = entry
            self._listed[entry.id] = register_person(entry)
            if is_local(entry.source):
                self._local[str(entry.id)] = entry.intake_id

    def pair(self, candidate: Candidate) -> Pair:
        return Pair(self._persons[candidate.pupil_id], self._listed[candidate.entry_id], candidate.via)

    def judged(self, pairs: Iterable[Pair], term: SchoolTerm) -> Iterator[Match]:
        """What a rule holds together; a local entry means nobody at another office's school."""
        return (found for pair in pairs if self._counts(pair) and (found := judge(pair, term.first_day)))

    def _counts(self, pair: Pair) -> bool:
        intake_id = self._local.get(str(pair.register.id))
        return intake_id is None or self._lists.count_at(intake_id, self.pupils[UUID(str(pair.roster.id))].school_id)

    def families(self, term: SchoolTerm) -> Families:
        return Families(self._persons.values(), self._listed.values(), term.first_day)


def compare_with_registers(session: Session, ours: Collection[UUID], term: SchoolTerm) -> list[Kept]:
    """Every pair that a rule holds together for these pupils; brothers and sisters elsewhere are looked at as well."""
    siblings = siblings_of(session, ours, term.code)
    candidates = list(candidates_of(session, {*ours, *siblings}, term))
    candidates += list(rivals_of(session, candidates, term.code))
    opened = Opened(session)
    opened.open_pupils(candidate.pupil_id for candidate in candidates)
    opened.open_entries(candidate.entry_id for candidate in candidates)
    pairs = (opened.pair(candidate) for candidate in dict.fromkeys(candidates))
    found = settle(opened.judged(pairs, term))
    opened.open_pupils(sibling for match in found for sibling in siblings.get(UUID(str(match.roster_id)), ()))
    at_home = {UUID(str(match.register_id)) for match in found if match.decision in _LEAD_ON}
    opened.open_entries(households_of(session, at_home))
    families = opened.families(term)
    found = settle(chain(found, opened.judged(families.pairs_of_names(found), term)))
    found += opened.judged(families.pairs_of_siblings(found), term)
    mine = set(ours)
    return [
        Kept(match, opened.pupils[pupil_id], opened.entries[UUID(str(match.register_id))])
        for match in found
        if (pupil_id := UUID(str(match.roster_id))) in mine
    ]


_LEAD_ON = (Decision.CERTAIN, Decision.HOUSEHOLD)
