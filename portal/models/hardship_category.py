"""困难类别: a dated table, not an enum; a further category is a row (N1-1)."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class HardshipCategory(Base):
    """``since`` and ``until`` are shown; what an end means for aid the catalogue of policies says, which has it too."""

    __tablename__ = "hardship_category"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    aliases: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    """Other spellings that registers use."""
    bureau: Mapped[str] = mapped_column(String(40))
    """主管部门."""
    since: Mapped[date | None]
    until: Mapped[date | None]
