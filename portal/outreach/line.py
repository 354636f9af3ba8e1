"""One dispatcher's line to the gateways of a channel: messages claimed, in the air, and come back.

Threads do nothing but talk to the gateway. One transaction settles what came back and starts what goes next, so the
commits are as few as the answers allow, and never is a message given to a thread whose start is not committed. Some are
started ahead, so that no thread waits for a commit: as many are unknown when the process is killed.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from portal.outreach import health, outbox, starting
from portal.outreach.gateways.protocol import Gateway, Handed, Outcome
from portal.outreach.last_look import Letter
from portal.suppliers import BY_SMS_ALONE, Apps
from portal.vocabulary import Channel, Operator

log = structlog.get_logger()

CLAIMED_FOR_EACH = 8
"""Messages claimed for each thread: looked at together they cost a third of what each would alone."""
BEAT = 0.25  # seconds after which an answer is settled even if it is the only one

Sessions = sessionmaker[Session]
"""They reach everything: ``sessionmaker(engine, info={"reach": EVERYTHING})``."""


@dataclass(frozen=True)
class Worker:
    """``threads`` talk to the gateway at once; ``seats`` is how many messages may be started and not settled yet."""

    name: str
    sessions: Sessions
    pool: Executor
    threads: int
    seats: int
    now: Callable[[], datetime]
    apps: Apps = BY_SMS_ALONE
    operators: tuple[Operator, ...] = ()
    """Who must know the signatures of what leaves by SMS."""


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


class Line:
    """Of one channel; all that is claimed is for one gateway, until that has to be left alone."""

    def __init__(self, worker: Worker, channel: Channel, done: Tick) -> None:
        self.worker, self.channel, self.done = worker, channel, done
        self.gateway: Gateway | None = None
        self.waiting: deque[Letter] = deque()
        self.flying: dict[Future[Outcome], UUID] = {}
        self.back: dict[UUID, Outcome] = {}

    @property
    def is_busy(self) -> bool:
        return bool(self.waiting or self.flying or self.back)

    def claim(self, gateways: Sequence[Gateway]) -> int:
        """For the gateway whose turn it is, at its rate; what is in the air for another has to come back before."""
        worker = self.worker
        most = max(outbox.BATCH, worker.threads * CLAIMED_FOR_EACH)
        with worker.sessions.begin() as session:
            now = worker.now()
            turn = health.choose(session, gateways, self.channel, now, most)
            if turn is None or ((self.flying or self.back) and turn.gateway is not self.gateway):
                return 0
            self.done.held_back |= turn.most == 0
            carriers = worker.operators if self.channel is Channel.SMS else ()
            mine = outbox.claim(session, worker.name, now, turn.most, self.channel, carriers)
            looked = starting.look_at(session, mine, worker.name, now, worker.apps)
            if mine:
                health.take(session, turn, len(mine), now)
        self.gateway = turn.gateway
        self.waiting.extend(looked.letters)
        self.done.suppressed.update(looked.suppressed)
        return len(mine)

    def advance(self) -> None:
        """Wait a moment for so many answers that a commit is worth it; settle them, and let the next leave."""
        enough = self.worker.seats - self.worker.threads if self.waiting else 0
        until = monotonic() + BEAT
        while len(self.flying) > enough and (left := until - monotonic()) > 0:
            answered = wait(self.flying, left, FIRST_COMPLETED).done
            self.back |= {self.flying.pop(future): future.result() for future in answered}
        if self.back or (self.waiting and len(self.flying) < self.worker.seats):
            self.turn_over()

    def turn_over(self) -> None:
        """One transaction; nothing of it is forgotten when the database is away just then."""
        worker, gateway, seats = self.worker, self.gateway, self.worker.seats - len(self.flying)
        if gateway is None:
            return
        next_ones = list(self.waiting)[:seats]
        with worker.sessions.begin() as session:
            now, shut = worker.now(), False
            if self.back:
                outbox.settle(session, self.back, worker.name, gateway.name, now)
                shut = health.heard(session, gateway.name, self.back.values(), now)
            if shut:
                outbox.give_back(session, [letter.id for letter in self.waiting], worker.name)
                started = starting.Started()
            else:
                started = starting.start(session, next_ones, worker.name, gateway.name, now, worker.apps)
        self._tell(gateway, shut)
        self.back = {}
        self.waiting = deque() if shut else deque(list(self.waiting)[len(next_ones) :])
        self.done.suppressed.update(started.suppressed)
        for outgoing in started.outgoing:
            self.flying[worker.pool.submit(gateway.send, outgoing)] = outgoing.id

    def _tell(self, gateway: Gateway, shut: bool) -> None:
        """What went well is counted, for every message has its row; the others are named."""
        for message_id, outcome in self.back.items():
            self.done.handed[outcome.handed] += 1
            if outcome.handed is not Handed.ACCEPTED:
                handed, message = outcome.handed.value, str(message_id)
                log.info("not taken", message=message, gateway=gateway.name, handed=handed, code=outcome.code)
        if taken := sum(outcome.handed is Handed.ACCEPTED for outcome in self.back.values()):
            log.info("sent", messages=taken, gateway=gateway.name)
        if shut:
            log.error("gateway left alone", gateway=gateway.name)
