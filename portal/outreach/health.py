"""网关状况: which gateway takes the next messages, how many, and when it is left alone (熔断), for all dispatchers.

What waits in the queue is proved not sent, so whichever supplier comes next may take it: that is all of failover.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.models import GatewayHealth, GatewayTrouble, Message
from portal.outreach.gateways.protocol import Gateway, Handed, Outcome
from portal.vocabulary import Channel, MessageState

MOST_IN_A_ROW = 10
MOST_IN_WINDOW, WINDOW = 50, timedelta(seconds=60)
SHUT = timedelta(seconds=30)
STOPPED = timedelta(hours=1)
"""After a code that a person must mend; then one message finds out whether that was done."""
LONGEST_BURST = timedelta(seconds=1)
"""No more than this long's messages leave in one go, even when none left for hours."""
SLOW_AFTER, LOOK_BACK = timedelta(minutes=5), timedelta(minutes=20)
SLOW_SHARE, FEW = 0.15, 20
LATELY = timedelta(days=7)
SET_BACK = timedelta(minutes=1)
"""A rate used up for longer than this was used up by a clock that was set back since: it no longer counts."""

TROUBLE = (Handed.RETRY, Handed.UNKNOWN)


@dataclass(frozen=True)
class Turn:
    """``most`` is one for a gateway that must first show that it works again, none for one whose rate is used up."""

    gateway: Gateway
    most: int
    trial: bool


def choose(session: Session, gateways: Sequence[Gateway], channel: Channel, now: datetime, most: int) -> Turn | None:
    """The first that is neither shut nor slow, held until ``take``; None when all are left alone."""
    able = [gateway for gateway in gateways if channel in gateway.channels]
    rows = {gateway.name: _held(session, gateway.name, now) for gateway in able}
    for gateway in sorted(able, key=lambda gateway: rows[gateway.name].slow):
        row = rows[gateway.name]
        if row.shut_until is not None:
            if not now < row.shut_until <= now + STOPPED:
                return Turn(gateway, 1, trial=True)
            continue
        free = now + LONGEST_BURST - _used_up_until(row, now)
        count = min(most, int(free.total_seconds() * gateway.limits.per_second))
        return Turn(gateway, max(count, 0), trial=False)
    return None


def take(session: Session, turn: Turn, count: int, now: datetime) -> None:
    """So many were claimed for it: its rate is charged, and nobody else tries it while one message finds out."""
    row = session.get_one(GatewayHealth, turn.gateway.name)
    row.next_at = _used_up_until(row, now) + timedelta(seconds=count / turn.gateway.limits.per_second)
    if turn.trial:
        row.shut_until = now + SHUT


def _used_up_until(row: GatewayHealth, now: datetime) -> datetime:
    return row.next_at if row.next_at and now < row.next_at <= now + SET_BACK else now


def heard(session: Session, gateway: str, outcomes: Iterable[Outcome], now: datetime) -> bool:
    """Count what it answered, in order; True when it must be left alone from now on."""
    shut = False
    for well, alike in groupby(outcomes, key=_is_well):
        if well:
            _works(session, gateway, now)
        else:
            for outcome in alike:
                shut |= _heard(session, gateway, outcome, now)
    return shut


def _is_well(outcome: Outcome) -> bool:
    return outcome.handed is Handed.ACCEPTED


def _heard(session: Session, gateway: str, outcome: Outcome, now: datetime) -> bool:
    _note(session, gateway, outcome, now)
    if outcome.handed is Handed.STOP:
        row = _held(session, gateway, now)
        row.stopped, row.shut_until, row.changed_at = True, now + STOPPED, now
        row.because = f"{outcome.sentence}（{outcome.code}）"[:120]
        return True
    if outcome.handed in TROUBLE and outcome.known:
        return _failed(_held(session, gateway, now), outcome, now)
    if outcome.handed is not Handed.KEPT_BACK and not outcome.code.startswith("before:"):
        _works(session, gateway, now)
    return False


def look(session: Session, now: datetime) -> None:
    """For the schedule: a gateway is slow when too much of what it took lately needs more than five minutes."""
    late = or_(Message.settled_at.is_(None), Message.settled_at - Message.sent_at > SLOW_AFTER)
    rows = session.execute(
        select(Message.gateway, func.count(), func.count().filter(late))
        .where(
            Message.sent_at >= now - LOOK_BACK,
            Message.sent_at < now - SLOW_AFTER,
            Message.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)),
        )
        .group_by(Message.gateway)
    ).all()
    slow = {gateway for gateway, sent, late in rows if sent >= FEW and late >= sent * SLOW_SHARE}
    session.execute(
        update(GatewayHealth)
        .where(GatewayHealth.slow != GatewayHealth.gateway.in_(slow))
        .values(slow=~GatewayHealth.slow, changed_at=now)
    )


def reopen(session: Session, gateway: str, by: str, now: datetime) -> None:
    """Somebody says that it is mended; its next message finds out."""
    row = _held(session, gateway, now)
    row.shut_until = now if row.shut_until else None
    row.stopped, row.changed_at = False, now
    audit.record(session, by, "gateway_reopened", gateway=gateway)


@dataclass(frozen=True)
class Shown:
    """One gateway in words; ``troubles`` are its codes of late, those first that we do not know."""

    gateway: str
    state: str
    because: str
    since: datetime
    troubles: tuple[GatewayTrouble, ...]


def overview(session: Session, now: datetime) -> tuple[Shown, ...]:
    """Every gateway of which anything is known."""
    found = []
    for row in session.scalars(select(GatewayHealth).order_by(GatewayHealth.gateway)):
        troubles = session.scalars(
            select(GatewayTrouble)
            .where(GatewayTrouble.gateway == row.gateway, GatewayTrouble.last_at > now - LATELY)
            .order_by(GatewayTrouble.known, GatewayTrouble.last_at.desc())
        )
        found.append(Shown(row.gateway, _state(row), row.because or "", row.changed_at, tuple(troubles)))
    return tuple(found)


def _state(row: GatewayHealth) -> str:
    if row.stopped:
        return "已停，要人处理"
    if row.shut_until is not None:
        return "暂停试探"
    return "偏慢" if row.slow else "正常"


def _held(session: Session, gateway: str, now: datetime) -> GatewayHealth:
    """Its row, ours until the transaction ends; made where there is none."""
    mine = select(GatewayHealth).where(GatewayHealth.gateway == gateway).with_for_update()
    found = session.scalars(mine, execution_options={"populate_existing": True}).first()
    if found is not None:
        return found
    empty = {"in_a_row": 0, "in_window": 0, "stopped": False, "slow": False, "changed_at": now}
    session.execute(insert(GatewayHealth).values(gateway=gateway, **empty).on_conflict_do_nothing())
    return session.scalars(mine).one()


def _failed(row: GatewayHealth, outcome: Outcome, now: datetime) -> bool:
    over = row.window_ends_at is None or not now < row.window_ends_at <= now + WINDOW
    row.in_window = 1 if over else row.in_window + 1
    row.window_ends_at = now + WINDOW if over else row.window_ends_at
    row.in_a_row += 1
    if row.in_a_row < MOST_IN_A_ROW and row.in_window <= MOST_IN_WINDOW:
        return False
    row.shut_until, row.changed_at = now + SHUT, now
    row.because = f"{outcome.sentence}（{outcome.code}）"[:120]
    return True


def _works(session: Session, gateway: str, now: datetime) -> None:
    """Written only where there was trouble: a healthy gateway's row is not fought over."""
    session.execute(_WELL_AGAIN, {"name": gateway, "now": now})


_WELL_AGAIN = (
    update(GatewayHealth)
    .where(GatewayHealth.gateway == bindparam("name"))
    .where(or_(GatewayHealth.in_a_row > 0, GatewayHealth.shut_until.is_not(None)))
    .values(
        in_a_row=0,
        in_window=case((GatewayHealth.shut_until.is_not(None), 0), else_=GatewayHealth.in_window),
        shut_until=None,
        stopped=False,
        because=None,
        changed_at=bindparam("now"),
    )
    .execution_options(synchronize_session=False)
)


def _note(session: Session, gateway: str, outcome: Outcome, now: datetime) -> None:
    noted = insert(GatewayTrouble).values(
        gateway=gateway,
        code=outcome.code[:80],
        handed=outcome.handed.value,
        sentence=outcome.sentence[:120],
        known=outcome.known,
        times=1,
        first_at=now,
        last_at=now,
    )
    again = {"times": GatewayTrouble.times + 1, "last_at": now, "sentence": noted.excluded.sentence}
    session.execute(noted.on_conflict_do_update(index_elements=["gateway", "code"], set_=again))
