"""小计: what a school counts of a term, kept so that nobody above it has to count its pupils again."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Row
from portal.models.sealed import Sealed


class SchoolTally(Row):
    """Holds as long as no ``SchoolChange`` names the school."""

    __tablename__ = "school_tally"
    __table_args__ = (
        UniqueConstraint("school_id", "term", "name"),
        Index("ix_school_tally_name", "term", "name", "school_id"),  # one tally of all schools
    )

    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    term: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(40))
    """Which of the tallies, and in which version of its count."""
    counts_sealed: Mapped[bytes]
    counts = Sealed()
    """Keys and numbers; sealed together, for a small number under a category may be one child."""


class SchoolChange(Base):
    """Something about a school's pupils was written: triggers add a row beside the change, in its transaction.

    Rows are only added, so that two who write about one school do not wait for each other.
    """

    __tablename__ = "school_change"
    __table_args__ = (Index("ix_school_change_school_id", "school_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(Uuid)
