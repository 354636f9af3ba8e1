"""How many differences there are: what a school's own rows and awards say is kept as a tally; what is few, or hangs on
the policies in force, on other schools or on a file's strays, is counted as the tables stand.
"""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from portal import clock
from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage import differing
from portal.coverage.differing import BESIDE_NOW, ODD, OF_ODD_ROWS, Asked, Kind, Within
from portal.coverage.tallies import Found, Tally, by_school

Numbers = Counter[UUID]
"""How many at each school, or at the unit whose file it is, where no school is named."""
NOT_COME = "not come"


def counted(session: Session, asked: Asked) -> dict[Kind, Numbers]:
    """How many there are of each kind, and where."""
    found: dict[Kind, Numbers] = {kind: Counter() for kind in Kind}
    for school, counts in by_school(session, asked.scope, asked.term.code, DIFFERING).items():
        for (name, *promised), (number,) in counts.items():
            if name != NOT_COME:
                found[Kind(name)][school] += number
            elif date.fromisoformat(*promised) < asked.today:
                found[Kind.LATE][school] += number
    for name, unit_id, number in session.execute(_counted_now(asked)):
        found[Kind(name)][unit_id] += number
    return {kind: +numbers for kind, numbers in found.items()}


def _counted_now(asked: Asked) -> Select[Any]:
    """A kind, a unit, how many."""
    rows = differing.rows_within(asked, asked.scope, *ODD)
    parts: list[tuple[Kind, Any, Any]] = [(kind, rows, holds(asked, rows)) for kind, holds in OF_ODD_ROWS.items()]
    for kind, several in BESIDE_NOW.items():
        parts += [(kind, part(asked).subquery(), true()) for part in several]
    sums = (
        select(literal(kind.value).label("kind"), part.c.unit_id, func.count().label("number"))
        .where(holds)
        .group_by(part.c.unit_id)
        for kind, part, holds in parts
    )
    return select(union_all(*sums).subquery())


def _differing_at(session: Session, scope: Scope, term: str) -> Found:
    """By kind what differs whatever the day; by the day it was promised for, what has not come."""
    of_term = SchoolTerm.parse(term)
    within = Within(scope, of_term, max(clock.today(), of_term.last_day))  # whatever was opened since has its promise
    rows = differing.rows_within(within, scope)
    kinds = {
        Kind.UNLISTED: differing.unlisted(within, rows),
        Kind.LATE: differing.came_late(rows),
        Kind.PAYEE: differing.to_a_stranger(within, rows),
    }
    sums = select(rows.c.unit_id, *(func.count().filter(holds) for holds in kinds.values())).group_by(rows.c.unit_id)
    for school, *numbers in session.execute(sums):
        for kind, number in zip(kinds, numbers, strict=True):
            yield school, (kind.value,), (number,)
    promised = select(rows.c.unit_id, rows.c.promised, func.count()).where(
        differing.not_come(rows), rows.c.promised.is_not(None)
    )
    for school, day, number in session.execute(promised.group_by(rows.c.unit_id, rows.c.promised)):
        yield school, (NOT_COME, str(day)), (number,)
    beside = differing.without_row(within, scope).subquery()
    for school, number in session.execute(select(beside.c.unit_id, func.count()).group_by(beside.c.unit_id)):
        yield school, (Kind.WRONG_PERSON.value,), (number,)


DIFFERING = Tally("differing-1", _differing_at)
