"""学籍变动: transfer, suspension, drop-out, graduation, death, each a dated event that stands until it is ended."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.models.unit import Unit
from portal.vocabulary import MoveEnd, MoveKind


class Move(Row):
    """Both schools of a transfer see the row, so it carries what the new one is told before it has the pupil."""

    __tablename__ = "move"
    __table_args__ = (Index("uq_move_standing", "pupil_id", unique=True, postgresql_where=text("ended_at IS NULL")),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    """Where the pupil was enrolled when it happened."""
    to_school_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """Of a transfer; empty until somebody finds out which school it is."""
    kind: Mapped[MoveKind] = mapped_column(Code(MoveKind))
    term: Mapped[str] = mapped_column(String(12))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    """What else the school knows, such as the name of a school in another province."""
    compulsory: Mapped[bool] = mapped_column(default=False)
    """疑似失学 of compulsory age: the unit above acts the same day (N1-5)."""
    due_on: Mapped[date | None]
    """By when a transfer is accepted; past it, the units above both schools see it."""
    city_on: Mapped[date | None]
    """Past this day the units above those see it as well."""
    name_sealed: Mapped[bytes | None]
    name = Sealed()
    grade: Mapped[str] = mapped_column(String(30), default="")
    categories_sealed: Mapped[bytes | None]
    categories = Sealed()
    """困难类别 by name, for the new school."""
    aids_sealed: Mapped[bytes | None]
    aids = Sealed()
    """JSON: what is due and paid this term, policy by policy, as of the last change of it."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(60))
    ended_as: Mapped[MoveEnd | None] = mapped_column(Code(MoveEnd))
    because_sealed: Mapped[bytes | None]
    because = Sealed()
    """Why the new school sent it back."""

    school: Mapped[Unit] = relationship(foreign_keys=[school_id], lazy="joined")
    to_school: Mapped[Unit | None] = relationship(foreign_keys=[to_school_id], lazy="joined")
