"""自拟文案: an officer's own words of policy publicity; a change is a new version, and what was sent stays readable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class Wording(Row):
    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("unit_id", "title", "version"),)

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    """Without the signature, which is the unit's; ``{landline}`` stands for the school's number."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
