"""The dispatcher: sends what is due, one message at a time; any number of these may run.

It commits by itself, between the steps, because the order of commits and calls is what makes a message leave at most
once: claimed and started are known to the database before the gateway is asked.
"""

import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.outreach import outbox, reminders
from portal.outreach.gateways.protocol import Gateway, Handed

log = structlog.get_logger()

Sessions = sessionmaker[Session]
"""They reach everything: ``sessionmaker(engine, info={"reach": EVERYTHING})``."""
IDLE = 1.0  # seconds between two looks into an empty outbox
AWAY = 5.0  # seconds to wait when the database or the gateway is away


@dataclass
class Tick:
    """What one round did; ``suppressed`` counts by reason."""

    planned: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)
    handed: Counter[Handed] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """The contract's keys of ``flask remind``."""
        return {
            "planned": self.planned,
            "sent": self.handed[Handed.ACCEPTED],
            "suppressed": dict(self.suppressed),
            "unknown": self.handed[Handed.UNKNOWN],
            "failed": self.handed[Handed.REFUSED],
        }


def tick(sessions: Sessions, gateway: Gateway, now: datetime, by: str = "portal") -> Tick:
    """One planning and one dispatch of everything due, as of that moment."""
    done = Tick()
    with sessions.begin() as session:
        outbox.reap(session, now)
        planned = reminders.plan(session, now, gateway.name, by)
    done.planned, done.suppressed = planned.messages, planned.suppressed
    worker = worker_name()
    while dispatch(sessions, gateway, worker, lambda: now, done):
        continue
    return done


def dispatch(sessions: Sessions, gateway: Gateway, worker: str, now: Callable[[], datetime], done: Tick) -> int:
    """One batch; how many messages were claimed."""
    with sessions.begin() as session:
        claimed = outbox.claim(session, worker, now())
    for message_id in claimed:
        send_one(sessions, gateway, worker, message_id, now, done)
    return len(claimed)


def send_one(
    sessions: Sessions, gateway: Gateway, worker: str, message_id: UUID, now: Callable[[], datetime], done: Tick
) -> None:
    with sessions.begin() as session:
        started = outbox.start(session, message_id, worker, gateway.name, now())
    if started.suppressed:
        done.suppressed[started.suppressed] += 1
    if started.outgoing is None:
        return
    outcome = gateway.send(started.outgoing)
    with sessions.begin() as session:
        outbox.settle(session, message_id, worker, gateway.name, outcome, now())
    done.handed[outcome.handed] += 1
    log.info("sent", message=str(message_id), gateway=gateway.name, handed=outcome.handed.value, code=outcome.code)


def run(sessions: Sessions, gateway: Gateway, stop: threading.Event) -> None:
    """``flask dispatch``: until told to stop; the message in hand is finished first."""
    worker = worker_name()
    log.info("dispatcher started", worker=worker, gateway=gateway.name)
    while not stop.is_set():
        done = Tick()
        try:
            busy = dispatch(sessions, gateway, worker, clock.now, done)
        except OperationalError as error:
            log.error("database away", kind=type(error.orig).__name__)
            stop.wait(AWAY)
            continue
        if done.handed[Handed.RETRY]:
            stop.wait(AWAY)
        elif not busy:
            stop.wait(IDLE)
    log.info("dispatcher stopped", worker=worker)


def worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"


def stop_on_signals() -> threading.Event:
    """Set by SIGTERM or SIGINT; call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
