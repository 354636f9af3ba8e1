"""双重学籍: one person on the rolls of two schools in a term, as the school it is shown to sees it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.pupil import Pupil
from portal.models.unit import Unit


class DoubleEnrolment(Row):
    """A row for each side, because neither school sees the other's pupils; ``aided_here`` on one side alone."""

    __tablename__ = "double_enrolment"
    __table_args__ = (UniqueConstraint("pupil_id", "term", "other_school_id"),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    other_school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    aided_here: Mapped[bool]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    """When the rolls named the pupil once again."""

    pupil: Mapped[Pupil] = relationship()
    school: Mapped[Unit] = relationship(foreign_keys=[school_id])
    other_school: Mapped[Unit] = relationship(foreign_keys=[other_school_id])
