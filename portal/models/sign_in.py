"""A sign-in kept on the server, so that leaving or losing a role ends it at once (ASVS 7.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row


class SignIn(Row):
    """Of one staff member, or of a family by the slip of one pupil or a code to its number."""

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("num_nonnulls(staff_id, pupil_id) = 1", name="one_subject"),)

    token_digest: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the 256-bit random reference that the cookie holds."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    pupil_id: Mapped[UUID | None] = mapped_column(ForeignKey("pupil.id"), index=True)
    children: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """The pupils a family sees on this visit, the eldest first; empty for a staff member."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(30))
