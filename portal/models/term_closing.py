"""学期关账: a school's word, with name and day, that nobody matched was left without aid or reason (N3-18, N5-1)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.unit import Unit


class TermClosing(Row):
    """One a school and term stands at a time; one that was sent back stays as it was."""

    __tablename__ = "term_closing"
    __table_args__ = (
        Index(
            "uq_term_closing_standing", "school_id", "term", unique=True, postgresql_where=text("reopened_at IS NULL")
        ),
    )

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    closed_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    by_name: Mapped[str] = mapped_column(String(60))
    """Who signed, as people call them."""
    rows: Mapped[int]
    aided: Mapped[int]
    """Rows paid in full, of all ``rows``; the others ended by an accepted reason."""
    paid_yuan: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[str | None] = mapped_column(String(60))
    because: Mapped[str] = mapped_column(String(200), default="")
    """Why the office above sent it back."""

    school: Mapped[Unit] = relationship()
