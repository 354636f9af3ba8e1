"""退订: a number that wants no more reminders by this channel; the duty to tell the family goes to a person (A8)."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Code
from portal.vocabulary import Channel


class OptOut(Base):
    __tablename__ = "opt_out"

    phone_index: Mapped[bytes] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(Code(Channel), primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    """``reply``, or the supplier on whose list the number stands."""
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the family said that it wants to hear again."""
