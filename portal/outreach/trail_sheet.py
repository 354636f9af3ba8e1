"""尽责记录: of one pupil, who was told what and when, who did what, and whose move it is now (N5-7, G19).

It clears the diligent as much as it shows the idle: every line is of a trail that no role can rewrite.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.actors import actor_words
from portal.clock import SchoolTerm
from portal.coverage.reasons import label_of
from portal.coverage.words import class_words, day_words, yuan_words
from portal.models import EnrolmentRecord, Entitlement, EntitlementChange, Pupil
from portal.outreach.reach import traces
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name


@dataclass(frozen=True)
class Standing:
    """A ledger row as it is now: what is due, what is lacking, and who has to do what by when."""

    policy: str
    yuan: str
    state: str
    reason: str
    move: str


@dataclass(frozen=True)
class Deed:
    """What somebody did or was told; ``then`` is what came of it, or what had to be done next and by when."""

    at: datetime
    who: str
    what: str
    then: str


@dataclass(frozen=True)
class TrailSheet:
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    told_at: datetime | None
    """The first time somebody of the family was reached."""
    standing: tuple[Standing, ...]
    deeds: tuple[Deed, ...]


def trail_sheet(
    session: Session, pupil: Pupil, term: SchoolTerm, catalogue: Catalogue, by: str, source: str
) -> TrailSheet:
    """The scope was looked at before; that it was printed is recorded."""
    audit.record(
        session, by, "trail_printed", unit_id=pupil.school_id, pupil_id=pupil.id, source=source, term=term.code
    )
    record = session.scalars(
        select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id, EnrolmentRecord.term == term.code)
    ).first()
    rows = session.scalars(
        select(Entitlement).where(Entitlement.pupil_id == pupil.id, Entitlement.term == term.code)
        .order_by(Entitlement.policy)
    )  # fmt: skip
    outreach = traces(session, pupil.id, term)
    told = [Deed(trace.at, trace.who, trace.what, trace.came_of_it) for trace in outreach]
    deeds = [*told, *_of_rows(session, pupil.id, term)]
    return TrailSheet(
        pupil.id, mask_name(pupil.name or ""), pupil.school.name,
        class_words(record.grade, record.class_name) if record else "",
        min((trace.at for trace in outreach if trace.reached), default=None),
        tuple(_standing(row, catalogue) for row in rows),
        tuple(sorted(deeds, key=lambda deed: deed.at)),
    )  # fmt: skip


def _standing(row: Entitlement, catalogue: Catalogue) -> Standing:
    due = "减免" if row.due_yuan is None else f"应发 {yuan_words(row.due_yuan)} 元，已发 {yuan_words(row.paid_yuan)} 元"
    if row.closed_on is not None:
        move = f"{row.closed_on} 已结束"
    else:
        until = f"，{row.next_step_due} 前" if row.next_step_due else ""
        move = f"{row.owner_level.label}：{row.next_step}{until}"
    return Standing(catalogue[row.policy].name, due, row.state.label, label_of(row.reason), move)


def _of_rows(session: Session, pupil_id: UUID, term: SchoolTerm) -> Iterable[Deed]:
    """What befell several rows in one moment by one hand is one deed."""
    changes = session.scalars(
        select(EntitlementChange)
        .where(EntitlementChange.pupil_id == pupil_id, EntitlementChange.term == term.code)
        .order_by(EntitlementChange.at, EntitlementChange.number)
    )
    for (at, by, what), same in groupby(changes, key=lambda change: (change.at, change.by, change.what)):
        steps = {_then(change): None for change in same}
        yield Deed(at, actor_words(session, by), what, "；".join(steps))


def _then(change: EntitlementChange) -> str:
    if change.closed_on is not None or not change.next_step:
        return f"{change.state.label}，结束" + (f"（{label_of(change.reason)}）" if change.reason else "")
    due = f"，{day_words(change.next_step_due)}前" if change.next_step_due else ""
    return f"{change.owner_level.label}下一步：{change.next_step}{due}"
