"""The clock as ``flask schedule`` runs it, with one job a second that writes down its slot."""

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import time_machine

from portal import clock, schedule
from portal.app import create_app
from portal.commands.session import open_session, open_sessions
from portal.outreach.dispatch import stop_on_signals

SECOND = timedelta(seconds=1)


def put_back_after(seconds: float, written: Path, traveller: time_machine.Traveller) -> None:
    while not written.exists():
        time.sleep(0.1)
    time.sleep(seconds)
    traveller.shift(-3600)


def run(written: Path, put_back: float | None = None) -> None:
    """In a process of its own; so many seconds after the first slot its wall clock is put back by an hour."""

    def write(_sessions: object, _settings: object, now: datetime) -> None:
        with written.open("a", encoding="utf-8") as lines:
            lines.write(f"{clock.local(now):%H:%M:%S} {time.monotonic()}\n")

    schedule.JOBS = (schedule.Job("counted", {"second": "*"}, SECOND, write),)
    schedule.LOOK_EVERY = 0.5
    app = create_app()
    with app.app_context(), time_machine.travel(datetime.now(tz=clock.SHANGHAI), tick=True) as traveller:
        if put_back is not None:
            threading.Thread(target=put_back_after, args=(put_back, written, traveller), daemon=True).start()
        open_session()
        schedule.run(open_sessions(), app.extensions["settings"], stop_on_signals())
