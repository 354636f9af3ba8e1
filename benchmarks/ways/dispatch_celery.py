"""Celery with Redis, as one would write it in an afternoon: a task a message, a ``requests.Session`` a worker.

The tasks are queued before the workers start; seconds are from the first task's beginning to the last one's end.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic, sleep

import requests
from celery import Celery
from redis import Redis

from benchmarks.ways.dispatch_texts import send
from tests.outreach.kannel import free_ports, listens, wait_for

app = Celery("dispatch", broker=os.environ.get("DISPATCH_BROKER", ""))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)
own = threading.local()
PATIENCE = 240.0
WITH_US = ("setpriv", "--pdeathsig", "KILL")


@app.task(name="remind")
def remind(url: str, reports_to: str, n: int) -> None:
    began = monotonic()
    if not hasattr(own, "session"):
        own.session = requests.Session()
        own.kept = Redis.from_url(os.environ["DISPATCH_BROKER"])
    if not send(own.session, url, reports_to, n):
        raise RuntimeError("not taken")
    own.kept.lpush("done", f"{began} {monotonic()}")


def main(folder: Path, told: dict[str, object]) -> None:
    (port,) = free_ports(1)
    broker = f"redis://127.0.0.1:{port}/0"
    os.environ["DISPATCH_BROKER"] = app.conf.broker_url = broker
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    redis = subprocess.Popen([*WITH_US, "redis-server", *options], stdout=subprocess.DEVNULL)
    workers = None
    try:
        wait_for(lambda: listens(port))
        for n in range(int(str(told["messages"]))):
            remind.delay(told["url"], told["reports_to"], n)
        command = [*WITH_US, sys.executable, "-m", "celery", "-A", "benchmarks.ways.dispatch_celery", "worker"]
        pool = ["-P", told["more"][0], "-c", str(told["threads"]), "-l", "ERROR"]  # type: ignore[index]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        workers = subprocess.Popen([*command, *pool, "--without-gossip", "--without-mingle"], **quiet)  # type: ignore[call-overload]
        print(json.dumps(_when_done(Redis.from_url(broker), int(str(told["messages"])))))
    finally:
        for process in filter(None, (workers, redis)):
            process.terminate()
            process.wait()


def _when_done(kept: Redis, messages: int) -> dict[str, float]:
    deadline = monotonic() + PATIENCE
    while kept.llen("done") < messages:  # type: ignore[operator]
        if monotonic() > deadline:
            raise SystemExit(f"celery: {kept.llen('done')} of {messages} in {PATIENCE:.0f} s")
        sleep(0.1)
    times = [tuple(map(float, line.split())) for line in kept.lrange("done", 0, -1)]  # type: ignore[union-attr]
    return {"seconds": max(end for _, end in times) - min(began for began, _ in times), "cpu_seconds": 0.0}


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
