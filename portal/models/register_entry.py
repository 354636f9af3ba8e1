"""困难群体名单 entries: what the bureaus delivered. Nobody may browse, search or export them (N3-3)."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, Row
from portal.models.intake import Intake
from portal.models.pupil import HOUSEHOLD, NUMBER
from portal.models.sealed import Sealed


class RegisterEntry(Row):
    __tablename__ = "register_entry"

    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"), index=True)
    register_row: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60), default="")
    """数据来源: 民政、残联、全国系统下发 …"""
    category_sealed: Mapped[bytes]
    category = Sealed()
    name_sealed: Mapped[bytes]
    name = Sealed()
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None] = mapped_column(index=True)
    id_number = Sealed(index=NUMBER)
    id_certain: Mapped[bool] = mapped_column(default=False)
    old_number_index: Mapped[bytes | None] = mapped_column(index=True)
    """This and the next two: digests of ``matching.stored_keys``, for whoever has no number that holds."""
    name_birth_index: Mapped[bytes | None] = mapped_column(index=True)
    name_place_index: Mapped[bytes | None] = mapped_column(index=True)
    household_sealed: Mapped[bytes | None]
    household_index: Mapped[bytes | None] = mapped_column(index=True)
    household = Sealed(index=HOUSEHOLD)
    county_code: Mapped[str] = mapped_column(String(12), default="")
    relation: Mapped[str] = mapped_column(String(20), default="")
    """与户主关系."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    valid_to_unreadable: Mapped[bool] = mapped_column(default=False)
    """有效期止 is written but is no day: such an entry makes no certain match."""

    intake: Mapped[Intake] = relationship(lazy="joined")


class SoughtKey(Base):
    """By what an entry seeks pupils whose own number does not hold: digests of numbers and of ``offered_keys``."""

    __tablename__ = "sought_key"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("register_entry.id", ondelete="CASCADE"), primary_key=True, index=True
    )
