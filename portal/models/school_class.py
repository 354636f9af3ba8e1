"""班级 and its class teacher, the person a family is told to ring."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class SchoolClass(Row):
    __tablename__ = "school_class"
    __table_args__ = (UniqueConstraint("school_id", "grade", "name"),)

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    grade: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(30))
    teacher: Mapped[str] = mapped_column(String(30), default="")
    """As families say it: 李老师."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    """The teacher's account: it sees the listed pupils of this class, and nobody else (N2-3)."""
