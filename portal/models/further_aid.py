"""困难程度特别高的: a pupil flagged by a person, open until a further source is recorded or refused (N4-11)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class FurtherAid(Row):
    __tablename__ = "further_aid"
    __table_args__ = (
        Index("uq_further_aid_open", "pupil_id", unique=True, postgresql_where=text("settled_at IS NULL")),
        CheckConstraint("settled_at IS NULL OR source <> '' OR words_sealed IS NOT NULL", name="settled_says_how"),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    flagged_by: Mapped[str] = mapped_column(String(60))
    flagged_at: Mapped[datetime]
    why_sealed: Mapped[bytes | None]
    why = Sealed()
    source: Mapped[str] = mapped_column(String(16), default="")
    """A code of ``coverage.further_aid.SOURCES``; empty while it is open, and where none was found."""
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    """What was arranged, or why nothing could be."""
    settled_by: Mapped[str] = mapped_column(String(60), default="")
    settled_at: Mapped[datetime | None]
