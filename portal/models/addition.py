"""人工新增: a pupil no list named, proposed by the school and added by the county; marked so for ever (N3-6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import Pupil
from portal.models.sealed import Sealed
from portal.models.unit import Unit
from portal.vocabulary import AdditionState, FoundBy


class Addition(Row):
    __tablename__ = "addition"
    __table_args__ = (
        Index(
            "uq_addition_standing",
            "pupil_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'added')"),
        ),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    """From this term on."""
    state: Mapped[AdditionState] = mapped_column(Code(AdditionState))
    category_sealed: Mapped[bytes]
    category = Sealed()
    found_by: Mapped[FoundBy] = mapped_column(Code(FoundBy))
    """来源."""
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    """What was found, in a sentence."""
    in_charge: Mapped[str] = mapped_column(String(30), default="")
    """负责人."""
    proposed_by: Mapped[str] = mapped_column(String(60), default="")
    proposed_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    because_sealed: Mapped[bytes | None]
    because = Sealed()
    """Why it was refused or ended, in words the family reads."""

    pupil: Mapped[Pupil] = relationship()
    school: Mapped[Unit] = relationship()
