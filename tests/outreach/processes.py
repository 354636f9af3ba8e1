"""Dispatchers, clocks and the portal as processes of their own, forked from one that has imported everything already.

They must be killed as the machine would kill them; but four that each import the portal anew keep two cores busy
for longer than what is to be shown.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import time_machine
from gunicorn.app.wsgiapp import WSGIApplication

from portal.app import create_app
from portal.commands.session import open_session, open_sessions
from portal.outreach import dispatch
from portal.outreach.gateway import gateways_in_use
from tests.builders import A_MONDAY
from tests.outreach.kannel import listens, wait_for

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload([__name__])


def dispatching(log: Path, environment: Mapping[str, str]) -> AbstractContextManager[ForkServerProcess]:
    """A dispatcher as ``flask dispatch`` runs it, on a Monday at ten: it must not matter when the tests run."""
    return forked(log, environment, _dispatch)


@contextmanager
def serving(log: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """The portal as it is deployed, where reports come in."""
    address = environment["PORTAL_REPORTS_URL"].removeprefix("http://")
    with forked(log, environment, partial(serve, address, 1)):
        wait_for(lambda: listens(int(address.rpartition(":")[2])))
        yield


@contextmanager
def forked(log: Path, environment: Mapping[str, str], work: Callable[[], None]) -> Iterator[ForkServerProcess]:
    started = FORKING.Process(target=_work, args=(log, dict(environment), work))
    started.start()
    try:
        yield started
    finally:
        started.terminate()
        started.join(30)
        started.close()


def _work(log: Path, environment: dict[str, str], work: Callable[[], None]) -> None:
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.environ.update(environment)
    work()


def _dispatch() -> None:
    app = create_app()
    with time_machine.travel(A_MONDAY, tick=True), app.app_context():
        gateways = gateways_in_use(open_session(), app.extensions["settings"])
        dispatch.run(open_sessions(), gateways, dispatch.stop_on_signals())


def serve(address: str, workers: int) -> None:
    sys.argv = ["gunicorn", "-b", address, "-w", str(workers), "wsgi:app"]
    WSGIApplication().run()
