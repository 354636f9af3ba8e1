"""就学信息确认: the two answers of a family (在校? 需要资助?), once, with a receipt (N4-4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class Confirmation(Row):
    """The first answer of a term stands; a tap more gives the same receipt (R-06). Another answer is a correction."""

    __tablename__ = "confirmation"
    __table_args__ = (
        UniqueConstraint("pupil_id", "term"),
        Index("ix_confirmation_school_id_term", "school_id", "term", postgresql_include=["pupil_id"]),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    in_school: Mapped[bool]
    wants_aid: Mapped[bool]
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    said_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    """``family`` or ``staff:<account>``."""
