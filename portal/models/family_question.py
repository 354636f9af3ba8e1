"""家长问了什么: what families ask, by policy; the obstacles come out in talks, not in figures (G20)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.vocabulary import QuestionTopic


class FamilyQuestion(Row):
    __tablename__ = "family_question"

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    policy: Mapped[str] = mapped_column(String(20), default="")
    """Empty where no single policy was meant."""
    topic: Mapped[QuestionTopic] = mapped_column(Code(QuestionTopic))
    words_sealed: Mapped[bytes | None]
    words = Sealed()
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
