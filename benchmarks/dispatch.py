"""Reminders a second through Kannel with 8 threads: ours, a bare ``requests.Session`` loop, Celery with Redis.

Ours are two dispatchers of four threads each, as an operator with two cores would start them.

All hand the same texts to the same Kannel, ask for the same delivery reports, and the same listener takes those. The
bare loop and Celery send what they are given; ours looks at every message once more (still wanted, opted out, paused,
quiet hours, one a number a day), writes and seals it, and has each step committed before the next. Seconds are from the
first message handed over to the last answer kept. Needs Debian's kannel, kannel-extras and redis-server.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.outreach.kannel import Running, free_ports, kannel, listens, wait_for

LIMIT = "bare session loop"
ROOT = Path(__file__).parent.parent
WAYS = {
    # what it is called: the module under benchmarks.ways, what it is told besides
    LIMIT: ("dispatch_bare", ()),
    "ours": ("dispatch_portal", ()),
    "celery, processes": ("dispatch_celery", ("prefork",)),
    "celery, threads": ("dispatch_celery", ("threads",)),
}
MESSAGES, THREADS = 2_000, 8
PROCESSES = 2
"""Of ours, the threads shared out among them; Celery's are as many as there are threads, or one."""


@dataclass(frozen=True)
class Rate:
    """``doubled`` and ``missing``: numbers that the operator was given twice, or never."""

    way: str
    messages_per_second: float
    seconds: float
    cpu_seconds: float
    doubled: int
    missing: int


def run(messages: int = MESSAGES, threads: int = THREADS) -> list[Rate]:
    with listening() as reports_to:
        return [measured(way, messages, threads, reports_to) for way in WAYS]


def measured(way: str, messages: int, threads: int, reports_to: str) -> Rate:
    """With a Kannel of its own, so that nothing is left of the way before."""
    module, more = WAYS[way]
    threads_of = {"threads": threads, "processes": PROCESSES}
    with tempfile.TemporaryDirectory() as folder, kannel() as running:
        told = {"url": running.url, "reports_to": reports_to, "messages": messages, "more": more} | threads_of
        command = [sys.executable, "-m", f"benchmarks.ways.{module}", folder, json.dumps(told)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
        found = json.loads(done.splitlines()[-1])
        return _rate(way, messages, found["seconds"], found["cpu_seconds"], running)


def _rate(way: str, messages: int, seconds: float, cpu_seconds: float, running: Running) -> Rate:
    wait_for(lambda: len(running.count()) >= messages, 20)
    got = running.count()
    doubled = sum(times > 1 for times in got.values())
    return Rate(way, messages / seconds, seconds, cpu_seconds, doubled, messages - len(got))


@contextmanager
def listening() -> Iterator[str]:
    """Who takes delivery reports and keeps none, in a process of its own."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "benchmarks.ways.dispatch_reports", str(port)]
    listener = subprocess.Popen(command, cwd=ROOT, env=os.environ)
    try:
        wait_for(lambda: listens(port))
        yield f"http://127.0.0.1:{port}/dlr"
    finally:
        listener.terminate()
        listener.wait()


if __name__ == "__main__":
    for one in run(*map(int, sys.argv[1:])):
        print(one)
