"""学生: one person, one row, whichever school and term."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.models.unit import Unit
from portal.privacy.names import name_key
from portal.vocabulary import Sex

NUMBER = "identity number"
PHONE = "phone"
NAME = "name"
HOUSEHOLD = "household"
SLIP = "slip code"
OLD_NUMBER = "old number"
NAME_BIRTH = "name and birth"
NAME_PLACE = "name and place"


OF_WHO_SEEKS = "NOT id_certain OR written_birth_sealed IS NOT NULL"


class Pupil(Row):
    """The number is as the roster gave it after lossless repair; ``id_certain``: it may carry a certain match."""

    __tablename__ = "pupil"
    __table_args__ = (
        Index("ix_pupil_offered_keys", "offered_keys", postgresql_using="gin"),
        Index("ix_pupil_school_hukou", "school_id", "hukou_division", postgresql_include=["id"]),
        *(
            Index(f"ix_pupil_{column}", column, postgresql_where=text(OF_WHO_SEEKS))
            for column in ("old_number_index", "name_birth_index")
        ),
    )

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    """Where the pupil is enrolled now."""
    name_sealed: Mapped[bytes]
    name_index: Mapped[bytes] = mapped_column(index=True)
    name = Sealed(index=NAME, key=name_key)
    former_name_sealed: Mapped[bytes | None]
    former_name = Sealed()
    id_type: Mapped[str] = mapped_column(String(32), default="")
    """A code of ``privacy.document_types.NumberKind``, empty when not known."""
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None] = mapped_column(index=True)
    id_number = Sealed(index=NUMBER)
    id_certain: Mapped[bool] = mapped_column(default=False)
    old_number_index: Mapped[bytes | None]
    """This and the next two: digests of ``matching.stored_keys``, for whoever has no number that holds."""
    name_birth_index: Mapped[bytes | None]
    name_place_index: Mapped[bytes | None] = mapped_column(index=True)
    offered_keys: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary))
    """Digests by which an entry whose number is damaged finds the pupil (``SoughtKey``)."""
    student_number_sealed: Mapped[bytes | None]
    student_number_index: Mapped[bytes | None] = mapped_column(index=True)
    student_number = Sealed(index="student number")
    birth_date_text_sealed: Mapped[bytes | None]
    birth_date_text = Sealed()
    written_birth_sealed: Mapped[bytes | None]
    """出生日期 of the roster, where the number beside it says another."""
    written_birth = Sealed()
    sex: Mapped[Sex | None] = mapped_column(Code(Sex))
    hukou_division: Mapped[str] = mapped_column(String(12), default="")
    """户口所在地行政区划码; another province's number means 外省户籍."""
    arrived_at: Mapped[datetime]

    school: Mapped[Unit] = relationship(lazy="joined")
    guardians: Mapped[list["Guardian"]] = relationship(order_by="Guardian.position", back_populates="pupil")

    @property
    def birth_date(self) -> date | None:
        return _day(self.birth_date_text)

    @property
    def birth_date_of_roster(self) -> date | None:
        """What the roster itself says, whatever the number says."""
        return _day(self.written_birth) or self.birth_date


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Guardian(Row):
    """监护人 as the roster names them, first or second; a number that does not hold is kept without its index."""

    __tablename__ = "guardian"
    __table_args__ = tuple(
        Index(
            f"ix_guardian_school_{column}", "school_id",
            postgresql_include=["pupil_id"], postgresql_where=text(f"{column}_sealed IS NOT NULL"),
        )
        for column in ("name", "phone")
    )  # fmt: skip

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int]
    relation: Mapped[str] = mapped_column(String(20), default="")
    name_sealed: Mapped[bytes | None]
    name = Sealed()
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None] = mapped_column(index=True)
    id_number = Sealed(index=NUMBER)
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    phone = Sealed(index=PHONE)

    pupil: Mapped[Pupil] = relationship(back_populates="guardians")
