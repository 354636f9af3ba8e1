"""Real clock processes beside a real web server: one run a slot, whoever is frozen, killed or put back."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import JobSlot
from tests.conftest import ROOT
from tests.outreach.kannel import wait_for

SERVER = (sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:0", "-w", "4", "wsgi:app")


PATIENCE = 180
"""Seconds; each process imports the portal for itself, beside whatever else is being tested."""


@contextmanager
def process(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield started
    finally:
        started.send_signal(signal.SIGCONT)
        started.terminate()
        started.wait(30)


def a_clock(environment: dict[str, str], written: Path, *more: str) -> "contextmanager[subprocess.Popen[bytes]]":
    return process(environment, sys.executable, "-m", "tests.clock", str(written), *more)


def slots(written: Path) -> list[str]:
    return [line.split()[0] for line in written.read_text(encoding="utf-8").splitlines()] if written.exists() else []


@pytest.mark.parametrize("clocks", [2, 3])
def test_one_run_a_slot_however_many_clocks_and_workers(
    session: Session, environment: dict[str, str], tmp_path: Path, clocks: int
) -> None:
    written = tmp_path / "runs"
    with ExitStack() as stack:
        stack.enter_context(process(environment, *SERVER))
        started = [stack.enter_context(a_clock(environment, written)) for _ in range(clocks)]
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
    with a_clock(environment, written, "4") as clock:
        wait_for(lambda: len(slots(written)) >= 1, PATIENCE)
        clock.send_signal(signal.SIGSTOP)
        time.sleep(2)
        clock.send_signal(signal.SIGCONT)
        wait_for(lambda: len({slot[:2] for slot in slots(written)}) >= 2 and len(slots(written)) >= 6, PATIENCE)

    assert max(Counter(slots(written)).values()) == 1
