"""A supplier's access token: fetched when there is none, kept until shortly before it ends, one for all threads."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


class NoToken(Exception):
    """There is none, so nothing was sent; the text is the supplier's code, judged like any other."""


@dataclass(frozen=True)
class Fresh:
    token: str
    seconds: float


class Token:
    """By the steady clock: a wall clock that is put back would keep a dead token alive."""

    EARLY = 300.0  # seconds before its end at which the next is fetched; both hold meanwhile

    def __init__(self) -> None:
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def take(self, fetch: Callable[[], Fresh]) -> str:
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                fresh = fetch()
                self._token, self._until = fresh.token, time.monotonic() + max(fresh.seconds - self.EARLY, 0)
            return self._token

    def drop(self, token: str) -> None:
        """It was refused; a newer one that another thread has fetched meanwhile stays."""
        with self._lock:
            if self._token == token:
                self._token = ""
