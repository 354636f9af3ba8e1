"""A ``requests.Session`` a thread and a loop: it keeps nothing."""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time

import requests

from benchmarks.ways.dispatch_texts import send

told = json.loads(sys.argv[2])
own = threading.local()


def open_session() -> None:
    own.session = requests.Session()


def one(n: int) -> bool:
    return send(own.session, told["url"], told["reports_to"], n)


if __name__ == "__main__":
    with ThreadPoolExecutor(told["threads"], initializer=open_session) as pool:
        began, cpu = perf_counter(), process_time()
        taken = sum(pool.map(one, range(told["messages"])))
        seconds = perf_counter() - began
    if taken != told["messages"]:
        raise SystemExit(f"{taken} of {told['messages']} were taken")
    print(json.dumps({"seconds": seconds, "cpu_seconds": process_time() - cpu}))
