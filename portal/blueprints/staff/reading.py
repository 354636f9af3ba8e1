"""Work that outlasts a request: files are read, and matching runs, in a thread of this web worker.

What a killed worker leaves behind, the scheduler takes up: the lease is in the database, not here.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.coverage.keepers import KEEPERS
from portal.coverage.matching_work import work_on
from portal.database import EVERYTHING, db
from portal.intake.delivery import look_over
from portal.intake.work_off import work_off

log = structlog.get_logger()

_readers = ThreadPoolExecutor(1, thread_name_prefix="intake")
_drawers = ThreadPoolExecutor(1, thread_name_prefix="campaigns")
_matchers = ThreadPoolExecutor(1, thread_name_prefix="matching")


def sessions() -> sessionmaker[Session]:
    """Sessions that reach every pupil, for work done on the portal's own behalf."""
    return sessionmaker(db.engine, info={"reach": EVERYTHING})


def read_soon(intake_id: UUID) -> None:
    _readers.submit(_read, sessions(), intake_id)


def look_over_soon(intake_id: UUID, data: bytes) -> None:
    """The file goes by hand: what nobody agreed to take is in memory only."""
    _readers.submit(_look_over, sessions(), intake_id, data)


def match_soon(run_id: UUID) -> Future[None]:
    """Part by part, so that a school's run does not wait for the end of a province's."""
    done: Future[None] = Future()
    _matchers.submit(_match, sessions(), run_id, done)
    return done


def draw_soon(work: Callable[[Session], None]) -> Future[None]:
    """A campaign's preview, which asks of every number whose it is."""
    return _drawers.submit(_in_one, sessions(), work)


def _read(made: sessionmaker[Session], intake_id: UUID) -> None:
    try:
        work_off(made, intake_id, clock.now(), keepers=KEEPERS)
    except Exception:
        log.exception("intake ended badly", intake=str(intake_id))


def _look_over(made: sessionmaker[Session], intake_id: UUID, data: bytes) -> None:
    try:
        look_over(made, intake_id, data, clock.now())
    except Exception:
        log.exception("delivery ended badly", intake=str(intake_id))


def _match(made: sessionmaker[Session], run_id: UUID, done: Future[None]) -> None:
    try:
        if work_on(made, run_id, clock.now()):
            _matchers.submit(_match, made, run_id, done)
            return
    except Exception:
        log.exception("matching ended badly", run=str(run_id))
    done.set_result(None)


def _in_one(made: sessionmaker[Session], work: Callable[[Session], None]) -> None:
    with made.begin() as session:
        work(session)
