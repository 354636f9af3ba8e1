"""Which scheduled job has run for which slot: the unique row lets any number of clocks tick (gateways.md §4.2)."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class JobSlot(Base):
    __tablename__ = "job_slot"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
