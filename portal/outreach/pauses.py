"""暂停: nothing is planned, claimed or started for a paused unit; asked before every message, so it holds at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, join, or_, select
from sqlalchemy.orm import Session, aliased

from portal import audit
from portal.models import OutreachPause, Unit


def is_paused(school_id: Any) -> ColumnElement[bool]:
    """A pause stands on the school, on a unit above it, or on everything."""
    school, paused = aliased(Unit), aliased(Unit)
    stands = select(OutreachPause.unit_id).where(OutreachPause.lifted_at.is_(None))
    below = (
        exists()
        .select_from(join(school, paused, func.starts_with(school.path, paused.path)))
        .where(school.id == school_id, paused.id.in_(stands))
    )
    return or_(below, exists().where(OutreachPause.lifted_at.is_(None), OutreachPause.unit_id.is_(None)))


def any_stands(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(OutreachPause.lifted_at.is_(None)))))


def standing_on(session: Session, unit: Unit) -> list[OutreachPause]:
    """Pauses that hold for this unit: its own, those above it, that on everything; the widest first."""
    above = aliased(Unit)
    statement = (
        select(OutreachPause)
        .outerjoin(above, above.id == OutreachPause.unit_id)
        .where(
            OutreachPause.lifted_at.is_(None),
            or_(OutreachPause.unit_id.is_(None), func.starts_with(unit.path, above.path)),
        )
        .order_by(func.length(above.path).nulls_first())
    )
    return list(session.scalars(statement))


def standing_below(session: Session, unit: Unit) -> list[OutreachPause]:
    """Pauses on units below this one, in the order of the tree."""
    statement = (
        select(OutreachPause)
        .join(Unit, Unit.id == OutreachPause.unit_id)
        .where(and_(OutreachPause.lifted_at.is_(None), func.starts_with(Unit.path, unit.path), Unit.id != unit.id))
        .order_by(Unit.path)
    )
    return list(session.scalars(statement))


def pause(session: Session, unit_id: UUID | None, because: str, by: str, now: datetime) -> OutreachPause:
    """Pausing what is paused already changes nothing; without a unit it holds for all."""
    same = OutreachPause.unit_id.is_(None) if unit_id is None else OutreachPause.unit_id == unit_id
    standing = session.scalars(select(OutreachPause).where(OutreachPause.lifted_at.is_(None), same)).first()
    if standing is not None:
        return standing
    made = OutreachPause(unit_id=unit_id, begun_at=now, begun_by=by, because=because)
    session.add(made)
    audit.record(session, by, "outreach_paused", unit_id=unit_id)
    return made


def lift(session: Session, standing: OutreachPause, by: str, now: datetime) -> None:
    if standing.lifted_at is None:
        standing.lifted_at, standing.lifted_by = now, by
        audit.record(session, by, "outreach_resumed", unit_id=standing.unit_id)
