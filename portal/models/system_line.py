"""A line of a list exported from 全国系统 or 就学信息库, laid beside the ledger; never written into it (N3-18)."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.vocabulary import IntakeKind


class SystemLine(Row):
    """The newest file of a unit, system and term stands; its lines take the earlier one's place."""

    __tablename__ = "system_line"
    __table_args__ = (Index("ix_system_line_pupil", "pupil_id", "term"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    """The pupil's school, or the unit whose file it is where the line is nobody's here."""
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"), index=True)
    system: Mapped[IntakeKind] = mapped_column(Code(IntakeKind))
    term: Mapped[str] = mapped_column(String(12))
    file_row: Mapped[int]
    pupil_id: Mapped[UUID | None] = mapped_column(ForeignKey("pupil.id"))
    """Nobody where the number is none of the unit's pupils'."""
    policy: Mapped[str] = mapped_column(String(20))
    """Empty where the line names no project that is known."""
    project: Mapped[str] = mapped_column(String(60))
    aided: Mapped[bool]
    yuan: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    reason: Mapped[str] = mapped_column(String(8))
    """A code of the managed list, or empty."""
    reason_written: Mapped[str] = mapped_column(String(60))
    name_sealed: Mapped[bytes | None]
    name = Sealed()
