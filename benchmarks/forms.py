"""A family's two forms from gunicorn: how long the slowest in twenty waits for its sign-in or for its message's answer.

Eight phones of eight families send as fast as they are answered, each time as a new visitor from an address of its
own, so that the counters of tries are written and never reached. The limit is the bare view of ``pages``, which from
the same gunicorn reads a sign-in and commits one entry of the trail.
"""

import os
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.pages import TOKEN, served, slips

LIMIT = "bare Flask, recorded"
PHONES, TIMES, WARMING = 8, 60, 5
WRONG = re.compile(r'class="wrong"[^<]*')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Waiting:
    """For one form, from the press of the button to the whole answer."""

    way: str
    p95_ms: float
    p50_ms: float
    slowest_ms: float


class Phone:
    """One visitor after another behind one connection."""

    def __init__(self, address: str, number: int) -> None:
        self.number = number
        self.connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
        self.addresses = Random(number)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, str, str]:
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        cookies = "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie", []))
        return answer.status, cookies, answer.read().decode()

    def send(self, path: str, wanted: str, **fields: str) -> float:
        """Milliseconds of the form alone, not of fetching it; ``wanted`` stands in the answer."""
        source = ".".join(str(self.addresses.randrange(1, 255)) for _ in range(4))
        _, cookies, page = self.ask("GET", path, {"X-Forwarded-For": source})
        token = TOKEN.search(page)
        headers = {"X-Forwarded-For": source, "Cookie": cookies, "Content-Type": FORM}
        body = urlencode({"csrf_token": token[1] if token else "", **fields})
        began = perf_counter()
        status, _, answer = self.ask("POST", path, headers, body)
        took = (perf_counter() - began) * 1000
        if wanted not in answer:
            raise SystemExit(f"{path} answered {status}: {' '.join(WRONG.findall(answer))}")
        return took

    def get(self, path: str, **headers: str) -> float:
        began = perf_counter()
        self.ask("GET", path, headers)
        return (perf_counter() - began) * 1000


def run() -> list[Waiting]:
    os.environ["PORTAL_TRUSTED_PROXIES"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        families = slips(folder, PHONES)
        (folder / "child.html").write_text("<!doctype html>" + "-" * 8000, encoding="utf-8")

        def sign_in(phone: Phone) -> float:
            code, birth_date, _ = families[phone.number]
            return phone.send("/sign-in", 'href="/child"', code=code, birth_date=birth_date)

        def recorded(phone: Phone) -> float:
            return phone.get("/recorded/child", **{"X-Sign-In": families[phone.number][2]})

        with (
            served("wsgi:app", folder) as ours,
            served("benchmarks.ways.pages_bare:app", folder, "-c", "benchmarks/ways/pages_gunicorn.py") as bare,
        ):
            message = a_message(ours)
            return [
                waited("sign-in", ours, sign_in),
                waited("message check", ours, lambda phone: phone.send("/message", "再查一条", **message)),
                waited(LIMIT, bare, recorded),
            ]


def a_message(address: str) -> dict[str, str]:
    """Of today, as the page offers the days."""
    _, _, page = Phone(address, 0).ask("GET", "/message", {})
    day = page.partition('<option selected value="')[2] or page.partition('<option value="')[2]
    return {"day": day.partition('"')[0], "school": "示例县实验小学", "number": "1069000001"}


def waited(way: str, address: str, act: Callable[[Phone], float]) -> Waiting:
    def one_phone(number: int) -> list[float]:
        phone = Phone(address, number)
        return [act(phone) for _ in range(WARMING + TIMES)][WARMING:]

    with ThreadPoolExecutor(PHONES) as phones:
        times = sorted(took for each in phones.map(one_phone, range(PHONES)) for took in each)
    cuts = quantiles(times, n=20)
    return Waiting(way, cuts[18], cuts[9], times[-1])
