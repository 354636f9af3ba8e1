"""督查抽样: what an inspector drew, with the seed by which it can be drawn again; nobody can take a pupil out of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.unit import Unit


class InspectionSample(Row):
    """``population`` is how many the sample was drawn from that day."""

    __tablename__ = "inspection_sample"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    stratum: Mapped[str] = mapped_column(String(16))
    """A ``coverage.counted.Measure``."""
    seed: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    population: Mapped[int]
    drawn_by: Mapped[str] = mapped_column(String(60))
    drawn_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


class InspectionPupil(Row):
    """One of a sample, at the school where it was counted."""

    __tablename__ = "inspection_pupil"
    __table_args__ = (UniqueConstraint("sample_id", "position"),)

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_sample.id"))
    position: Mapped[int]
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
