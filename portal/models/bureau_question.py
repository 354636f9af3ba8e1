"""请部门核实: one entry of a bureau's own register that a county asks about, with as little of the pupil as does."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.vocabulary import Basis, BureauAnswer

COPIES = ("doubt", "pupil_name", "pupil_number", "guardian_name", "guardian_number", "entry_name", "entry_number")


class BureauQuestion(Row):
    """The names and numbers are copies: a bureau reaches no pupil and no pair. They go once the question is closed."""

    __tablename__ = "bureau_question"
    __table_args__ = (
        Index(
            "uq_bureau_question_open",
            "settlement_id",
            "unit_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    """Who delivered the register."""
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    basis: Mapped[Basis] = mapped_column(Code(Basis))
    occasion: Mapped[str] = mapped_column(String(20))
    """The batch, such as 2026-08."""
    register_row: Mapped[str] = mapped_column(String(20))
    asked_by_unit: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    doubt_sealed: Mapped[bytes | None]
    doubt = Sealed()
    """What agreed and what did not, in words."""
    pupil_name_sealed: Mapped[bytes | None]
    pupil_name = Sealed()
    pupil_number_sealed: Mapped[bytes | None]
    pupil_number = Sealed()
    guardian_name_sealed: Mapped[bytes | None]
    guardian_name = Sealed()
    guardian_number_sealed: Mapped[bytes | None]
    guardian_number = Sealed()
    entry_name_sealed: Mapped[bytes | None]
    entry_name = Sealed()
    entry_number_sealed: Mapped[bytes | None]
    entry_number = Sealed()
    answer: Mapped[BureauAnswer | None] = mapped_column(Code(BureauAnswer))
    note_sealed: Mapped[bytes | None]
    note = Sealed()
    answered_by: Mapped[str] = mapped_column(String(60), default="")
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When it was settled, taken back, or the pair fell: nothing is asked any more."""
