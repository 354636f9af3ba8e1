"""状态报告: kept as they came, and what they make of a message: forward by rank, never backwards."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import DeliveryReport, Message
from portal.outreach.gateways.protocol import Report
from portal.vocabulary import MessageState, Undelivered

RANK = {
    MessageState.SUPPRESSED: 9,  # decided before anything was sent: no report moves it
    MessageState.DELIVERED: 4,
    MessageState.FAILED: 3,  # a late success still counts
    MessageState.ACCEPTED: 2,
    MessageState.UNKNOWN: 1,
    MessageState.SENDING: 1,
    MessageState.CLAIMED: 1,  # was sent by an earlier try, if a report comes
    MessageState.QUEUED: 1,
}
FINAL = (MessageState.DELIVERED, MessageState.FAILED)
SKEW = timedelta(minutes=10)
"""How far a supplier's clock may be behind ours."""
REPORT_WITHIN = timedelta(hours=72)
NO_REPORT = "三天没有状态报告，当作没有送达"
SILENT = ("wecom",)
"""Suppliers that never report: what they have taken stays taken."""


def record(session: Session, gateway: str, report: Report, now: datetime) -> bool:
    """False for a message that there is not, or not for that number or so early; else it is welcome however it comes.

    A report that knows the supplier's id alone may come before that id: it waits for ``apply_waiting``.
    """
    message = _find(session, gateway, report)
    if message is None and (report.message_id is not None or report.vendor_id is None):
        return False
    if message is not None and not _fits(message, report):
        return False
    _keep(session, gateway, report, message, now)
    if message is not None:
        _move(message, report.state, report.code, report.why, now)
    session.flush()
    return True


def reported_early(session: Session, gateway: str, vendor_ids: Collection[str | None]) -> set[str | None]:
    """Of these ids of the supplier's, those that it reported on before we had heard them."""
    known = [vendor_id for vendor_id in vendor_ids if vendor_id]
    if not known:
        return set()
    waiting = select(DeliveryReport.vendor_id).where(
        DeliveryReport.gateway == gateway,
        DeliveryReport.vendor_id.in_(known),
        DeliveryReport.message_id.is_(None),
    )
    return set(session.scalars(waiting))


def apply_waiting(session: Session, message: Message, now: datetime) -> None:
    """What was reported by the supplier's id before we had heard that id ourselves."""
    waiting = select(DeliveryReport).where(
        DeliveryReport.gateway == message.gateway,
        DeliveryReport.vendor_id == message.vendor_id,
        DeliveryReport.message_id.is_(None),
    )
    for report in session.scalars(waiting):
        _move(message, report.state, report.code, report.why, now)


def time_out(session: Session, now: datetime) -> int:
    """What a supplier took and never reported on is nobody's success: it goes to a person like a failure."""
    silent = (
        update(Message)
        .where(
            Message.state == MessageState.ACCEPTED,
            Message.sent_at < now - REPORT_WITHIN,
            Message.gateway.not_in(SILENT),
        )
        .values(state=MessageState.FAILED, because=NO_REPORT, settled_at=now)
        .returning(Message.id)
    )
    return len(session.scalars(silent).all())


def _find(session: Session, gateway: str, report: Report) -> Message | None:
    """By our id, or else by the supplier's."""
    if report.message_id is not None:
        mine = Message.id == report.message_id
    else:
        mine = (Message.vendor_id == report.vendor_id) & (Message.gateway == gateway)
    statement = select(Message).where(mine).with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": True}).first()


def _fits(message: Message, report: Report) -> bool:
    """A report that nobody signed must name the number it was sent to, and no moment before it was sent."""
    if report.phone is not None and report.phone != message.to:
        return False
    return report.at is None or message.sent_at is None or report.at >= message.sent_at - SKEW


def _keep(session: Session, gateway: str, report: Report, message: Message | None, now: datetime) -> None:
    kept = insert(DeliveryReport).values(
        id=uuid4(),
        gateway=gateway,
        message_id=message.id if message else None,
        vendor_id=report.vendor_id,
        state=report.state,
        code=report.code,
        why=report.why,
        arrived_at=now,
        times=1,
    )
    again = {"times": DeliveryReport.times + 1}
    if message is not None:
        kept = kept.on_conflict_do_update(index_elements=["gateway", "message_id", "code"], set_=again)
    else:
        kept = kept.on_conflict_do_update(
            index_elements=["gateway", "vendor_id", "code"], index_where=DeliveryReport.message_id.is_(None), set_=again
        )
    session.execute(kept)


def _move(message: Message, state: MessageState, code: str, why: Undelivered | None, now: datetime) -> None:
    if not message.attempts or RANK[state] <= RANK[message.state]:
        return
    message.state = state
    message.because = f"{(why or Undelivered.UNSAID).label}（{code}）" if state is MessageState.FAILED else None
    message.claimed_by = message.lease_until = None
    message.sent_at = message.sent_at or now
    if state in FINAL:
        message.settled_at = now
