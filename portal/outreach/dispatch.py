"""The dispatcher: sends what is due; any number of these may run.

It commits by itself, between the steps, because the order of commits and calls is what makes a message leave at most
once: claimed and started are known to the database before the gateway is asked.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import OperationalError

from portal import clock
from portal.outreach import outbox, reminders, settling
from portal.outreach.gateways.protocol import Answering, Gateway
from portal.outreach.line import Line, Sessions, Tick, Worker
from portal.outreach.sign_in_codes import send_codes
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Channel, Operator

log = structlog.get_logger()

Gateways = Sequence[Gateway]
"""In the order in which they are taken; a later one of the same channel takes over for one that is left alone."""
THREADS = 4
"""Messages in the air at once, unless told otherwise; more dispatchers do as well."""
AHEAD = 4
"""Messages started for each thread, the one in the air included."""
IDLE = 1.0  # seconds between two looks when nothing is due, or no gateway may be given anything
TURN = 0.001
"""Seconds a thread may keep the others from running: those at the gateway have little to do, and the main one waits."""
BREATH = 0.05  # seconds until a gateway's rate allows the next
AWAY = 5.0  # seconds to wait when the database is away
ASK_EVERY = 15.0  # seconds


def tick(
    sessions: Sessions,
    gateways: Gateways,
    now: datetime,
    by: str = "portal",
    apps: Apps = BY_SMS_ALONE,
    operators: tuple[Operator, ...] = (),
) -> Tick:
    """One planning and one dispatch of everything due, as of that moment, at each gateway's rate."""
    done = Tick()
    with sessions.begin() as session:
        outbox.reap(session, now)
        planned = reminders.plan(session, now, gateways[0].name, by, apps)
    done.planned, done.suppressed = planned.messages, planned.suppressed
    with working(sessions, 1, _as_if_from(now), apps, operators) as worker:
        while dispatch(worker, gateways, done) or done.held_back:
            if done.held_back:
                time.sleep(BREATH)
    return done


def _as_if_from(now: datetime) -> Callable[[], datetime]:
    """A clock that stands at that moment and goes on, so that rates hold in a tick too."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


@contextmanager
def working(
    sessions: Sessions,
    threads: int,
    now: Callable[[], datetime],
    apps: Apps = BY_SMS_ALONE,
    operators: tuple[Operator, ...] = (),
) -> Iterator[Worker]:
    """One thread takes one message after the other; of several each has the next one at hand."""
    sys.setswitchinterval(TURN)
    seats = threads * AHEAD if threads > 1 else 1
    with ThreadPoolExecutor(threads, thread_name_prefix="gateway") as pool:
        yield Worker(worker_name(), sessions, pool, threads, seats, now, apps, operators)


def channels_of(gateways: Iterable[Gateway]) -> list[Channel]:
    return sorted({channel for gateway in gateways for channel in gateway.channels})


def dispatch(worker: Worker, gateways: Gateways, done: Tick) -> int:
    """One batch a channel, to its end; how many messages were claimed."""
    claimed, done.held_back = 0, False
    for channel in channels_of(gateways):
        line = Line(worker, channel, done)
        claimed += line.claim(gateways)
        while line.is_busy:
            line.advance()
    return claimed


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


def run(
    sessions: Sessions,
    gateways: Gateways,
    stop: threading.Event,
    apps: Apps = BY_SMS_ALONE,
    threads: int = THREADS,
    operators: tuple[Operator, ...] = (),
) -> None:
    """``flask dispatch``: until told to stop; the messages in hand are finished first."""
    with working(sessions, threads, clock.now, apps, operators) as worker:
        log.info("dispatcher started", worker=worker.name, gateways=[gateway.name for gateway in gateways])
        lines = [Line(worker, channel, Tick()) for channel in channels_of(gateways)]
        asked_at = 0.0
        while not stop.is_set():
            try:
                busy = send_codes(sessions, gateways, clock.now) + sum(_go_on(line, gateways) for line in lines)
                if time.monotonic() >= asked_at + ASK_EVERY:
                    ask(sessions, gateways, clock.now)
                    asked_at = time.monotonic()
            except OperationalError as error:
                log.error("database away", kind=type(error.orig).__name__)
                stop.wait(AWAY)
                continue
            if not busy:
                stop.wait(BREATH if any(line.done.held_back for line in lines) else IDLE)
        _finish(lines)
        log.info("dispatcher stopped", worker=worker.name)


def _go_on(line: Line, gateways: Gateways) -> int:
    """How much there was to do; a fresh claim before the last one has run out, so that no thread waits for it."""
    line.done = Tick()
    claimed = line.claim(gateways) if len(line.waiting) < line.worker.threads else 0
    if line.is_busy:
        line.advance()
    return claimed + line.is_busy


def _finish(lines: Iterable[Line]) -> None:
    """What was only claimed goes back at once; what is in the air is waited for."""
    for line in lines:
        with line.worker.sessions.begin() as session:
            outbox.give_back(session, [letter.id for letter in line.waiting], line.worker.name)
        line.waiting.clear()
        while line.is_busy:
            line.advance()


def worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"


def stop_on_signals() -> threading.Event:
    """Set by SIGTERM or SIGINT; call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
