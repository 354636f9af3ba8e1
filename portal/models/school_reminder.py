"""催办: the office above asked a school to go on with a term's matching, once a day at the most (N3-5)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class SchoolReminder(Row):
    __tablename__ = "school_reminder"
    __table_args__ = (UniqueConstraint("school_id", "term", "on_day"),)

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    on_day: Mapped[date]
    """The day in Jiangsu."""
    at: Mapped[datetime]
    by_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    by_unit: Mapped[str] = mapped_column(String(100))
    """Who asks, as the school reads it: 示例县教育局."""
