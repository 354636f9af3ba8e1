"""资助发放: one grant of one policy for one term, read only from the national system's file (N3-15)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class Award(Row):
    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("pupil_id", "policy", "term", "paid_on"),
        Index("ix_award_school_id_term", "school_id", "term"),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"))
    policy: Mapped[str] = mapped_column(String(20))
    term: Mapped[str] = mapped_column(String(12))
    yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    paid_on: Mapped[date]
    payee_sealed: Mapped[bytes | None]
    payee = Sealed()
    """收款账户户主."""
    payee_differs: Mapped[bool] = mapped_column(default=False)
    """收款账户户主 is neither the pupil nor a guardian; told apart while the file is read, for the name is sealed."""
    as_of: Mapped[date | None]
    """数据截至, of the last file that had it; schools do not see the file itself."""


class StrayAward(Row):
    """A line of a file that is no award of anybody here: another person's number, another name, an unknown project.

    It stands until the next file of the same unit and term has its project.
    """

    __tablename__ = "stray_award"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    """The school the line names, where it is one of the unit's; otherwise the unit itself."""
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    project: Mapped[str] = mapped_column(String(60))
    """资助项目 as written."""
    kind: Mapped[str] = mapped_column(String(16))
    """A ``coverage.differences.Kind``."""
    file_row: Mapped[int]
    why: Mapped[str] = mapped_column(String(200))
    yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    paid_on: Mapped[date | None]
    name_sealed: Mapped[bytes | None]
    name = Sealed()
    """As the file writes it."""
