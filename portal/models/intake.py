"""A file that came in: roster, register or awards, with what was wrong in it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.sealed import Sealed
from portal.models.unit import Unit
from portal.vocabulary import IntakeKind, IntakeState, RegisterPurpose

ENDED = (IntakeState.REPLACED, IntakeState.WITHDRAWN, IntakeState.EXPIRED)
"""A register that holds no longer: its entries are gone, its receipt stays."""


class Intake(Row):
    """The same file for a unit and term is kept once, until it ends; its bytes stay, sealed, until they were read."""

    __tablename__ = "intake"
    __table_args__ = (
        Index(
            "uq_intake_standing",
            "kind",
            "unit_id",
            "occasion",
            "category",
            "digest",
            unique=True,
            postgresql_where=text("state NOT IN ('replaced', 'withdrawn', 'expired')"),
        ),
    )

    kind: Mapped[IntakeKind] = mapped_column(Code(IntakeKind))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    occasion: Mapped[str] = mapped_column(String(20))
    """The term of a roster or of awards, the batch (2026-08) of a register."""
    category: Mapped[str] = mapped_column(String(20), default="")
    """The hardship category named for a whole register file, or empty."""
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[bytes]
    """SHA-256 of the file."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The file, sealed, while it waits; emptied once it was read."""
    state: Mapped[IntakeState] = mapped_column(Code(IntakeState))
    refused_because_sealed: Mapped[bytes | None]
    refused_because = Sealed()
    """One sentence; sealed, because a file without headings has a child where they would be."""
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    """Rows gone through so far, for the progress shown."""
    kept: Mapped[int] = mapped_column(default=0)
    findings_sealed: Mapped[bytes | None]
    findings = Sealed()
    """JSON of repairs, problems and dropped columns; sealed, because it quotes the file."""
    as_of: Mapped[date | None]
    """The day the file speaks of (awards: 数据截至)."""
    by_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    arrived_at: Mapped[datetime]
    working_until: Mapped[datetime | None]
    """Whoever reads the file renews this; past it, another may take over."""
    finished_at: Mapped[datetime | None]
    purpose: Mapped[RegisterPurpose | None] = mapped_column(Code(RegisterPurpose))
    """What a register was delivered for."""
    expires_on: Mapped[date | None]
    """The day on which a register's entries are destroyed."""
    replaces: Mapped[bool] = mapped_column(default=False)
    """Whether a register takes the place of the unit's earlier ones of the same category and batch, or joins them."""
    ended_at: Mapped[datetime | None]
    """When it was replaced, withdrawn or destroyed."""

    unit: Mapped[Unit] = relationship(lazy="joined")
