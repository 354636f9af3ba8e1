"""发送状况 for operators: how long and how old the queue is, how fast it moves; figures only."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select, true
from sqlalchemy.orm import Session

from portal.models import GatewayHealth, JobSlot, Message, OutreachPause
from portal.outreach.excepted_days import let_through
from portal.outreach.pauses import any_stands, is_paused
from portal.outreach.quiet import next_allowed
from portal.outreach.signature_filings import is_unfiled
from portal.suppliers import LABELS
from portal.vocabulary import Channel, MessageState, Operator

RATE_OVER = timedelta(minutes=15)
PLANNED_WITHIN = timedelta(days=7)
"""What was planned before has left or been given up: it is not gone through for the rates."""
WAITS_TOO_LONG = timedelta(minutes=15)
STANDS_AFTER = timedelta(minutes=5)
"""Some job has its turn each minute: a clock that took no slot for so long stands still."""


@dataclass(frozen=True)
class GatewaySeen:
    """The breaker in words; ``well`` when it is given messages."""

    name: str
    label: str
    well: bool
    words: str
    because: str


@dataclass(frozen=True)
class Operations:
    """``oldest_due_seconds`` is how late the first due message is; rates are messages a minute of the last 15."""

    at: datetime
    states: dict[MessageState, int]
    due: int
    """What could leave now; not what waits for somebody's word, nor for the morning."""
    paused: int
    unfiled: int
    """Due, and its signature is not known to every operator."""
    oldest_due_seconds: int
    oldest_unknown_seconds: int
    planned_a_minute: float
    sent_a_minute: float
    delivered_a_minute: float
    pauses: int
    gateways: tuple[GatewaySeen, ...]
    last_tick: datetime | None
    """When a clock last took a slot."""

    @property
    def late(self) -> bool:
        return self.oldest_due_seconds > WAITS_TOO_LONG.total_seconds()

    @property
    def clock_stands(self) -> bool:
        return self.last_tick is None or self.at - self.last_tick > STANDS_AFTER


def operations(session: Session, now: datetime, operators: Collection[Operator] = ()) -> Operations:
    """The session must reach every message; ``operators`` carry those that go by SMS."""
    since, minutes = now - RATE_OVER, RATE_OVER / timedelta(minutes=1)
    counts = dict(iter(session.execute(select(Message.state, func.count()).group_by(Message.state))))
    lately = session.execute(
        select(
            func.count().filter(Message.planned_at >= since),
            func.count().filter(Message.sent_at >= since),
            func.count().filter(Message.settled_at >= since, Message.state == MessageState.DELIVERED),
        ).where(Message.planned_at >= now - PLANNED_WITHIN)
    ).one()
    due, paused, unfiled, oldest_due = _due(session, now, operators)
    oldest_unknown = session.scalar(select(func.min(Message.sent_at)).where(Message.state == MessageState.UNKNOWN))
    return Operations(
        at=now,
        states={state: counts.get(state, 0) for state in MessageState},
        due=due,
        paused=paused,
        unfiled=unfiled,
        oldest_due_seconds=_age(oldest_due, now),
        oldest_unknown_seconds=_age(oldest_unknown, now),
        planned_a_minute=lately[0] / minutes,
        sent_a_minute=lately[1] / minutes,
        delivered_a_minute=lately[2] / minutes,
        pauses=session.scalar(select(func.count()).where(OutreachPause.lifted_at.is_(None))) or 0,
        gateways=tuple(
            _seen(row, now) for row in session.scalars(select(GatewayHealth).order_by(GatewayHealth.gateway))
        ),
        last_tick=session.scalar(select(func.max(JobSlot.taken_at))),
    )


def _due(session: Session, now: datetime, operators: Collection[Operator]) -> tuple[int, int, int, datetime | None]:
    """How many could leave, are paused, wait for a filing; and since when the first of the former could."""
    may_leave = true() if next_allowed(now) == now else Message.campaign_id.in_(let_through(session, now))
    counts = (
        func.count().label("many"),
        func.count().filter(may_leave).label("leaving"),
        func.min(Message.due_at).filter(may_leave).label("first"),
    )
    queued = (
        select(Message.school_id, Message.channel, *counts)
        .where(Message.state == MessageState.QUEUED, Message.due_at <= now)
        .group_by(Message.school_id, Message.channel)
        .cte("queued")
    )
    paused = is_paused(queued.c.school_id) if any_stands(session) else false()
    by_sms = queued.c.channel == Channel.SMS
    unfiled = by_sms & is_unfiled(session, operators, queued.c.school_id) if operators else false()
    leaves = ~or_(paused, unfiled)
    row = session.execute(
        select(
            func.sum(queued.c.leaving).filter(leaves),
            *(func.sum(queued.c.many).filter(which) for which in (paused, unfiled & ~paused)),
            func.min(queued.c.first).filter(leaves),
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0), row[3]


def _seen(row: GatewayHealth, now: datetime) -> GatewaySeen:
    shut = row.shut_until is not None and row.shut_until > now
    words = "停用，等人处理" if row.stopped else "暂时不发，过一会再试" if shut else "送达慢" if row.slow else "正常"
    return GatewaySeen(
        row.gateway, LABELS.get(row.gateway, row.gateway), not (row.stopped or shut), words, row.because or ""
    )


def as_metrics(seen: Operations) -> str:
    """The text format that Prometheus reads."""
    return "".join(f"{line}\n" for line in _lines(seen))


def _lines(seen: Operations) -> Iterator[str]:
    yield "# TYPE portal_messages gauge"
    yield from (f'portal_messages{{state="{state.value}"}} {count}' for state, count in seen.states.items())
    yield "# TYPE portal_gateway_well gauge"
    yield from (f'portal_gateway_well{{gateway="{one.name}"}} {int(one.well)}' for one in seen.gateways)
    gauges = {
        "portal_messages_due": seen.due,
        "portal_messages_paused": seen.paused,
        "portal_messages_unfiled": seen.unfiled,
        "portal_oldest_due_seconds": seen.oldest_due_seconds,
        "portal_oldest_unknown_seconds": seen.oldest_unknown_seconds,
        "portal_planned_a_minute": seen.planned_a_minute,
        "portal_sent_a_minute": seen.sent_a_minute,
        "portal_delivered_a_minute": seen.delivered_a_minute,
        "portal_pauses": seen.pauses,
        "portal_seconds_since_tick": _age(seen.last_tick, seen.at) if seen.last_tick else -1,
    }
    for name, value in gauges.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {value:g}"


def _age(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0
