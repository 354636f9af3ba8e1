"""What tells that the keys of this process are those the data was sealed with (F-30)."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class KeyCheck(Base):
    __tablename__ = "key_check"

    key_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Derived from the key one-way; the key can't be told from it."""
