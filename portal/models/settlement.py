"""核实: what a person decided of a pair; it holds for every later pair with the same data on both sides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Code, Row
from portal.vocabulary import Answer, Basis


class Settlement(Row):
    __tablename__ = "settlement"
    __table_args__ = (
        Index(
            "uq_settlement_standing", "pupil_id", "fingerprint", unique=True, postgresql_where=text("undone_at IS NULL")
        ),
    )

    act_id: Mapped[UUID] = mapped_column(index=True)
    """One press of a button; what was settled with it is undone with it."""
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    basis: Mapped[Basis] = mapped_column(Code(Basis))
    rule: Mapped[str] = mapped_column(String(40))
    answer: Mapped[Answer] = mapped_column(Code(Answer))
    fingerprint: Mapped[bytes]
    """A keyed digest of what both sides said; other data ask the question anew."""
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    undone_by: Mapped[str] = mapped_column(String(60), default="")
    undone_at: Mapped[datetime | None]
