"""公示: names that a programme wants read for some working days, and nothing of them afterwards."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.sealed import Sealed
from portal.models.unit import Unit


class PublicNotice(Row):
    """Nothing personal is here; the lines are destroyed when it is taken down, and this stays."""

    __tablename__ = "public_notice"
    __table_args__ = (CheckConstraint("ends_on > starts_on", name="ends_after_it_starts"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    policy: Mapped[str] = mapped_column(String(20))
    school_year: Mapped[str] = mapped_column(String(9))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day on which it is read."""
    pupils: Mapped[int]
    put_up_by: Mapped[str] = mapped_column(String(60))
    put_up_at: Mapped[datetime]
    taken_down_by: Mapped[str] = mapped_column(String(60), default="")
    """``portal`` when its time was over."""
    taken_down_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(String(200), default="")
    """Why it was taken down before its time."""

    unit: Mapped[Unit] = relationship()


class PublicNoticeLine(Row):
    """Name and class; there is no other column, so nothing else can be made public."""

    __tablename__ = "public_notice_line"

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("public_notice.id"), index=True)
    position: Mapped[int]
    name_sealed: Mapped[bytes | None]
    name = Sealed()
    class_words: Mapped[str] = mapped_column(String(60), default="")
