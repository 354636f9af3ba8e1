"""就学信息: a pupil at a school in a term, as the roster (学籍名册) of that term says."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import Pupil
from portal.models.unit import Unit
from portal.vocabulary import Boarding, Stage


class EnrolmentRecord(Row):
    __tablename__ = "enrolment_record"
    __table_args__ = (
        UniqueConstraint("pupil_id", "school_id", "term"),
        Index(
            "ix_enrolment_record_school_term",
            "school_id",
            "term",
            postgresql_include=[
                "pupil_id", "intake_id", "left_on", "stage", "grade", "grade_number", "class_name", "roster_row",
            ],
        ),
    )  # fmt: skip

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"))
    roster_row: Mapped[str] = mapped_column(String(20))
    """学籍行号: the roster's 序号, or the row of the file."""
    stage: Mapped[Stage | None] = mapped_column(Code(Stage))
    grade: Mapped[str] = mapped_column(String(30), default="")
    """As written: 四年级."""
    grade_number: Mapped[int | None]
    """The year within the stage, from 1."""
    class_name: Mapped[str] = mapped_column(String(30), default="")
    boarding: Mapped[Boarding | None] = mapped_column(Code(Boarding))
    left_on: Mapped[date | None]

    pupil: Mapped[Pupil] = relationship()
    school: Mapped[Unit] = relationship()
