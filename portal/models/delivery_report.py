"""状态报告: every report a gateway made, kept as it came and never changed; the message's state is derived by rank."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.vocabulary import MessageState, Undelivered


class DeliveryReport(Row):
    """One that names its message only by the supplier's id, and comes before we know that id, waits for it."""

    __tablename__ = "delivery_report"
    __table_args__ = (
        UniqueConstraint("gateway", "message_id", "code"),
        Index(
            "uq_delivery_report_waiting", "gateway", "vendor_id", "code", unique=True,
            postgresql_where=text("message_id IS NULL"),
        ),
    )  # fmt: skip

    gateway: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    vendor_id: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[MessageState] = mapped_column(Code(MessageState))
    """What the report says of the message."""
    code: Mapped[str] = mapped_column(String(80))
    """The supplier's own code, such as ``8`` or ``stat:EXPIRED``, without any personal data."""
    why: Mapped[Undelivered | None] = mapped_column(Code(Undelivered))
    arrived_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    """How often the very same report came."""
