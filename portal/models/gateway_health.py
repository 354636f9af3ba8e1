"""网关状况: how each gateway does, and what it said that was no yes; one row for all dispatchers of all machines."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class GatewayHealth(Base):
    """The breaker (熔断) and the rate; a gateway of which nothing is known is well."""

    __tablename__ = "gateway_health"

    gateway: Mapped[str] = mapped_column(String(20), primary_key=True)
    in_a_row: Mapped[int] = mapped_column(default=0)
    """Failures since the last message that it took."""
    in_window: Mapped[int] = mapped_column(default=0)
    window_ends_at: Mapped[datetime | None]
    shut_until: Mapped[datetime | None]
    """Until then it is given nothing, and after it one message to see whether it works again."""
    stopped: Mapped[bool] = mapped_column(default=False)
    """Its own code said that somebody must mend something: account, balance, signature."""
    because: Mapped[str | None] = mapped_column(String(120))
    slow: Mapped[bool] = mapped_column(default=False)
    """Too many of its messages of the last minutes took more than five to arrive."""
    next_at: Mapped[datetime | None]
    """When the next message is due at its rate; ahead of now by what was given to it in one go."""
    changed_at: Mapped[datetime]


class GatewayTrouble(Base):
    """Every code but a plain yes, counted; those that our table of the supplier lacks are to be looked up."""

    __tablename__ = "gateway_trouble"

    gateway: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    handed: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(String(120))
    known: Mapped[bool]
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
