"""微信绑定: one WeChat account opens one child's page; the row is the consent as well (PIPL 14, 15)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class WechatBinding(Row):
    """An openid is of one 公众号 alone, so the appid is part of the key."""

    __tablename__ = "wechat_binding"
    __table_args__ = (
        Index(
            "uq_wechat_binding_standing",
            "appid",
            "openid_index",
            "pupil_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    appid: Mapped[str] = mapped_column(String(32))
    openid_sealed: Mapped[bytes]
    openid_index: Mapped[bytes]
    openid = Sealed(index="wechat openid")
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    by_student: Mapped[bool]
    """Bound by a grown-up student; what a guardian bound ends with the child's eighteenth birthday."""
    words_version: Mapped[int]
    """Which wording was agreed to."""
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
