"""登录码的总量: what all families together are sent, so that a flood of requests costs neither money nor peace (§6.1).

A proof of work for every phone is not asked: it needs a script, which no page of ours may need, and a cheap phone pays
for it. The visitor never names where a code goes, so nobody earns by a flood; it is answered with fewer codes a number.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, CodeRequest
from portal.vocabulary import Labelled

HOUR, DAYS = timedelta(hours=1), 14
FEW = 100
"""Codes an hour that are no flood, whatever the days before were like."""
MANY, FLOOD = 3, 10
"""Times the most of the same hour on the days before."""
JUDGED, LEAST_USED = 200, 0.3
"""Of so many codes that have run out, the share that somebody wrote down."""


class Pace(Labelled):
    """How freely codes leave; it is judged anew for every batch, so within an hour of a stop some leave again."""

    USUAL = "usual", "照常"
    SLOWED = "slowed", "每个号码一小时一个"
    STOPPED = "stopped", "停发，一小时里发出的少下来再发"


def pace_of(session: Session, now: datetime) -> Pace:
    """The day of the slips is ten times any day of the holidays, but then the codes are used: that alone stops none."""
    sent, most_before = _sent(session, now)
    hardly_used = _hardly_used(session, now)
    if sent > FEW and sent > FLOOD * most_before and hardly_used:
        return Pace.STOPPED
    if hardly_used or (sent > FEW and sent > MANY * most_before):
        return Pace.SLOWED
    return Pace.USUAL


def _sent(session: Session, now: datetime) -> tuple[int, int]:
    """Within the last hour, and on the busiest of the days before within the same hour of the day."""
    ends = [now - timedelta(days=day) for day in range(DAYS + 1)]
    counts = [
        select(func.count())
        .where(AuditEntry.action == "code_sent", AuditEntry.at > end - HOUR, AuditEntry.at <= end)
        .scalar_subquery()
        for end in ends
    ]
    lately, *before = session.execute(select(*counts)).one()
    return lately, max(before)


def _hardly_used(session: Session, now: datetime) -> bool:
    over = (
        select(CodeRequest.used_at)
        .where(CodeRequest.code_digest.is_not(None), CodeRequest.ends_at <= now)
        .order_by(CodeRequest.ends_at.desc())
        .limit(JUDGED)
    )
    used = session.scalars(over).all()
    return len(used) == JUDGED and sum(at is not None for at in used) < LEAST_USED * JUDGED
