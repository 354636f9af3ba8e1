"""Ours: families in an embedded database, planned, then dispatched as ``flask dispatch --threads`` does."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

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

told = json.loads(sys.argv[2])


def drain(gateway: Kannel) -> tuple[float, float]:
    """Wall and processor seconds until nothing is left to send."""
    began, cpu = perf_counter(), process_time()

    def now() -> datetime:
        return families.MONDAY + timedelta(seconds=perf_counter() - began)

    with working(families.sessions(), told["threads"], now) as worker:
        line = Line(worker, channels_of((gateway,))[0], Tick())
        while line.claim((gateway,)) or line.is_busy:
            while line.is_busy:
                line.advance()
                if len(line.waiting) < worker.threads:
                    line.claim((gateway,))
    return perf_counter() - began, process_time() - cpu


if __name__ == "__main__":
    app = families.an_app(Path(sys.argv[1]))
    families.make(app, told["messages"])
    with app.app_context():
        with families.sessions().begin() as session:
            plan(session, families.MONDAY, "kannel")
        fast = Limits(per_second=10_000)
        seconds, cpu_seconds = drain(Kannel(told["url"], USERNAME, PASSWORD, told["reports_to"], limits=fast))
        with families.sessions().begin() as session:
            states = dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    if states != {MessageState.ACCEPTED: told["messages"]}:
        raise SystemExit(f"ended as {states}")
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}))
