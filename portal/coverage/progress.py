"""How a row goes on: confirmed, told, paid, received; backwards only when the family says no money came."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.actors import actor_words
from portal.clock import local
from portal.coverage.steps import (
    APPROVED,
    MATCHED,
    MISSING,
    MONEY_TRACED,
    NOT_RECEIVED,
    NOT_THERE,
    PAID,
    PAID_SHORT,
    REACHED,
    SAID_LEFT,
    SAID_NEVER_AGREED,
    SAID_NOT_NEEDED,
    VERIFIED,
    Step,
    close,
    is_moving,
    take_step,
)
from portal.coverage.words import yuan_words
from portal.database import lock
from portal.enrolment import waivers
from portal.models import ContactRecord, Entitlement, Pupil
from portal.vocabulary import Channel, EntitlementState

WAIVED = "R08"
ANSWERED = {SAID_LEFT.words: "改口", SAID_NOT_NEEDED.words: "改口", NOT_THERE.words: "确认"}
"""What a twofold yes settles, and how it is told: said otherwise before, or asked anew."""
RANK = {state: rank for rank, state in enumerate(EntitlementState)}


class NotPaidYet(ValueError):
    """收到了 or 没收到 was said of money that no file says was paid."""


def note_answered(
    session: Session, pupil_id: UUID, term: str, in_school: bool, wants_aid: bool, by: str, now: datetime
) -> None:
    """Two times yes: verified and reached, in one go. A no becomes the school's to look into, and closes nothing
    before 自愿放弃 was said twice; a yes opens again what that had closed.
    """
    who = actor_words(session, by)
    if in_school and wants_aid:
        for row in waived_rows_of(session, pupil_id, term):
            take_step(session, row, row.state, by, now, f"{who}改口：需要资助")
    waived = waivers.is_final(waivers.standing_waiver(session, pupil_id, term))
    for row in open_rows_of(session, pupil_id, term):
        if in_school and wants_aid:
            _forward(session, row, VERIFIED, by, now, f"{who}确认：在校，需要资助")
            _forward(session, row, REACHED, by, now, f"{who}已知晓")
            if row.next_step in ANSWERED:
                take_step(session, row, row.state, by, now, f"{who}{ANSWERED[row.next_step]}：在校，需要资助")
        elif RANK[row.state] >= RANK[PAID]:
            continue
        elif in_school and waived:
            close(session, row, row.state, WAIVED, by, now, f"{who}第二次说不需要：自愿放弃")
        else:
            step = SAID_NOT_NEEDED if in_school else SAID_LEFT
            said = "暂时不需要资助" if in_school else "孩子不在这所学校"
            _turn(session, row, step, by, now, f"{who}说：{said}")


def note_denied(session: Session, pupil_id: UUID, term: str, by: str, now: datetime) -> None:
    """我没同意: what rested on a recorded answer is open again, and the unit above the school looks into it (J6)."""
    for row in (*open_rows_of(session, pupil_id, term), *waived_rows_of(session, pupil_id, term)):
        if RANK[row.state] < RANK[PAID]:
            take_step(session, row, MATCHED, by, now, "家长说没有同意过，重新打开", SAID_NEVER_AGREED)


def note_verified(session: Session, pupil_id: UUID, term: str, by: str, now: datetime) -> None:
    """The school itself knows the child is there."""
    for row in open_rows_of(session, pupil_id, term):
        what = f"{actor_words(session, by)}核实：在校"
        _forward(session, row, VERIFIED, by, now, what)
        if row.next_step == NOT_THERE.words:
            take_step(session, row, row.state, by, now, what)


def note_reached(session: Session, pupil_id: UUID, term: str, by: str, now: datetime, what: str) -> None:
    """A reply, a visit or a spoken contact; a row that nobody verified yet stays where it is."""
    for row in open_rows_of(session, pupil_id, term):
        if RANK[row.state] >= RANK[VERIFIED]:
            _forward(session, row, REACHED, by, now, what)


def note_unreached(session: Session, pupil_id: UUID, term: str, by: str, now: datetime, what: str) -> None:
    """Whoever seemed to have been reached was somebody else; what went further stays where it is."""
    for row in open_rows_of(session, pupil_id, term):
        if row.state is REACHED:
            take_step(session, row, VERIFIED, by, now, what)


def note_visit(session: Session, pupil: Pupil, term: str, now: datetime) -> None:
    """The family signed in: proof that it was reached (G4), kept once a day."""
    latest = session.scalars(
        select(ContactRecord.at)
        .where(ContactRecord.pupil_id == pupil.id, ContactRecord.channel == Channel.PORTAL)
        .order_by(ContactRecord.at.desc())
    ).first()
    if latest is None or local(latest).date() < local(now).date():
        session.add(
            ContactRecord(
                pupil_id=pupil.id,
                school_id=pupil.school_id,
                at=now,
                channel=Channel.PORTAL,
                by="family",
                reached=True,
                outcome="家长登录查看",
            )
        )
    note_reached(session, pupil.id, term, "family", now, "家长登录查看")


def note_paid(session: Session, row: Entitlement, paid: Decimal, by: str, now: datetime) -> None:
    """``paid`` is the sum of all awards of the row; the same sum again changes nothing, whatever was said since."""
    lock(session, row)
    if paid == row.paid_yuan:
        return
    row.paid_yuan = paid
    what = f"受助名单：已发放{yuan_words(paid)}元"
    if row.state is EntitlementState.RECEIVED:
        close(session, row, row.state, None, by, now, what)
    elif row.due_yuan is not None and paid < row.due_yuan:
        take_step(session, row, PAID, by, now, f"{what}，应发{yuan_words(row.due_yuan)}元", PAID_SHORT)
    else:
        take_step(session, row, PAID, by, now, what)


def note_received(session: Session, row: Entitlement, by: str, now: datetime, act: UUID | None = None) -> None:
    """收到了 ends the row, unless less came than is due; said twice it is said once."""
    lock(session, row)
    if row.state is EntitlementState.RECEIVED:
        return
    if row.state is not PAID and not is_missing(row):
        raise NotPaidYet("这笔钱还没有发放记录，发放后再告诉我们收到没有")
    what = f"{_heard(session, by)}收到了"
    if row.due_yuan is not None and row.paid_yuan < row.due_yuan:
        if row.next_step != PAID_SHORT.words:
            lacking = yuan_words(row.due_yuan - row.paid_yuan)
            short = f"{what}{yuan_words(row.paid_yuan)}元，还差{lacking}元"
            take_step(session, row, PAID, by, now, short, PAID_SHORT, act=act)
    else:
        close(session, row, EntitlementState.RECEIVED, None, by, now, what, act)
    audit.record(
        session, by, "received", unit_id=row.school_id, pupil_id=row.pupil_id, policy=row.policy, term=row.term
    )


def note_not_received(session: Session, row: Entitlement, by: str, now: datetime, act: UUID | None = None) -> None:
    """没收到 makes the row the county's, with two working days; also after a 收到了 that was a slip."""
    lock(session, row)
    if is_missing(row):
        return
    if row.state not in (PAID, EntitlementState.RECEIVED):
        raise NotPaidYet("这笔钱还没有发放记录，到了时间没收到请打学校电话")
    take_step(session, row, APPROVED, by, now, f"{_heard(session, by)}没收到", NOT_RECEIVED, act=act)
    audit.record(
        session, by, "not_received", unit_id=row.school_id, pupil_id=row.pupil_id, policy=row.policy, term=row.term
    )


class Stands(Protocol):
    """What tells how a row of the ledger stands."""

    @property
    def state(self) -> EntitlementState: ...
    @property
    def next_step(self) -> str: ...


def is_missing(row: Stands) -> bool:
    """The family said the money did not come, and nothing came since."""
    return row.state is APPROVED and row.next_step in MISSING


def is_traced(row: Stands) -> bool:
    """Somebody above the school answered the family that the money did not reach, and looks for it."""
    return row.state is APPROVED and row.next_step == MONEY_TRACED.words


def open_rows_of(session: Session, pupil_id: UUID, term: str) -> list[Entitlement]:
    """Locked until the commit, so that two phones take turns."""
    statement = (
        select(Entitlement)
        .where(Entitlement.pupil_id == pupil_id, Entitlement.term == term, Entitlement.closed_on.is_(None))
        .order_by(Entitlement.policy)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def waived_rows_of(session: Session, pupil_id: UUID, term: str) -> list[Entitlement]:
    """Rows that ended by 自愿放弃, locked until the commit."""
    statement = (
        select(Entitlement)
        .where(Entitlement.pupil_id == pupil_id, Entitlement.term == term, Entitlement.reason == WAIVED)
        .where(Entitlement.closed_on.is_not(None))
        .with_for_update(of=Entitlement)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _forward(session: Session, row: Entitlement, state: EntitlementState, by: str, now: datetime, what: str) -> None:
    if RANK[row.state] < RANK[state]:
        take_step(session, row, state, by, now, what)


def _turn(session: Session, row: Entitlement, step: Step, by: str, now: datetime, what: str) -> None:
    """Another next step in the same state; a row on its way to another school keeps the one it has."""
    if row.next_step != step.words and not is_moving(row):
        take_step(session, row, row.state, by, now, what, step)


def _heard(session: Session, by: str) -> str:
    """家长说, or to whom it said so: somebody who asked may end a row in its name (G1)."""
    return "家长说" if by == "family" else f"家长对{actor_words(session, by)}说"
