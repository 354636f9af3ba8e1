"""截止日例外: the last day of a campaign, on which messages leave although it is a quiet day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class DeadlineDay(Base):
    """Asked for by one officer and of no effect until another one approves."""

    __tablename__ = "deadline_day"
    __table_args__ = (CheckConstraint("approved_by <> asked_by", name="somebody_else"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date]
    """The campaign's ``stops_on`` when it was asked for; once that is another day, this stands for nothing."""
    because: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(60))
