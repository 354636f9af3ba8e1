"""The dispatcher: sends what is due, one message at a time; any number of these may run.

It commits by itself, between the steps, because the order of commits and calls is what makes a message leave at most
once: claimed and started are known to the database before the gateway is asked.
"""

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.outreach import health, outbox, reminders, settling
from portal.outreach.gateways.protocol import Answering, Gateway, Handed
from portal.outreach.sign_in_codes import send_codes

log = structlog.get_logger()

Sessions = sessionmaker[Session]
"""They reach everything: ``sessionmaker(engine, info={"reach": EVERYTHING})``."""
Gateways = Sequence[Gateway]
"""In the order in which they are taken; a later one of the same channel takes over for one that is left alone."""
IDLE = 1.0  # seconds between two looks when nothing is due, or no gateway may be given anything
BREATH = 0.05  # seconds until a gateway's rate allows the next
AWAY = 5.0  # seconds to wait when the database is away
ASK_EVERY = 15.0  # seconds


@dataclass
class Tick:
    """What one round did; ``suppressed`` counts by reason."""

    planned: int = 0
    suppressed: Counter[str] = field(default_factory=Counter)
    handed: Counter[Handed] = field(default_factory=Counter)
    held_back: bool = False
    """In its last round a gateway could take no more at its rate."""

    def as_json(self) -> dict[str, object]:
        """The contract's keys of ``flask remind``."""
        return {
            "planned": self.planned,
            "sent": self.handed[Handed.ACCEPTED],
            "suppressed": dict(self.suppressed),
            "unknown": self.handed[Handed.UNKNOWN],
            "failed": self.handed[Handed.REFUSED],
        }


def tick(sessions: Sessions, gateways: Gateways, now: datetime, by: str = "portal", appid: str = "") -> Tick:
    """One planning and one dispatch of everything due, as of that moment, at each gateway's rate."""
    done = Tick()
    with sessions.begin() as session:
        outbox.reap(session, now)
        planned = reminders.plan(session, now, gateways[0].name, by, appid)
    done.planned, done.suppressed = planned.messages, planned.suppressed
    worker, moments = worker_name(), _as_if_from(now)
    while dispatch(sessions, gateways, worker, moments, done) or done.held_back:
        if done.held_back:
            time.sleep(BREATH)
    return done


def _as_if_from(now: datetime) -> Callable[[], datetime]:
    """A clock that stands at that moment and goes on, so that rates hold in a tick too."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def dispatch(sessions: Sessions, gateways: Gateways, worker: str, now: Callable[[], datetime], done: Tick) -> int:
    """One batch a channel; how many messages were claimed."""
    claimed, done.held_back = 0, False
    for channel in sorted({channel for gateway in gateways for channel in gateway.channels}):
        with sessions.begin() as session:
            moment = now()
            turn = health.choose(session, gateways, channel, moment, outbox.BATCH)
            mine = outbox.claim(session, worker, moment, turn.most, channel) if turn else []
            if turn and mine:
                health.take(session, turn, len(mine), moment)
        done.held_back |= turn is not None and turn.most == 0
        if turn and mine:
            _send_all(sessions, turn.gateway, worker, mine, now, done)
        claimed += len(mine)
    return claimed


def _send_all(
    sessions: Sessions, gateway: Gateway, worker: str, mine: list[UUID], now: Callable[[], datetime], done: Tick
) -> None:
    """What is left of the batch when the gateway has to be left alone goes back; another may take it."""
    for place, message_id in enumerate(mine, 1):
        if send_one(sessions, gateway, worker, message_id, now, done):
            with sessions.begin() as session:
                outbox.give_back(session, mine[place:], worker)
            return


def send_one(
    sessions: Sessions, gateway: Gateway, worker: str, message_id: UUID, now: Callable[[], datetime], done: Tick
) -> bool:
    """True when the gateway has to be left alone from now on."""
    with sessions.begin() as session:
        started = outbox.start(session, message_id, worker, gateway.name, now())
    if started.suppressed:
        done.suppressed[started.suppressed] += 1
    if started.outgoing is None:
        return False
    outcome = gateway.send(started.outgoing)
    with sessions.begin() as session:
        moment = now()
        outbox.settle(session, message_id, worker, gateway.name, outcome, moment)
        shut = health.heard(session, gateway.name, outcome, moment)
    done.handed[outcome.handed] += 1
    log.info("sent", message=str(message_id), gateway=gateway.name, handed=outcome.handed.value, code=outcome.code)
    if shut:
        log.error("gateway left alone", gateway=gateway.name, because=outcome.sentence, code=outcome.code)
    return shut


def ask(sessions: Sessions, gateways: Gateways, now: Callable[[], datetime]) -> int:
    """Ask suppliers what became of messages of which nobody knows; how many were asked about."""
    answering = {gateway.name: gateway for gateway in gateways if isinstance(gateway, Answering)}
    if not answering:
        return 0
    with sessions.begin() as session:
        questions = settling.due(session, answering, now())
    for question in questions:
        outcome = answering[question.gateway].ask(question.outgoing, question.sent_at, now())
        if outcome is not None:
            with sessions.begin() as session:
                settling.answer(session, question, outcome, now())
    return len(questions)


def run(sessions: Sessions, gateways: Gateways, stop: threading.Event) -> None:
    """``flask dispatch``: until told to stop; the message in hand is finished first."""
    worker, ask_at = worker_name(), 0.0
    log.info("dispatcher started", worker=worker, gateways=[gateway.name for gateway in gateways])
    while not stop.is_set():
        done = Tick()
        try:
            busy = send_codes(sessions, gateways, clock.now) + dispatch(sessions, gateways, worker, clock.now, done)
            if time.monotonic() >= ask_at:
                ask(sessions, gateways, clock.now)
                ask_at = time.monotonic() + ASK_EVERY
        except OperationalError as error:
            log.error("database away", kind=type(error.orig).__name__)
            stop.wait(AWAY)
            continue
        if not busy:
            stop.wait(BREATH if done.held_back else IDLE)
    log.info("dispatcher stopped", worker=worker)


def worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"


def stop_on_signals() -> threading.Event:
    """Set by SIGTERM or SIGINT; call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
