"""消息: the outbox. One row a number and occasion; a row that may have been sent is never sent again by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, Code, Row
from portal.models.pupil import PHONE
from portal.models.sealed import Sealed
from portal.vocabulary import Channel, MessageState


class Message(Row):
    """Planned, its id is a digest of matter, step, channel and the number's index: planning twice makes one row.

    A million may be planned at once, so what is empty until later stands in no index, and what is copied from rows with
    foreign keys (school, pupils) has none: each check would cost more than the row (docs/decisions/0025).
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_due_at", "state", "due_at"),
        *(
            Index(f"ix_message_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
            for column in ("campaign_id", "openid_index", "vendor_id")
        ),
    )

    school_id: Mapped[UUID] = mapped_column(index=True)
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"))
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
    openid_index: Mapped[bytes | None]
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
    vendor_id: Mapped[str | None] = mapped_column(String(80))
    asked: Mapped[int] = mapped_column(default=0)
    """How often the supplier was asked what became of it, while that was unknown."""
    ask_at: Mapped[datetime | None]
    planned_at: Mapped[datetime]
    """Once more where a person sends it again."""
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    pupils: Mapped[list["MessagePupil"]] = relationship(primaryjoin="Message.id == foreign(MessagePupil.message_id)")

    @property
    def to(self) -> str:
        """As its gateway addresses it."""
        return self.openid or self.phone or ""


class MessagePupil(Base):
    """Siblings on one number share a message (J5)."""

    __tablename__ = "message_pupil"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    school_id: Mapped[UUID] = mapped_column(index=True)
