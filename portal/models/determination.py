"""认定: to which level a school determined a pupil for a school year, when and on what; rows are only ever added.

They go with the child to its next school.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.vocabulary import DeterminationRoute


class DeterminationRecord(Row):
    __tablename__ = "determination"
    __table_args__ = (Index("ix_determination_pupil_id_school_year", "pupil_id", "school_year"),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    school_year: Mapped[str] = mapped_column(String(9))
    level_sealed: Mapped[bytes | None]
    level = Sealed()
    """A value of ``Determination``; None takes back what stood before."""
    route: Mapped[DeterminationRoute] = mapped_column(Code(DeterminationRoute))
    decided_on: Mapped[date]
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    """认定原因."""
    recorded_by: Mapped[str] = mapped_column(String(60))
    recorded_at: Mapped[datetime]
