"""通报: what a province says of its cities, a city of its counties, on a day; once issued it never changes (N3-21)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.unit import Unit


class Bulletin(Row):
    """The figures themselves are kept, not the question that found them; rows are added, never changed or removed."""

    __tablename__ = "bulletin"
    __table_args__ = (UniqueConstraint("unit_id", "year", "number"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    year: Mapped[int]
    number: Mapped[int]
    """Within the unit's year, from 1."""
    term: Mapped[str] = mapped_column(String(12))
    as_of: Mapped[date]
    title: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(String(1000), default="")
    """What the unit says to the figures; nothing personal."""
    lines: Mapped[list[list[str]]] = mapped_column(JSONB)
    """One a unit below, the total last, each as text, small groups withheld."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of all that was said, for whoever holds a copy on paper."""
    issued_by: Mapped[str] = mapped_column(String(60))
    issued_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
