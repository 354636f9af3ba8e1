"""Whom of a school's pupils a roster's line speaks of: the same child is one row, whichever file and term."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from portal.intake.rosters import RosterLine
from portal.models import Pupil


@dataclass(frozen=True, slots=True)
class _Keys:
    """What identifies a pupil within the school, as blind indexes."""

    id: UUID
    name: bytes
    number: bytes | None
    certain: bool
    student_number: bytes | None


class KnownPupils:
    """The pupils of one school; each is found at most once for a file."""

    def __init__(self, session: Session, school_id: UUID) -> None:
        self._session = session
        self._by_number: defaultdict[bytes, list[_Keys]] = defaultdict(list)
        self._by_student_number: defaultdict[bytes, list[_Keys]] = defaultdict(list)
        self._by_name: defaultdict[bytes, list[_Keys]] = defaultdict(list)
        self._taken: set[UUID] = set()
        columns = (Pupil.id, Pupil.name_index, Pupil.id_number_index, Pupil.id_certain, Pupil.student_number_index)
        for row in session.execute(select(*columns).where(Pupil.school_id == school_id)):
            keys = _Keys(*row)
            self._by_name[keys.name].append(keys)
            if keys.number:
                self._by_number[keys.number].append(keys)
            if keys.student_number:
                self._by_student_number[keys.student_number].append(keys)

    def find(self, lines: list[RosterLine]) -> dict[int, UUID]:
        """Pupils by row. Sure ways first for all lines, so that a weaker one never takes somebody else's pupil."""
        found: dict[int, UUID] = {}
        for way in (self._number_and_name, self._number, self._student_number, self._name_and_birth):
            for line in lines:
                if line.row not in found and (keys := way(line)) is not None:
                    found[line.row] = keys.id
                    self._taken.add(keys.id)
        return found

    def _number_and_name(self, line: RosterLine) -> _Keys | None:
        name = Pupil.name.digest(line.name)
        return self._first(keys for keys in self._of_number(line) if keys.name == name)

    def _number(self, line: RosterLine) -> _Keys | None:
        """Another name under a number that is certain on both sides is a name corrected; else perhaps another child."""
        return self._first(keys for keys in self._of_number(line) if line.id_certain and keys.certain)

    def _student_number(self, line: RosterLine) -> _Keys | None:
        digest = Pupil.student_number.digest(line.student_no)
        known = self._by_student_number.get(digest, []) if digest else []
        return self._first(keys for keys in known if self._may_be(keys, line, Pupil.name.digest(line.name)))

    def _name_and_birth(self, line: RosterLine) -> _Keys | None:
        """Only where the numbers don't speak against it."""
        name = Pupil.name.digest(line.name)
        if line.birth_date is None or name is None:
            return None
        alike = (keys for keys in self._by_name.get(name, []) if self._may_be(keys, line, name))
        return self._first(keys for keys in alike if self._born(keys.id) == line.birth_date.isoformat())

    def _of_number(self, line: RosterLine) -> list[_Keys]:
        digest = Pupil.id_number.digest(line.id_no)
        return self._by_number.get(digest, []) if digest else []

    def _first(self, candidates: Iterable[_Keys]) -> _Keys | None:
        return next((keys for keys in candidates if keys.id not in self._taken), None)

    def _may_be(self, keys: _Keys, line: RosterLine, name: bytes | None) -> bool:
        """Two certain numbers that differ are two children, unless name and 学籍号 both say otherwise."""
        differ = keys.certain and line.id_certain and keys.number != Pupil.id_number.digest(line.id_no)
        if not differ:
            return True
        student_number = Pupil.student_number.digest(line.student_no)
        return keys.name == name and student_number is not None and keys.student_number == student_number

    def _born(self, pupil_id: UUID) -> str | None:
        pupil = self._session.get(Pupil, pupil_id, options=[lazyload(Pupil.school)])
        return pupil.birth_date_text if pupil else None
