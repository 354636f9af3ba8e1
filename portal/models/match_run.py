"""信息比对: one run over the pupils of a unit in a term, and the pairs it left."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Computed, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Code, Row
from portal.models.pupil import Pupil
from portal.models.register_entry import RegisterEntry
from portal.models.sealed import Sealed
from portal.models.settlement import Settlement
from portal.vocabulary import Answer, Basis, Decision


class MatchRun(Row):
    __tablename__ = "match_run"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    began_at: Mapped[datetime]
    stands_since: Mapped[datetime | None]
    """When its list took the place of the last one's, whole; the rows of the ledger follow part by part."""
    finished_at: Mapped[datetime | None]
    by_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """pupils, certain, possible, household, unmatched."""
    registers: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """Which there were when it began: pairs with a later one are not its to take away."""
    unread: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    """Whom it could not compare, by row, because a sealed value does not open; what stood of them goes on standing."""
    given_up_at: Mapped[datetime | None]
    """Nobody goes on with it: it failed, or what it would say is out of date. What stands by then goes on standing."""


class MatchPart(Row):
    """Some pupils of a run that is under way; whoever holds the row's lock works on them, and a dead one holds none.

    It ends with their rows in the ledger.
    """

    __tablename__ = "match_part"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"), index=True)
    place: Mapped[int]
    pupil_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    done_at: Mapped[datetime | None]


class MatchFinding(Row):
    """What will be a pair, under this very id, once the run is whole; sealed as that pair's values are."""

    __tablename__ = "match_finding"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    register_entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entry.id", ondelete="CASCADE"), index=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"))
    decision: Mapped[Decision] = mapped_column(Code(Decision))
    basis: Mapped[Basis] = mapped_column(Code(Basis))
    rule: Mapped[str] = mapped_column(String(40))
    because_sealed: Mapped[bytes]
    category_sealed: Mapped[bytes]
    register_sealed: Mapped[bytes]
    stands_as: Mapped[UUID | None]
    """The pair that said the same when this was found; while it stands, there is nothing to put in its place."""

    __table_args__ = (Index("ix_match_finding_run_id", "run_id", "pupil_id"),)


OUTCOME = "CASE settled_as WHEN 'same' THEN 'certain' WHEN 'not_same' THEN NULL ELSE decision END"
"""A person's answer goes before the rule's; NULL where somebody said no."""


class MatchPair(Row):
    """A pupil beside an entry of a register, with the rule and the evidence as of the day of the run."""

    __tablename__ = "match_pair"
    __table_args__ = (
        Index(
            "uq_match_pair_standing",
            "pupil_id",
            "register_entry_id",
            "term",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(
            "ix_match_pair_standing",
            "school_id",
            "term",
            "outcome",
            postgresql_include=["pupil_id", "decision", "settled_as", "basis", "rule", "register_entry_id"],
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(
            "ix_match_pair_asked",
            "term",
            "settlement_id",
            postgresql_where=text("superseded_at IS NULL AND settled_as = 'ask'"),
        ),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"), index=True)
    term: Mapped[str] = mapped_column(String(12))
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    register_entry_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("register_entry.id", ondelete="SET NULL"), index=True
    )
    """Empty once the register ended; what the pair says stays."""
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.id"), index=True)
    """The register it was found in."""
    decision: Mapped[Decision] = mapped_column(Code(Decision))
    basis: Mapped[Basis] = mapped_column(Code(Basis))
    rule: Mapped[str] = mapped_column(String(40))
    because_sealed: Mapped[bytes]
    because = Sealed()
    """The rule's sentence with what agreed and what differed."""
    category_sealed: Mapped[bytes]
    category = Sealed()
    """The category's code as the register gave it that day."""
    register_sealed: Mapped[bytes]
    register = Sealed()
    """Who delivered the list, and its batch (N2-2); sealed, for a bureau's name may tell the category."""
    found_on: Mapped[date]
    came_at: Mapped[datetime | None]
    """When its run's list took the place of the last one's; None where it came to the school with the child."""
    superseded_at: Mapped[datetime | None]
    """When a later run no longer made this pair."""
    settlement_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement.id"))
    settled_as: Mapped[Answer | None] = mapped_column(Code(Answer))
    """What a person said of it; goes before ``decision``."""
    outcome: Mapped[Decision | None] = mapped_column(Code(Decision), Computed(OUTCOME, persisted=True))
    """The decision that holds; None where somebody said no. A column, so that PostgreSQL knows how many are sure."""

    settlement: Mapped[Settlement | None] = relationship()
    run: Mapped[MatchRun] = relationship()
    pupil: Mapped[Pupil] = relationship()
    entry: Mapped[RegisterEntry | None] = relationship()
