"""签名备案: on which day an operator confirmed a 【签名】, or let it lapse; what it does not know it blocks."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.vocabulary import Operator


class SignatureFiling(Row):
    """Never changed and never deleted: of one signature and operator the row recorded last is what stands."""

    __tablename__ = "signature_filing"

    signature: Mapped[str] = mapped_column(String(120), index=True)
    """As it stands between 【 and 】; an office that takes another name files anew."""
    operator: Mapped[Operator] = mapped_column(Code(Operator))
    filed: Mapped[bool]
    """False: it was filed and is so no longer."""
    day: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
