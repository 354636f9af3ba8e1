"""企业微信家长: who reads a school's notices (学校通知) in WeChat, as the school's own 家校通讯录 says."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class WecomParent(Row):
    """One parent beside one child: the mobile in the school's directory is that of the child's guardian here."""

    __tablename__ = "wecom_parent"
    __table_args__ = (
        Index(
            "uq_wecom_parent_standing",
            "corp_id",
            "userid_index",
            "pupil_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    corp_id: Mapped[str] = mapped_column(String(64))
    userid_sealed: Mapped[bytes]
    userid_index: Mapped[bytes]
    userid = Sealed(index="wecom parent")
    phone_index: Mapped[bytes] = mapped_column(index=True)
    """The digest by which guardians are found; the number itself stands beside the guardian."""
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """No longer in the directory, or no longer following the notices."""
