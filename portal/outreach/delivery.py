"""状态报告: kept as they came, and what they make of a message: forward by rank, never backwards."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import DeliveryReport, Message
from portal.outreach.gateways.protocol import Report
from portal.vocabulary import MessageState

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


def record(session: Session, gateway: str, report: Report, now: datetime) -> bool:
    """False for a message that there is not; early, late, double and out of order are all welcome."""
    statement = select(Message).where(Message.id == report.message_id).with_for_update()
    message = session.scalars(statement, execution_options={"populate_existing": True}).first()
    if message is None:
        return False
    kept = insert(DeliveryReport).values(
        id=uuid4(),
        gateway=gateway,
        message_id=message.id,
        state=report.state,
        code=report.code,
        arrived_at=now,
        times=1,
    )
    again = {"times": DeliveryReport.times + 1}
    session.execute(kept.on_conflict_do_update(index_elements=["gateway", "message_id", "code"], set_=again))
    if message.attempts and RANK[report.state] > RANK[message.state]:
        _move(message, report, now)
    session.flush()
    return True


def _move(message: Message, report: Report, now: datetime) -> None:
    message.state = report.state
    message.because = f"运营商报告未送达（{report.code}）" if report.state is MessageState.FAILED else None
    message.claimed_by = message.lease_until = None
    message.sent_at = message.sent_at or now
    if report.state in FINAL:
        message.settled_at = now
