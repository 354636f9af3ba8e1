"""家长回复: what families send back to a message; a 退订 among them changes the channel and not the duty."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.pupil import PHONE
from portal.models.sealed import Sealed
from portal.vocabulary import Channel, ReplyKind


class Reply(Row):
    """``message_id`` is the last message to that number, which it most likely answers; none for a stranger's."""

    __tablename__ = "reply"

    key: Mapped[bytes] = mapped_column(unique=True)
    """A digest of gateway and what tells one reply from the next: brought twice, it is kept once."""
    gateway: Mapped[str] = mapped_column(String(20))
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    kind: Mapped[ReplyKind] = mapped_column(Code(ReplyKind))
    sender_sealed: Mapped[bytes]
    sender_index: Mapped[bytes] = mapped_column(index=True)
    sender = Sealed(index=PHONE)
    text_sealed: Mapped[bytes | None]
    text = Sealed()
    """Emptied after 90 days, like the words it answers."""
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    arrived_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(String(60))
