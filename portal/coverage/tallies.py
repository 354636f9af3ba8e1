"""小计: what each school counts of a term. Levels above add these up, as they are kept or, where a school changed
since, as plain SQL counts them now; either way a number is that of the rows (docs/decisions/0026).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Row, Select, any_, delete, exists, func, literal, select
from sqlalchemy.orm import Session

from portal.access.scope import EVERYWHERE, Scope
from portal.models import SchoolChange, SchoolTally, Unit
from portal.vocabulary import UnitLevel

Key = tuple[str, ...]
Numbers = tuple[int, ...]
Counts = Mapping[Key, Numbers]
"""What is counted → pupils, rows, 分 of yuan, as the tally says."""
Found = Iterable[tuple[UUID, Key, Numbers]]
Place = TypeVar("Place")
NOTHING: Counts = {}


@dataclass(frozen=True)
class Tally:
    """``count`` asks the tables, school by school within a scope; a count that comes to differ gets a new ``name``."""

    name: str
    count: Callable[[Session, Scope, str], Found]


def remember(session: Session) -> None:
    """For a page that only reads: what its parts ask for more than once is counted once, as of one moment."""
    session.info[REMEMBERED] = {}


REMEMBERED = "tallies"
FEN = 100
"""Of yuan a tally holds whole 分."""


def by_school(session: Session, scope: Scope, term: str, tally: Tally) -> dict[UUID, Counts]:
    """Every school of the scope with what it counts."""
    remembered: dict[tuple[Scope, str, str], dict[UUID, Counts]] = session.info.get(REMEMBERED, {})
    asked = scope, term, tally.name
    if asked not in remembered:
        remembered[asked] = _found(session, scope, term, tally)
    return remembered[asked]


def _found(session: Session, scope: Scope, term: str, tally: Tally) -> dict[UUID, Counts]:
    schools = list(session.scalars(scope.narrow(select(Unit.id), Unit.id).where(Unit.level == UnitLevel.SCHOOL)))
    found = _kept(session, scope, term, tally)
    left = [school for school in schools if school not in found]
    return {**found, **_counted(session, scope, left, term, tally)} if left else found


def together(session: Session, scope: Scope, term: str, tally: Tally) -> Counts:
    return added_up(by_school(session, scope, term, tally).values())


def number(counts: Counts, *key: str) -> int:
    """Of a key that stands for one number; 0 where nothing was counted."""
    return counts.get(key, (0,))[0]


def added_up(several: Iterable[Counts]) -> Counts:
    sums: dict[Key, Numbers] = {}
    for counts in several:
        for key, numbers in counts.items():
            before = sums.get(key)
            sums[key] = tuple(map(int.__add__, before, numbers)) if before else numbers
    return sums


def page_of(session: Session, numbers: Mapping[UUID, int], offset: int, limit: int) -> tuple[list[UUID], int]:
    """The schools, by their codes, in which the lines of one page stand, and how many of the first come before it.

    A list that goes school by school then looks at those few alone.
    """
    in_order = select(Unit.id).where(Unit.id.in_(school for school, lines in numbers.items() if lines))
    schools = session.scalars(in_order.order_by(Unit.code))
    return places_of_page(((school, numbers[school]) for school in schools), offset, limit)


def places_of_page(in_order: Iterable[tuple[Place, int]], offset: int, limit: int) -> tuple[list[Place], int]:
    """The same of whatever places, in their order and each with its number of lines."""
    places: list[Place] = []
    before = lines = 0
    for place, number in in_order:
        if not places and offset >= before + number:
            before += number
            continue
        places.append(place)
        lines += number
        if offset + limit <= before + lines:
            break
    return places, offset - before


def keep(session: Session, term: str, tallies: Sequence[Tally], most: int) -> int:
    """Count so many schools anew that changed or were never counted, and keep it; how many were.

    The notes of changes are read before the rows, so that a change in between leaves its note and is counted again. One
    process at a time does it, lest an older count replace a newer one.
    """
    if not _alone(session):
        return 0
    noted = select(SchoolChange.school_id, func.array_agg(SchoolChange.id)).group_by(SchoolChange.school_id)
    changed = {school: list(ids) for school, ids in session.execute(noted.limit(most))}
    session.execute(delete(SchoolTally).where(SchoolTally.school_id.in_(changed)))  # of all terms: it may be theirs
    of_changed = select(Unit.id).where(Unit.level == UnitLevel.SCHOOL, Unit.id.in_(changed))
    uncounted = _uncounted(term, tallies).where(Unit.id.not_in(changed)).limit(most - len(changed))
    schools = [*session.scalars(of_changed), *session.scalars(uncounted)]
    _replace(session, schools, term, tallies)
    read = literal([one for ids in changed.values() for one in ids], ARRAY(BigInteger))
    session.execute(delete(SchoolChange).where(SchoolChange.id == any_(read)))
    return len(changed.keys() | schools)


def keep_uncounted(session: Session, term: str, tallies: Sequence[Tally], most: int) -> int:
    """The same for a term that is over, of schools that stand as they were: its notes are left to ``keep``."""
    if not _alone(session):
        return 0
    noted = select(SchoolChange.school_id)
    schools = session.scalars(_uncounted(term, tallies).where(Unit.id.not_in(noted)).limit(most)).all()
    _replace(session, schools, term, tallies)
    return len(schools)


KEEPING = 0x7A11
"""The lock of whoever keeps tallies."""


def _alone(session: Session) -> bool:
    """Until the transaction ends."""
    session.execute(select(func.set_config("plan_cache_mode", "force_custom_plan", True)))
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(KEEPING))))


def _uncounted(term: str, tallies: Sequence[Tally]) -> Select[UUID]:
    names = [tally.name for tally in tallies]
    mine = SchoolTally.school_id == Unit.id, SchoolTally.term == term, SchoolTally.name.in_(names)
    whole = select(func.count()).where(*mine).scalar_subquery() == len(names)
    return select(Unit.id).where(Unit.level == UnitLevel.SCHOOL, ~whole)


def _replace(session: Session, schools: Sequence[UUID], term: str, tallies: Sequence[Tally]) -> None:
    session.execute(delete(SchoolTally).where(SchoolTally.school_id.in_(schools), SchoolTally.term == term))
    for tally in tallies:
        for school, counts in _counted(session, EVERYWHERE, schools, term, tally).items():
            row = SchoolTally(school_id=school, term=term, name=tally.name)
            row.counts = json.dumps([[*key, numbers] for key, numbers in counts.items()], ensure_ascii=False)
            session.add(row)
    session.flush()


def _kept(session: Session, scope: Scope, term: str, tally: Tally) -> dict[UUID, Counts]:
    """In one statement, so that a count and the note of a change are seen as of one moment."""
    if scope.pupils is not None:
        return {}
    rows = select(SchoolTally.id, SchoolTally.school_id, SchoolTally.counts_sealed).where(
        SchoolTally.term == term,
        SchoolTally.name == tally.name,
        ~exists().where(SchoolChange.school_id == SchoolTally.school_id),
    )
    return {row.school_id: _opened(row) for row in session.execute(scope.narrow(rows, SchoolTally.school_id))}


@lru_cache(maxsize=10_000)
def _opened(row: Row[*tuple[Any, ...]]) -> Counts:
    """A kept tally is never rewritten, so what was opened once need not be opened for the next page."""
    return {tuple(key): tuple(numbers) for *key, numbers in json.loads(SchoolTally.counts.open(row) or "")}


def _counted(session: Session, scope: Scope, schools: Sequence[UUID], term: str, tally: Tally) -> dict[UUID, Counts]:
    counted: defaultdict[UUID, dict[Key, Numbers]] = defaultdict(dict)
    for school, key, numbers in tally.count(session, scope.of_schools(schools), term):
        counted[school][key] = numbers
    return {school: counted.get(school, NOTHING) for school in schools}
