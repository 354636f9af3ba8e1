"""How often something was tried within a window; one row in the database, so every worker counts alike (U-01)."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class TryCount(Base):
    __tablename__ = "try_count"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """A digest of what is counted (an address, an account), never the thing itself."""
    window_ends_at: Mapped[datetime]
    count: Mapped[int]
