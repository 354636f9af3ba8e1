"""回填: that a ledger row was typed into another system, and an export of plain numbers that wants a second person."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.staff_member import StaffMember
from portal.models.unit import Unit


class BackFill(Row):
    """What was typed, so that a later change of the row asks for it again."""

    __tablename__ = "back_fill"
    __table_args__ = (
        UniqueConstraint("entitlement_id", "template"),
        Index("ix_back_fill_school_id_term", "school_id", "term", "template", "pupil_id"),
    )

    entitlement_id: Mapped[UUID] = mapped_column(ForeignKey("entitlement.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    """Whose row it was, and in which ``term``: the row itself may go where this school sees it no more."""
    term: Mapped[str] = mapped_column(String(12))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    template: Mapped[str] = mapped_column(String(24))
    """A code of ``coverage.templates``."""
    filled_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    """``portal`` where a file exported from the other system proves it."""
    press_id: Mapped[UUID] = mapped_column(index=True)
    due_yuan: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    paid_yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    reason: Mapped[str | None] = mapped_column(String(8))


class ExportRequest(Row):
    """Numbers in full for more rows than one person may take away alone."""

    __tablename__ = "export_request"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    template: Mapped[str] = mapped_column(String(24))
    term: Mapped[str] = mapped_column(String(12))
    rows: Mapped[int]
    """As many as there were when it was asked for."""
    purpose: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    """None while it waits."""
    taken_at: Mapped[datetime | None]
    """It is taken away once."""

    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[StaffMember] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[StaffMember | None] = relationship(foreign_keys=decided_by_id)
