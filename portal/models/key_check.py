"""What the keys must be able to open: a start with another key is refused before anything is written (F-30)."""

from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class KeyCheck(Base):
    __tablename__ = "key_check"

    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
