"""暂停发送: nothing leaves for a unit and all below it until somebody lifts it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Row
from portal.models.unit import Unit


class OutreachPause(Row):
    __tablename__ = "outreach_pause"

    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """Empty: all units."""
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(String(60))
    because: Mapped[str] = mapped_column(String(120))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(60))

    unit: Mapped[Unit | None] = relationship(lazy="joined")
