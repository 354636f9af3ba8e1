"""操作日志: who did or saw what, when; the application's database role may add and read, nothing else (N5-7)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_code_sent", "at", postgresql_where=text("action = 'code_sent'")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(60))
    """``staff:<account>``, ``family``, ``command``, ``portal``, or ``nobody`` before a sign-in."""
    action: Mapped[str] = mapped_column(String(40))
    """A word of ``audit.ACTIONS``."""
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    pupil_id: Mapped[UUID | None] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(String(45), default="")
    """The address it came from."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Codes and counts only, nothing personal in clear."""
