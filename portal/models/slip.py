"""告知单: the personal code behind which a family finds its child; the slips of a class look all alike (G6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Row
from portal.models.pupil import SLIP
from portal.models.sealed import Sealed


class Slip(Row):
    __tablename__ = "slip"

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    code_sealed: Mapped[bytes]
    code_index: Mapped[bytes] = mapped_column(unique=True)
    code = Sealed(index=SLIP)
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
