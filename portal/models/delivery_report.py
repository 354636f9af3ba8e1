"""状态报告: every report a gateway made, kept as it came and never changed; the message's state is derived by rank."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.vocabulary import MessageState


class DeliveryReport(Row):
    __tablename__ = "delivery_report"
    __table_args__ = (UniqueConstraint("gateway", "message_id", "code"),)

    gateway: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    state: Mapped[MessageState] = mapped_column(Code(MessageState))
    """What the report says of the message."""
    code: Mapped[str] = mapped_column(String(80))
    """The supplier's own code, such as ``8`` or ``stat:EXPIRED``, without any personal data."""
    arrived_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    """How often the very same report came."""
