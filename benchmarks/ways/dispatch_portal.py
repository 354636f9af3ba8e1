"""Ours: families in an embedded database, planned, then dispatched by processes as ``flask dispatch`` does it."""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import func, select

from benchmarks import families
from portal.models import Message
from portal.outreach.dispatch import Tick, channels_of, working
from portal.outreach.gateways.kannel import Kannel
from portal.outreach.gateways.protocol import Limits
from portal.outreach.line import Line
from portal.outreach.reminders import plan
from portal.vocabulary import MessageState
from tests.outreach.kannel import PASSWORD, USERNAME

Times = tuple[float, float, float]


def since(began: float) -> Callable[[], datetime]:
    """The clock of all of them: ten on a Monday when they began."""
    return lambda: families.MONDAY + timedelta(seconds=perf_counter() - began)


def drain(gateway: Kannel, threads: int, began: float) -> None:
    """Until nothing is left to send."""
    with working(families.sessions(), threads, since(began)) as worker:
        line = Line(worker, channels_of((gateway,))[0], Tick())
        while line.claim((gateway,)) or line.is_busy:
            while line.is_busy:
                line.advance()
                if len(line.waiting) < worker.threads:
                    line.claim((gateway,))


def one_of_them(folder: str, told: dict[str, Any], ready: Barrier) -> Times:
    """When it began and ended by the machine's clock, and its seconds of processor."""
    app = families.an_app(Path(folder))
    fast = Limits(per_second=10_000)
    with app.app_context():
        with families.sessions().begin() as session:
            session.execute(select(1))
        ready.wait()
        began, cpu = perf_counter(), process_time()
        drain(Kannel(told["url"], USERNAME, PASSWORD, told["reports_to"], limits=fast), told["each"], began)
        return began, perf_counter(), process_time() - cpu


def dispatched(folder: str, told: dict[str, Any]) -> list[Times]:
    spawning, count = get_context("spawn"), told["processes"]
    with spawning.Manager() as manager, spawning.Pool(count) as pool:
        ready = manager.Barrier(count)
        told |= {"each": told["threads"] // count}
        return pool.starmap(one_of_them, [(folder, told, ready)] * count, chunksize=1)


if __name__ == "__main__":
    folder, told = sys.argv[1], json.loads(sys.argv[2])
    app = families.an_app(Path(folder))
    families.make(app, told["messages"])
    with app.app_context():
        with families.sessions().begin() as session:
            plan(session, families.MONDAY, "kannel")
        times = dispatched(folder, told)
        with families.sessions().begin() as session:
            states = dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    if states != {MessageState.ACCEPTED: told["messages"]}:
        raise SystemExit(f"ended as {states}")
    seconds = max(end for _, end, _ in times) - min(began for began, _, _ in times)
    print(json.dumps({"seconds": seconds, "cpu_seconds": sum(cpu for _, _, cpu in times)}))
