"""自愿放弃 (R08): said by the family twice, seven days apart, taken back whenever it likes (G15)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class Waiver(Row):
    """One a pupil and term stands at a time; one that was taken back stays as it was."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index("uq_waiver_standing", "pupil_id", "term", unique=True, postgresql_where=text("taken_back_at IS NULL")),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    said_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    """``family``, or ``staff:<account>`` who heard it on the phone."""
    repeated_at: Mapped[datetime | None]
    repeated_by: Mapped[str | None] = mapped_column(String(60))
    taken_back_at: Mapped[datetime | None]
