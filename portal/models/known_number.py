"""号码: what one look at a telephone number told, so that choosing whom to write to asks the database alone."""

from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class KnownNumber(Base):
    """Nothing but the number decides it, so it is never out of date; the number itself is not here."""

    __tablename__ = "known_number"

    phone_index: Mapped[bytes] = mapped_column(primary_key=True)
    is_mobile: Mapped[bool]
