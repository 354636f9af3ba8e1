"""管辖范围: the part of the unit tree a staff member works in. One step outside it, a thing is not there (404)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, literal, null, select, true
from sqlalchemy.orm import Session

from portal.database import Reach, reach_pupils, reach_units, set_reach
from portal.models import Pupil, Unit

Found = TypeVar("Found")
Narrowed = TypeVar("Narrowed", bound=Select[*tuple[Any, ...]])


class NotInScope(LookupError):
    """There is no such thing here: not there, or not theirs; which of the two is never told."""


@dataclass(frozen=True)
class Scope:
    """One unit and everything below it."""

    unit_id: UUID
    path: str
    pupils: tuple[UUID, ...] | None = None
    """Of a class teacher: these pupils and nothing else of the unit; None for everybody else."""
    schools: tuple[UUID, ...] | None = None
    """Of a count: these schools of the unit and no other; None for all of them."""

    @property
    def reach(self) -> Reach:
        return reach_units(self.path) if self.pupils is None else reach_pupils(self.pupils)

    def narrow(self, statement: Narrowed, owner: Any) -> Narrowed:
        """Only rows whose ``owner`` column (``Pupil.school_id``, ``Intake.unit_id`` …) lies within the scope."""
        if self.pupils is not None:
            statement = statement.where(_pupil_of(owner).in_(self.pupils))
        return statement.where(self.holds(owner))

    def holds(self, owner: Any) -> ColumnElement[bool]:
        """Whether a column that names a unit names one of the scope."""
        if self.path == ANYWHERE and self.schools is None:
            return true()
        if self.schools is not None:
            return owner == any_(literal(list(self.schools), ARRAY(Uuid)))  # type: ignore[no-any-return]
        return owner.in_(Unit.ids_below(self.path))  # type: ignore[no-any-return]

    def of_schools(self, schools: Iterable[UUID]) -> "Scope":
        """A part of it; whoever asks has found them within the scope."""
        return replace(self, schools=tuple(schools))

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


def _pupil_of(owner: Any) -> Any:
    """The column that names the pupil beside this owner; what is nobody's own a teacher does not see at all."""
    table = owner.class_
    return table.id if table is Pupil else getattr(table, "pupil_id", null())


ANYWHERE = "/"
EVERYWHERE = Scope(UUID(int=0), ANYWHERE)
"""For what the scheduler asks of all schools at once; how far its session reaches is the database's to say."""


def scope_of(unit: Unit) -> Scope:
    return Scope(unit.id, unit.path)


def enter(session: Session, scope: Scope) -> Scope:
    """From here on the database itself shows nothing outside the scope."""
    set_reach(session, scope.reach)
    return scope
