"""信息不对: a family says in one choice what is wrong; the school sees it, nothing is asked in proof."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class Correction(Row):
    __tablename__ = "correction"

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(30))
    """A code of what is wrong: not_in_school, no_aid_wanted, wrong_details, asked_for_proof …"""
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    """What the family added in words, at most 200 characters."""
    said_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(60))
    act_id: Mapped[UUID | None] = mapped_column(index=True)
    """One press of a button; what was settled with it waits again with it."""
    answer_sealed: Mapped[bytes | None]
    answer = Sealed()
    """What was done, or in writing why it is refused (PIPL 15); the family reads it."""
