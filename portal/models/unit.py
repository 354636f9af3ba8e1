"""单位: the tree province → city → county → school, with partner bureaus beside it."""

from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.vocabulary import SchoolOwnership, UnitLevel


class Unit(Row):
    """A provincial or city college hangs from the province or city it reports to, not from the county it stands in."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[UnitLevel] = mapped_column(Code(UnitLevel))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), unique=True)
    """The codes from the root down, ``/32/3299/329901/``: everything below a unit starts with its path."""
    stages: Mapped[list[str]] = mapped_column(ARRAY(String(16)), default=list)
    """学段 taught here."""
    ownership: Mapped[SchoolOwnership | None] = mapped_column(Code(SchoolOwnership))
    """办学性质; None where nobody has said."""
    inclusive: Mapped[bool | None]
    """普惠性, of kindergartens."""
    landline: Mapped[str] = mapped_column(String(20), default="")
    """The number that also stands on the school gate (G5)."""
    aid_officer: Mapped[str] = mapped_column(String(30), default="")
    """How families call the person to ask: 李老师."""

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    @classmethod
    def ids_below(cls, path: str) -> Select[UUID]:
        """The unit with this path and every one under it."""
        return select(cls.id).where(cls.path.startswith(path, autoescape=True))

    def holds(self, other: "Unit") -> bool:
        return other.path.startswith(self.path)
