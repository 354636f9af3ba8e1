"""工作人员: one named person, one role, one unit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.unit import Unit
from portal.vocabulary import Role


class StaffMember(Row):
    __tablename__ = "staff_member"

    account: Mapped[str] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(30))
    role: Mapped[Role] = mapped_column(Code(Role))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    password_digest: Mapped[str] = mapped_column(String(200))
    """Argon2id."""
    password_changed_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship(lazy="joined")

    @property
    def actor(self) -> str:
        """As the trail names whoever acts."""
        return f"staff:{self.account}"
