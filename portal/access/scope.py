"""管辖范围: the part of the unit tree a staff member works in. One step outside it, a thing is not there (404)."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.database import Reach, reach_units, set_reach
from portal.models import Unit

Found = TypeVar("Found")
Narrowed = TypeVar("Narrowed", bound=Select[*tuple[Any, ...]])


class NotInScope(LookupError):
    """There is no such thing here: not there, or not theirs; which of the two is never told."""


@dataclass(frozen=True)
class Scope:
    """One unit and everything below it."""

    unit_id: UUID
    path: str

    @property
    def reach(self) -> Reach:
        return reach_units(self.path)

    def narrow(self, statement: Narrowed, owner: Any) -> Narrowed:
        """Only rows whose ``owner`` column (``Pupil.school_id``, ``Intake.unit_id`` …) lies within the scope."""
        return statement.where(owner.in_(select(Unit.id).where(Unit.path.startswith(self.path, autoescape=True))))

    def find(self, session: Session, table: type[Found], key: UUID, owner: Any) -> Found:
        """Raise NotInScope for what is not there or not theirs."""
        statement = self.narrow(select(table).where(table.id == key), owner)  # type: ignore[attr-defined]
        found: Found | None = session.scalars(statement).first()
        if found is None:
            raise NotInScope
        return found

    def find_unit(self, session: Session, code: str) -> Unit:
        unit = session.scalars(self.narrow(select(Unit).where(Unit.code == code), Unit.id)).first()
        if unit is None:
            raise NotInScope
        return unit


def scope_of(unit: Unit) -> Scope:
    return Scope(unit.id, unit.path)


def enter(session: Session, scope: Scope) -> Scope:
    """From here on the database itself shows nothing outside the scope."""
    set_reach(session, scope.reach)
    return scope
