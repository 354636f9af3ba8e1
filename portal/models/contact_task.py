"""联系任务: what messages could not do, as one named person's work with a day; what failed is never just a figure."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import Pupil
from portal.models.unit import Unit
from portal.vocabulary import ContactTaskKind

OPEN = text("closed_at IS NULL")


class ContactTask(Row):
    """For one pupil's family, or for a shared number with all that stand beside it (J7: one task, not 23)."""

    __tablename__ = "contact_task"
    __table_args__ = (
        Index("uq_contact_task_of_pupil", "pupil_id", "kind", unique=True, postgresql_where=OPEN),
        Index("uq_contact_task_of_number", "school_id", "phone_index", unique=True, postgresql_where=OPEN),
    )

    kind: Mapped[ContactTaskKind] = mapped_column(Code(ContactTaskKind))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    pupil_id: Mapped[UUID | None] = mapped_column(ForeignKey("pupil.id"))
    phone_index: Mapped[bytes | None]
    households: Mapped[int] = mapped_column(default=1)
    assignee: Mapped[str] = mapped_column(String(30))
    """As families call them: 李老师; the school's aid officer where the class has no named teacher."""
    because: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(120), default="")

    pupil: Mapped[Pupil | None] = relationship()
    school: Mapped[Unit] = relationship(lazy="joined")
