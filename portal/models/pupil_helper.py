"""一对一帮扶: the one named helper of a pupil at a school, where it is not the class teacher (N2-3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.staff_member import StaffMember


class PupilHelper(Row):
    """At most one a pupil and school; who came to another school is helped by somebody there."""

    __tablename__ = "pupil_helper"
    __table_args__ = (UniqueConstraint("pupil_id", "school_id"),)

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    named_by: Mapped[str] = mapped_column(String(60))
    named_at: Mapped[datetime]

    staff: Mapped[StaffMember] = relationship()
