"""登录码: somebody asked for a code by name and identity number; the dispatcher sends it where the roster says."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.sealed import Sealed


class CodeRequest(Row):
    """The same row for a listed, an unlisted and an unknown child; whoever asked holds its id in his browser alone."""

    __tablename__ = "code_request"
    __table_args__ = (Index("ix_code_request_waiting", "asked_at", postgresql_where=text("looked_at IS NULL")),)

    name_sealed: Mapped[bytes | None]
    name = Sealed()
    id_number_sealed: Mapped[bytes | None]
    id_number = Sealed()
    """Both emptied as soon as the dispatcher has looked."""
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When the dispatcher took it up; it is taken up once."""
    code_digest: Mapped[bytes | None]
    """Keyed; empty where nothing was sent."""
    children: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
