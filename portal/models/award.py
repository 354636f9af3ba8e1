"""资助发放: one grant of one policy for one term, read only from the national system's file (N3-15)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class Award(Row):
    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("pupil_id", "policy", "term", "paid_on"),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"))
    policy: Mapped[str] = mapped_column(String(20))
    term: Mapped[str] = mapped_column(String(12))
    yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    paid_on: Mapped[date]
    payee_sealed: Mapped[bytes | None]
    payee = Sealed()
    """收款账户户主."""
