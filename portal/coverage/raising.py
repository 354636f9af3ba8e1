"""上报: what is overdue, or too big for a level, waits at the next one above, with since when (N2-1)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.clock import local
from portal.coverage.steps import MISSING, days_after, note_change
from portal.models import Entitlement, Unit
from portal.vocabulary import UnitLevel

GRACE = 3
"""Working days that a row may be overdue at its owner's before it climbs."""
STAYS = 5
"""Working days that it waits at one level before it climbs to the next."""
AT_ONCE = 5000


def levels_above(school: Unit) -> tuple[UnitLevel, ...]:
    """Nearest first; a 市属 school's begin with the city."""
    unit, levels = school.parent, []
    while unit is not None:
        levels.append(unit.level)
        unit = unit.parent
    return tuple(levels)


def next_above(row: Entitlement) -> UnitLevel | None:
    """The level to which it climbs from where it waits now; None from the top."""
    ladder = (UnitLevel.SCHOOL, *levels_above(row.school))
    here = row.raised_to or row.owner_level
    above = ladder[ladder.index(here) + 1 :] if here in ladder else ()
    return above[0] if above else None


def raise_row(
    session: Session, row: Entitlement, to: UnitLevel, by: str, now: datetime, what: str, act: UUID | None = None
) -> None:
    """The step stays its owner's: what was to be done, by whom and by when is not forgotten by passing it on."""
    row.raised_to, row.raised_at = to, now
    note_change(session, row, by, now, what, act)


class Raised(NamedTuple):
    """How many rows climbed; after which the next look goes on, None where all were looked at."""

    rows: int
    left_off: UUID | None


def raise_overdue(session: Session, now: datetime, after: UUID | None = None) -> Raised:
    """Each morning, some rows at a time; running it again climbs no further."""
    today, climbed = local(now).date(), 0
    rows = _overdue(session, today, after)
    for row in rows:
        above = next_above(row)
        if above is not None and climbs_on(row) < today:
            raise_row(session, row, above, "portal", now, f"{row.next_step_due} 应办没有办，上报{above.label}")
            climbed += 1
    session.flush()
    return Raised(climbed, rows[-1].id if rows else None)


def climbs_on(row: Entitlement) -> date:
    """The last day it stays where it is. Money a family misses has its own clocks and no grace after them."""
    if row.raised_at is not None:
        return days_after(local(row.raised_at).date(), STAYS)
    due = row.next_step_due or local(row.opened_at).date()
    return due if row.next_step in MISSING else days_after(due, GRACE)


def _overdue(session: Session, today: date, after: UUID | None) -> Sequence[Entitlement]:
    """Locked, those that somebody is at work on left for tomorrow."""
    overdue = (
        select(Entitlement)
        .where(Entitlement.closed_on.is_(None), Entitlement.next_step_due < today)
        .where(Entitlement.raised_to.is_distinct_from(UnitLevel.PROVINCE))
        .options(joinedload(Entitlement.school))
        .order_by(Entitlement.id)
        .limit(AT_ONCE)
        .with_for_update(of=Entitlement, skip_locked=True)
    )
    return session.scalars(overdue if after is None else overdue.where(Entitlement.id > after)).all()
