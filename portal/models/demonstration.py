"""The mark of a demonstration database: made with its invented people, never taken away, refuses real gateways."""

from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class Demonstration(Base):
    """At most one row; the application may add it and read it, never change or remove it."""

    __tablename__ = "demonstration"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    made_at: Mapped[datetime]
