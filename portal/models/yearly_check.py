"""学年全面核查: whom a school looked at in a school year, and its word that it was everybody (N5-1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class YearlyLook(Row):
    __tablename__ = "yearly_look"
    __table_args__ = (UniqueConstraint("pupil_id", "school_id", "school_year"),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    school_year: Mapped[str] = mapped_column(String(9))
    """2026-2027."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))


class YearlyCheck(Row):
    """Signed once a school and year; whoever comes on the list afterwards is seen beside it."""

    __tablename__ = "yearly_check"
    __table_args__ = (UniqueConstraint("school_id", "school_year"),)

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    school_year: Mapped[str] = mapped_column(String(9))
    signed_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    by_name: Mapped[str] = mapped_column(String(60))
    pupils: Mapped[int]
    incomplete: Mapped[int]
    """Of them, whose details lacked something or were in doubt on that day."""
