"""一次办理: one press of a button on many rows: what fits is done, and taken back while nothing came after it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import NotInScope, Scope
from portal.coverage import reasons
from portal.coverage.acts import Act, Doing
from portal.coverage.steps import restore
from portal.database import lock
from portal.models import Entitlement, EntitlementChange, StaffMember
from portal.privacy.masking import mask_name, one_line

AT_ONCE = 200
"""How many rows one press of a button may move."""


class ActRefused(ValueError):
    """One sentence: why nothing was done, and what to do instead."""


@dataclass(frozen=True)
class Done:
    """``left`` are chosen rows that it does not fit and that stayed as they were."""

    id: UUID
    rows: int
    left: int


def do(session: Session, scope: Scope, act: Act, ids: Collection[UUID], doing: Doing) -> Done:
    """Raise ActRefused, or ReasonRefused, with everything as it was; NotInScope when a row is not theirs."""
    rows = _locked(session, scope, ids)
    if not rows:
        raise ActRefused("请先在左边勾选要办的台账")
    if len(rows) > AT_ONCE:
        raise ActRefused(f"一次最多办{AT_ONCE}条，请分几次办")
    if reasons.asks_for_proof(doing.words):
        raise ActRefused(f"不能写要证明材料的话（{reasons.CLAUSE}），请改一下说明")
    may = set(session.scalars(select(Entitlement.id).where(Entitlement.id.in_(ids), act.fits(doing.level))))
    if doing.level not in act.levels or not may:
        raise ActRefused(act.unfit)
    for row in rows:
        if row.id in may:
            act.do(doing, row)
            audit.record(
                session, doing.actor, "row_moved", unit_id=row.school_id, pupil_id=row.pupil_id,
                act=act.code, policy=row.policy, term=row.term,
            )  # fmt: skip
    session.flush()
    return Done(doing.id, len(may), len(rows) - len(may))


def _locked(session: Session, scope: Scope, ids: Collection[UUID]) -> list[Entitlement]:
    chosen = scope.narrow(select(Entitlement).where(Entitlement.id.in_(ids)), Entitlement.school_id)
    rows = list(session.scalars(chosen.order_by(Entitlement.id).with_for_update(of=Entitlement)))
    if len(rows) != len(set(ids)):
        raise NotInScope
    return rows


def a_press(
    session: Session, staff: StaffMember, now: datetime, words: str = "", reason: str = "", due: date | None = None
) -> Doing:
    """Numbers in the words are struck out."""
    return Doing(session, staff, now, uuid4(), one_line(words)[: reasons.LONGEST], reason, due)


@dataclass(frozen=True)
class WasDone:
    """One press of a button as it is told afterwards; ``rows`` of it stand, the others moved on or were taken back."""

    id: UUID
    what: str
    rows: int
    masked_names: tuple[str, ...]


def was_done(session: Session, scope: Scope, act_id: UUID) -> WasDone | None:
    """None for what is nobody's, not theirs, or taken back already."""
    standing = _standing(session, scope, act_id)
    if not standing:
        return None
    names = dict.fromkeys(mask_name((change.pupil and change.pupil.name) or "") for change in standing)
    return WasDone(act_id, standing[0].what, len(standing), tuple(names)[:3])


def undo(session: Session, scope: Scope, act_id: UUID, staff: StaffMember, now: datetime) -> int:
    """How many rows stand again as before; those that moved on since stay as they are. Raise ActRefused for none."""
    standing, of_act = _standing(session, scope, act_id), EntitlementChange.act_id == act_id
    if (
        session.scalar(scope.narrow(select(EntitlementChange.id).where(of_act).limit(1), EntitlementChange.school_id))
        is None
    ):
        raise NotInScope
    if not standing:
        raise ActRefused("这一次办理已经撤销过，或者台账后来又有变化，不能撤销")
    if not _by_the_same_office(session, standing[0], staff):
        raise ActRefused("这是另一个单位办的，请由办理的单位撤销")
    for change in standing:
        row = session.get_one(Entitlement, change.entitlement_id)
        lock(session, row)
        before = session.scalars(
            select(EntitlementChange)
            .where(EntitlementChange.entitlement_id == row.id, EntitlementChange.number < change.number)
            .order_by(EntitlementChange.number.desc())
        ).first()
        if before is None:
            raise ActRefused("这一行以前怎样没有记录，不能撤销")
        restore(session, row, before, staff.actor, now, f"撤销：{change.what}")
        audit.record(
            session, staff.actor, "row_restored",
            unit_id=row.school_id, pupil_id=row.pupil_id, policy=row.policy, term=row.term,
        )  # fmt: skip
    session.flush()
    return len(standing)


def _standing(session: Session, scope: Scope, act_id: UUID) -> list[EntitlementChange]:
    """The changes of a press that are still the last of their rows."""
    later = EntitlementChange.__table__.alias("later")
    moved_on = select(later.c.id).where(
        later.c.entitlement_id == EntitlementChange.entitlement_id, later.c.number > EntitlementChange.number
    )
    of_act = select(EntitlementChange).where(EntitlementChange.act_id == act_id, ~moved_on.exists())
    return list(session.scalars(scope.narrow(of_act, EntitlementChange.school_id).order_by(EntitlementChange.number)))


def _by_the_same_office(session: Session, change: EntitlementChange, staff: StaffMember) -> bool:
    account = change.by.removeprefix("staff:")
    by = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    return by is not None and by.unit_id == staff.unit_id
