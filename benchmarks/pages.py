"""A family's pages from gunicorn under wrk, beside a bare Flask view that returns the same HTML from the same gunicorn.

The child's page recognises its visitor, reads what the pupil's ledger says and opens what is sealed; the check page
asks nothing of the database. ``of_bare`` is the share of the bare view's speed that is left. The ``recorded`` view
besides reads a sign-in and commits one entry of the trail, which a child's page does not (decision 0014 says why):
``of_recorded``, the share of its speed, says what such an entry would cost. Both servers stand the whole time and are
pressed in turns, so that a machine that sways sways for all; of the rounds the middle one counts. Needs Debian's wrk.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

LIMIT = "child's page, bare Flask"
ROOT = Path(__file__).parent.parent
PATHS = {"child's page": "/child", "check page": "/check"}
SECONDS, WARMING = 5, 4
ROUNDS = 3
CONNECTIONS = 16
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FASTEST = re.compile(r"Requests/sec:\s+([\d.]+)")
SLOWEST = re.compile(r"99%\s+([\d.]+)(us|ms|s)\b")
ERRORS = re.compile(r"(?:Socket errors|Non-2xx).*")
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Speed:
    """Of one page served in one way; ``p99_ms`` with 16 connections at once."""

    way: str
    requests_per_second: float
    of_bare: float
    of_recorded: float
    p99_ms: float


def run() -> list[Speed]:
    if shutil.which("wrk") is None:
        raise SystemExit("benchmarks.pages needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        [[code, birth_date, token]] = slips(folder)
        with served("wsgi:app", folder) as address:
            jar, browser = visit(address, code, birth_date)
            visitor = [f"Cookie: {header_of(jar)}", f"X-Sign-In: {token}"]
            for path in PATHS.values():
                (folder / f"{path[1:]}.html").write_bytes(browser.open(address + path).read())
            with served("benchmarks.ways.pages_bare:app", folder, "-c", "benchmarks/ways/pages_gunicorn.py") as bare:
                return [speed for page in PATHS for speed in compared(page, (address, bare), visitor)]


def compared(page: str, addresses: tuple[str, str], visitor: list[str]) -> list[Speed]:
    """Ours, the bare view's and that of the bare view which records, of one page."""
    ours, bare = addresses
    ways = {
        page: ours + PATHS[page],
        f"{page}, bare Flask": bare + PATHS[page],
        f"{page}, bare Flask, recorded": f"{bare}/recorded{PATHS[page]}",
    }
    for url in ways.values():
        pressed(url, visitor, WARMING)
    rounds = [[pressed(url, visitor, SECONDS) for url in ways.values()] for _ in range(ROUNDS)]
    middle = [sorted(each)[ROUNDS // 2] for each in zip(*rounds, strict=True)]
    (_, (most, _), (recorded, _)) = middle
    return [Speed(way, rate, rate / most, rate / recorded, p99) for way, (rate, p99) in zip(ways, middle, strict=True)]


def slips(folder: Path, count: int = 1) -> list[list[str]]:
    """Code, birth date and a sign-in of children of the demonstration county that is made there."""
    made = [sys.executable, "-m", "benchmarks.ways.pages_portal", folder, str(count)]
    told = subprocess.run(made, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [line.split() for line in told.splitlines()]


@contextmanager
def served(app: str, folder: Path, *options: str) -> Iterator[str]:
    """The portal's own gunicorn settings, on a port of its own."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = {
        **os.environ,
        "PORT": str(port),
        "PORTAL_INSTANCE": str(folder),
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_LOG_LEVEL": "WARNING",
        "PAGES": str(folder),
    }
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, app], cwd=ROOT, env=environment)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.2)
    raise SystemExit("gunicorn does not answer")


def visit(address: str, code: str, birth_date: str) -> tuple[CookieJar, OpenerDirector]:
    """Signed in with a slip, as a family is."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    send(browser, f"{address}/sign-in", code=code, birth_date=birth_date)
    return jar, browser


def send(browser: OpenerDirector, url: str, **fields: str) -> None:
    """The form of a page, filled in."""
    token = TOKEN.search(browser.open(url).read().decode())
    if token is None:
        raise SystemExit(f"the form of {url} has no token")
    browser.open(url, urlencode({"csrf_token": token[1], **fields}).encode()).read()


def header_of(jar: CookieJar) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def pressed(url: str, visitor: list[str], seconds: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile in milliseconds."""
    headers = [part for header in visitor for part in ("-H", header)]
    command = ["wrk", "--latency", "--timeout", "30s", "-t1", f"-c{CONNECTIONS}", *headers]
    told = subprocess.run([*command, f"-d{seconds}s", url], check=True, capture_output=True, text=True).stdout
    rate, slowest, errors = FASTEST.search(told), SLOWEST.search(told), ERRORS.search(told)
    if rate is None or slowest is None or errors:
        raise SystemExit(f"wrk on {url}: {errors[0] if errors else told}")
    return float(rate[1]), float(slowest[1]) * MILLISECONDS[slowest[2]]


if __name__ == "__main__":
    for one in run():
        print(one)
