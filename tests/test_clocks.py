"""Real clock processes beside a real web server: one run a slot, whoever is frozen, killed or put back."""

import os
import signal
import time
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import JobSlot
from tests import clock
from tests.outreach.kannel import wait_for
from tests.outreach.processes import forked, serve

PATIENCE = 180
"""Seconds; each process starts beside whatever else is being tested."""


def a_clock(
    environment: dict[str, str], written: Path, put_back: float | None = None
) -> AbstractContextManager[ForkServerProcess]:
    return forked(written.with_suffix(".log"), environment, partial(clock.run, written, put_back))


def four_workers(environment: dict[str, str], folder: Path) -> AbstractContextManager[ForkServerProcess]:
    return forked(folder / "web.log", environment, partial(serve, "127.0.0.1:0", 4))


def slots(written: Path) -> list[str]:
    return [line.split()[0] for line in written.read_text(encoding="utf-8").splitlines()] if written.exists() else []


def test_one_run_a_slot_however_many_clocks_and_workers(
    session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    """Three clocks, and when one is killed two."""
    written = tmp_path / "runs"
    with ExitStack() as stack:
        stack.enter_context(four_workers(environment, tmp_path))
        started = [stack.enter_context(a_clock(environment, written)) for _ in range(3)]
        wait_for(lambda: len(slots(written)) >= 3, PATIENCE)
        started[0].kill()
        before = len(slots(written))
        wait_for(lambda: len(slots(written)) >= before + 3, PATIENCE)

    assert max(Counter(slots(written)).values()) == 1
    assert session.scalars(select(JobSlot.job).distinct()).all() == ["counted"]


def test_a_clock_that_was_frozen_and_put_back_an_hour_goes_on(
    session: Session, environment: dict[str, str], tmp_path: Path
) -> None:
    written = tmp_path / "runs"
    with a_clock(environment, written, 4) as frozen:
        wait_for(lambda: len(slots(written)) >= 1, PATIENCE)
        os.kill(frozen.pid, signal.SIGSTOP)
        time.sleep(2)
        os.kill(frozen.pid, signal.SIGCONT)
        wait_for(lambda: len({slot[:2] for slot in slots(written)}) >= 2 and len(slots(written)) >= 6, PATIENCE)

    assert max(Counter(slots(written)).values()) == 1
