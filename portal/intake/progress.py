"""Who reads a file tells how far it is, and that it is still alive, in short transactions of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Self
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.models import Intake
from portal.vocabulary import IntakeState

LEASE = timedelta(seconds=10)
"""Past it, another may take over; a dead process is noticed this late."""
BEAT = 1.0  # seconds

Sessions = sessionmaker[Session]
Say = Callable[[str], None]


def silent(_words: str) -> None:
    """For readers whom nobody watches."""


class TakenOver(Exception):
    """Another process has the file now: this one was thought dead, and what it did must not stay."""


class Progress:
    """Renews the lease every second while the file is worked on, also while the database is busy with one statement."""

    def __init__(self, sessions: Sessions, intake_id: UUID, until: datetime, say: Say) -> None:
        self.until = until
        self.rows = 0
        self.done = 0
        self._sessions, self._intake_id, self._say = sessions, intake_id, say
        self._began = monotonic()
        self._ended, self._lost = Event(), False
        self._beat = Thread(target=self._keep_alive, name="intake progress", daemon=True)

    def __enter__(self) -> Self:
        self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def lasted(self) -> timedelta:
        """Since the file was taken up."""
        return timedelta(seconds=monotonic() - self._began)

    def step(self, words: str) -> None:
        """The next step begins."""
        self._say(words)

    def stop(self) -> None:
        """After it nothing is renewed: the last word is the keeper's own transaction."""
        self._ended.set()
        self._beat.join()
        if self._lost:
            raise TakenOver

    def _keep_alive(self) -> None:
        while not self._ended.wait(BEAT) and not self._lost:
            try:
                self._renew(clock.now() + LEASE)
            except OperationalError:  # locked by the keeper's own transaction, or the database is away: both show there
                continue

    def _renew(self, until: datetime) -> None:
        with self._sessions.begin() as session:
            mine = update(Intake).where(
                Intake.id == self._intake_id,
                Intake.state == IntakeState.READING,
                Intake.working_until == self.until,
            )
            renewal = mine.values(working_until=until, rows=self.rows, done=self.done).returning(Intake.id)
            self._lost = session.scalar(renewal) is None
        if not self._lost:
            self.until = until
