"""台账: one row per pupil × policy × term, from matched to received, and everything that happened to it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import Pupil
from portal.models.sealed import Sealed
from portal.models.settlement import Settlement
from portal.models.unit import Unit
from portal.vocabulary import ClaimMode, EntitlementState, UnitLevel


class Entitlement(Row):
    """Every open row owns a reason, someone, a next step and a date (G1)."""

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("pupil_id", "policy", "term"),
        CheckConstraint(
            "closed_on IS NOT NULL OR (reason IS NOT NULL AND next_step <> '' AND next_step_due IS NOT NULL)",
            name="open_has_next_step",
        ),
        Index("ix_entitlement_school_term", "school_id", "term"),
        Index(
            "ix_entitlement_open",
            "school_id",
            "term",
            "next_step_due",
            postgresql_include=["pupil_id"],
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_entitlement_step", "term", "next_step", postgresql_where=text("closed_on IS NULL")),
        Index(
            "ix_entitlement_odd",
            "school_id",
            "term",
            postgresql_where=text("paid_yuan > 0 AND paid_yuan <> due_yuan"),
        ),
        Index(
            "ix_entitlement_raised",
            "raised_to",
            "term",
            postgresql_where=text("closed_on IS NULL AND raised_to IS NOT NULL"),
        ),
        Index("uq_entitlement_person", "person", "policy", "term", unique=True, postgresql_where=text("NOT retracted")),
    )

    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    policy: Mapped[str] = mapped_column(String(20))
    term: Mapped[str] = mapped_column(String(12))
    state: Mapped[EntitlementState] = mapped_column(Code(EntitlementState))
    claim_mode: Mapped[ClaimMode] = mapped_column(Code(ClaimMode))
    due_yuan: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    """Yuan due this term; empty where fees are waived or the amount is not sure."""
    paid_yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    version_from: Mapped[date]
    """Which version of the policy was applied."""
    because_sealed: Mapped[bytes | None]
    because = Sealed()
    """Why the child has it, a sentence for the family; sealed, since it may name the category."""
    reason: Mapped[str | None] = mapped_column(String(8))
    """未资助原因, a code of the managed list, while nothing was received."""
    owner_level: Mapped[UnitLevel] = mapped_column(Code(UnitLevel))
    """Whose move it is: 学校 or 县 …"""
    next_step: Mapped[str] = mapped_column(String(120))
    next_step_due: Mapped[date | None]
    closed_on: Mapped[date | None]
    """The day it was received, or a final reason accepted."""
    raised_to: Mapped[UnitLevel | None] = mapped_column(Code(UnitLevel))
    """上报: the level above its owner where it waits, until something is done about it (N2-1)."""
    raised_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    person: Mapped[bytes | None]
    """Digests of number and name: whoever is enrolled twice is aided once."""
    settlement_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement.id"), index=True)
    """What a person settled, where the row rests on nothing else."""
    retracted: Mapped[bool] = mapped_column(default=False)
    """Ended because what it rested on was taken back; a later match opens it again."""

    pupil: Mapped[Pupil] = relationship()
    school: Mapped[Unit] = relationship()
    settlement: Mapped[Settlement | None] = relationship()
    changes: Mapped[list["EntitlementChange"]] = relationship(order_by="EntitlementChange.number")


class EntitlementChange(Row):
    """One dated change with how the row stood afterwards; yesterday's ledger is read from these alone (N3-16)."""

    __tablename__ = "entitlement_change"
    __table_args__ = (
        Index("ix_entitlement_change_standing", "school_id", "term", "entitlement_id", "number"),
        Index("ix_entitlement_change_act_id", "act_id", postgresql_where=text("act_id IS NOT NULL")),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """The order of changes is the database's to say: two of one moment have theirs too."""
    entitlement_id: Mapped[UUID] = mapped_column(ForeignKey("entitlement.id"), index=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    policy: Mapped[str] = mapped_column(String(20))
    term: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    """``staff:<account>``, ``family`` or ``portal``."""
    act_id: Mapped[UUID | None]
    """One press of a button; what was done with it is undone with it."""
    state: Mapped[EntitlementState] = mapped_column(Code(EntitlementState))
    due_yuan: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    paid_yuan: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    reason: Mapped[str | None] = mapped_column(String(8))
    owner_level: Mapped[UnitLevel] = mapped_column(Code(UnitLevel))
    next_step: Mapped[str] = mapped_column(String(120))
    next_step_due: Mapped[date | None]
    closed_on: Mapped[date | None]
    raised_to: Mapped[UnitLevel | None] = mapped_column(Code(UnitLevel))
    raised_at: Mapped[datetime | None]
    what: Mapped[str] = mapped_column(String(200))
    """A sentence: 家长说收到了."""

    pupil: Mapped[Pupil | None] = relationship(viewonly=True)
    """Nobody where the child has gone to a school out of reach since."""
    school: Mapped[Unit] = relationship(viewonly=True)
