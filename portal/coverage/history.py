"""经过: everything that happened about one child, as its family may read it, who looked included (PIPL 44, N5-7)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.coverage.steps import NOT_RECEIVED
from portal.enrolment.corrections import ABOUTS
from portal.models import (
    AuditEntry,
    ContactRecord,
    Correction,
    Entitlement,
    EntitlementChange,
    Move,
    Waiver,
)
from portal.policies.catalogue import Catalogue
from portal.vocabulary import Channel, EntitlementState, MoveEnd, MoveKind

STATES = {
    EntitlementState.MATCHED: "列入办理",
    EntitlementState.VERIFIED: "确认孩子在校、需要资助",
    EntitlementState.REACHED: "家里已经知道",
    EntitlementState.APPLIED: "已申请，学校审核",
    EntitlementState.APPROVED: "审核通过，等发放",
    EntitlementState.PAID: "记下发放",
    EntitlementState.RECEIVED: "您说收到了",
}
MOVED = {
    MoveKind.TRANSFER: "转学",
    MoveKind.SUSPENSION: "休学",
    MoveKind.DROP_OUT: "没有到校",
    MoveKind.GRADUATION: "毕业",
}
LOOKED = {
    "read": "工作人员查看了孩子的信息",
    "revealed": "工作人员查看了完整的号码",
    "script_read": "工作人员打开了给家里打电话用的稿子",
    "trail_printed": "工作人员打印了孩子的办理记录",
    "reach_printed": "工作人员打印了联系家里的记录",
    "copied": "您复制了孩子的信息",
}
"""What was done with one child's papers alone; lists and searches are in the officers' trail."""


@dataclass(frozen=True)
class Event:
    """``answer`` is what an officer wrote, to be shown as it is."""

    at: datetime
    words: str
    answer: str = ""


def history_of(session: Session, pupil_id: UUID, catalogue: Catalogue) -> tuple[Event, ...]:
    """Newest first."""
    events = [
        *_of_rows(session, pupil_id, catalogue),
        *_of_contacts(session, pupil_id),
        *_of_what_was_said(session, pupil_id),
        *_of_moves(session, pupil_id),
        *_of_looks(session, pupil_id),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _of_rows(session: Session, pupil_id: UUID, catalogue: Catalogue) -> Iterator[Event]:
    """One line a state; the officers' steps in between are theirs."""
    changes = session.execute(
        select(EntitlementChange, Entitlement.policy)
        .join(Entitlement, Entitlement.id == EntitlementChange.entitlement_id)
        .where(EntitlementChange.pupil_id == pupil_id)
        .order_by(EntitlementChange.number)
    )
    stood: dict[UUID, tuple[EntitlementState, str | None]] = {}
    for change, policy in changes:
        name, (state, step) = catalogue[policy].family_name, stood.get(change.entitlement_id, (None, None))
        if change.next_step == NOT_RECEIVED.words != step:
            yield Event(change.at, f"{name}：您说没收到，交资助中心去查")
        elif change.state is not state:
            yield Event(change.at, f"{name}：{STATES[change.state]}")
        stood[change.entitlement_id] = change.state, change.next_step


def _of_contacts(session: Session, pupil_id: UUID) -> Iterator[Event]:
    for contact in session.scalars(select(ContactRecord).where(ContactRecord.pupil_id == pupil_id)):
        if contact.channel is Channel.PORTAL:
            yield Event(contact.at, "家里登录查看")
        elif contact.by == "family":
            by_whom = "您回复了" if contact.reached else "学校查明，不是您回复的"
            yield Event(contact.at, f"{by_whom}{contact.channel.label}")
        else:
            ended = "联系到了家里" if contact.reached else "没有联系上家里"
            yield Event(contact.at, f"学校{contact.channel.label}：{ended}")


def _of_what_was_said(session: Session, pupil_id: UUID) -> Iterator[Event]:
    for said in session.scalars(select(Correction).where(Correction.pupil_id == pupil_id)):
        yield Event(said.said_at, f"您说：{ABOUTS[said.about].label}")
        if said.settled_at:
            answer = f"。答复：{said.answer}" if said.answer else ""
            yield Event(said.settled_at, f"已处理：{ABOUTS[said.about].label}", answer)
    for waiver in session.scalars(select(Waiver).where(Waiver.pupil_id == pupil_id)):
        if waiver.repeated_at:
            yield Event(waiver.repeated_at, "您第二次说不需要资助，本学期不再办理")
        if waiver.taken_back_at:
            yield Event(waiver.taken_back_at, "您改主意了：需要资助")


def _of_moves(session: Session, pupil_id: UUID) -> Iterator[Event]:
    """A death is not written here: the family knows."""
    for move in session.scalars(select(Move).where(Move.pupil_id == pupil_id, Move.kind != MoveKind.DEATH)):
        to = f"，转往{move.to_school.name}，等那边接收" if move.to_school else ""
        yield Event(move.recorded_at, f"学校登记：{MOVED[move.kind]}{to}")
        if move.ended_at and move.ended_as is MoveEnd.ACCEPTED and move.to_school:
            yield Event(move.ended_at, f"{move.to_school.name}已接收，资助转到这里接着办")
        elif move.ended_at and move.ended_as:
            yield Event(move.ended_at, f"{MOVED[move.kind]}：{move.ended_as.label}")


def _of_looks(session: Session, pupil_id: UUID) -> Iterator[Event]:
    """One line a day and kind, however often an officer came back to the page: the trail has each of them."""
    looks = select(AuditEntry.at, AuditEntry.action).where(
        AuditEntry.pupil_id == pupil_id, AuditEntry.action.in_(LOOKED)
    )
    by_day = defaultdict(list)
    for at, action in session.execute(looks):
        by_day[local(at).date(), action].append(at)
    for (_, action), times in by_day.items():
        often = f"，这一天{len(times)}次" if len(times) > 1 else ""
        yield Event(max(times), f"{LOOKED[action]}{often}")
