"""联系记录: who spoke to which family, how, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.vocabulary import Channel


class ContactRecord(Row):
    __tablename__ = "contact_record"
    __table_args__ = (
        Index(
            "ix_contact_record_reached",
            "school_id",
            "at",
            postgresql_include=["pupil_id"],
            postgresql_where=text("reached"),
        ),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    by: Mapped[str] = mapped_column(String(60))
    reached: Mapped[bool]
    """True for a reply, a visit to the portal or a spoken contact; never for mere delivery (G4)."""
    outcome_sealed: Mapped[bytes | None]
    outcome = Sealed()
