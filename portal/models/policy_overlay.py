"""地方标准: a dated version a city or county lays over one policy; said by one person, approved by another, kept."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.unit import Unit
from portal.vocabulary import ClaimMode, OverlayState


class PolicyOverlay(Row):
    """What was proposed is never rewritten: the application may update nothing but what became of it."""

    __tablename__ = "policy_overlay"
    __table_args__ = (
        Index(
            "uq_policy_overlay_proposed",
            "unit_id",
            "policy",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "uq_policy_overlay_approved",
            "unit_id",
            "policy",
            "starts",
            unique=True,
            postgresql_where=text("state = 'approved'"),
        ),
    )

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    policy: Mapped[str] = mapped_column(String(20))
    starts: Mapped[date]
    amounts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """As a policy file has them under ``[[policy.version.amount]]``; none where only the claim mode changes."""
    claim_mode: Mapped[ClaimMode | None] = mapped_column(Code(ClaimMode))
    source: Mapped[str] = mapped_column(String(200))
    clause: Mapped[str] = mapped_column(String(400))
    checked_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    """One sentence for families."""
    applying: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What the place says of applying, as a policy file has it under ``[policy.version.apply]``."""
    own: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The words of a policy that only the place has; none where the province's is meant."""
    state: Mapped[OverlayState] = mapped_column(Code(OverlayState))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(String(200), default="")
    """Why it was refused, or what the second person says to it."""
    superseded_at: Mapped[datetime | None]
    """When another of the same day was approved in its place."""

    unit: Mapped[Unit] = relationship()
