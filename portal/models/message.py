"""消息: the outbox. One row a number and occasion; a row that may have been sent is never sent again by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import PHONE
from portal.models.sealed import Sealed
from portal.vocabulary import Channel, MessageState


class Message(Row):
    __tablename__ = "message"
    __table_args__ = (Index("ix_message_state_due_at", "state", "due_at"),)

    dedupe_key: Mapped[bytes] = mapped_column(unique=True)
    """A digest of matter, step, channel and the number's index: planning twice makes one row."""
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"), index=True)
    """Empty for the standing reminder."""
    matter: Mapped[str] = mapped_column(String(40))
    """What it is about, such as ``enrolment-not-confirmed:2026-autumn``; at most three of one matter a number."""
    step: Mapped[int]
    """The how-manieth reminder of the matter, from 1."""
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    gateway: Mapped[str] = mapped_column(String(20))
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes] = mapped_column(index=True)
    phone = Sealed(index=PHONE)
    """Like the words it comes when the message is about to be sent; until then the number is known by its index."""
    openid_sealed: Mapped[bytes | None]
    openid_index: Mapped[bytes | None] = mapped_column(index=True)
    openid = Sealed(index="wechat openid")
    """Whom WeChat (openid) or 企业微信 (parent_userid) knows the family by; limits hang on the number all the same."""
    text_sealed: Mapped[bytes | None]
    text = Sealed()
    """Empty until it is sent, and again after 90 days; the template and its version stay (L-09)."""
    template: Mapped[str] = mapped_column(String(60))
    template_version: Mapped[int]
    parts: Mapped[int]
    """Segments the operator bills: 1 up to 70 UTF-16 units with the signature, then 67 each."""
    state: Mapped[MessageState] = mapped_column(Code(MessageState))
    because: Mapped[str | None] = mapped_column(String(120))
    """Why it was suppressed or failed, or what makes it unknown."""
    due_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    vendor_id: Mapped[str | None] = mapped_column(String(80), index=True)
    asked: Mapped[int] = mapped_column(default=0)
    """How often the supplier was asked what became of it, while that was unknown."""
    ask_at: Mapped[datetime | None]
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    pupils: Mapped[list["MessagePupil"]] = relationship(cascade="all, delete-orphan")

    @property
    def to(self) -> str:
        """As its gateway addresses it."""
        return self.openid or self.phone or ""


class MessagePupil(Row):
    """Siblings on one number share a message (J5)."""

    __tablename__ = "message_pupil"
    __table_args__ = (UniqueConstraint("message_id", "pupil_id"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
