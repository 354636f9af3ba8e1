"""批次: one matter said to many families between two dates, looked at before it leaves, stopped at any time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.unit import Unit
from portal.vocabulary import Audience, CampaignState


class Campaign(Row):
    """``occasion`` is a code of the calendar, or a word of our own for a list an officer sent from."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("unit_id", "occasion", "term"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    occasion: Mapped[str] = mapped_column(String(40))
    term: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(60))
    audience: Mapped[Audience] = mapped_column(Code(Audience))
    matter: Mapped[str] = mapped_column(String(40))
    """What it is about, as its messages carry it: at most three of one matter a number, in whatever campaign."""
    stages: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Grades of stages, such as ``{"senior": [3]}``, empty: all; whole grades, never the poor of one."""
    wording: Mapped[str] = mapped_column(String(60))
    """A template's name; for an officer's own words the id of a Wording."""
    state: Mapped[CampaignState] = mapped_column(Code(CampaignState))
    starts_on: Mapped[date]
    stops_on: Mapped[date]
    """The last day on which it may leave."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    """``portal`` where the calendar proposed it."""
    drawn_at: Mapped[datetime | None]
    """When recipients and counts were last drawn up; what is approved is that list and no other."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``pupils``, ``messages``, ``parts``, ``left_out`` by reason, ``texts``: how often which template."""
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(60))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(60))
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None] = mapped_column(String(60))

    unit: Mapped[Unit] = relationship(lazy="joined")


class CampaignPupil(Row):
    """A pupil whose family it is for; ``left_out`` says why nothing is sent, a code of ``outreach.left_out``."""

    __tablename__ = "campaign_pupil"
    __table_args__ = (UniqueConstraint("campaign_id", "pupil_id"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    left_out: Mapped[str | None] = mapped_column(String(20))
