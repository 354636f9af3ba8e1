"""One HTTP call to a gateway: a connection of its own, nothing tried twice, and a deadline that holds.

``requests`` waits its read timeout anew for every byte, so a server that drips holds it for minutes (seen: 27.7 s
with a timeout of 1.5 s). Here the socket is shut when time is up. A connection is never kept for the next call:
one that the other side has closed meanwhile looks exactly like a lost answer.
"""

import os
import socket
import threading
import time
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from portal.outreach.gateways.protocol import Handed, Outcome

NO_CONNECTION = Outcome(Handed.RETRY, "no connection", "连不上网关，没有交出去")
NO_ANSWER = Outcome(Handed.UNKNOWN, "no answer", "网关没有回答，等状态报告")

CONNECT, READ, DEADLINE = 2.0, 10.0, 10.0  # seconds
LONGEST_ANSWER = 64 * 1024


class Call:
    """One deadline for everything asked within; after a failure ``lost`` says what the last request proves."""

    def __init__(self, deadline: float = DEADLINE, longest: int = LONGEST_ANSWER) -> None:
        self._ends_at = time.monotonic() + deadline
        self._longest = longest
        self._connected = False
        self._late = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "Call":
        _MINE.call = self
        _WATCH.begin(self, self._ends_at)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _WATCH.end(self)
        _MINE.call = None

    @property
    def lost(self) -> Outcome:
        """Only where no connection stood can the other side have heard nothing."""
        return NO_ANSWER if self._connected else NO_CONNECTION

    def post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Status and text of the answer; raises requests.RequestException or OSError."""
        return self._request("POST", url, headers, body)

    def get(self, url: str) -> tuple[int, str]:
        """The same, for what changes nothing on the other side."""
        return self._request("GET", url, {}, b"")

    def _request(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        self._connected = False
        headers = {"Connection": "close", **headers}
        try:
            with _MINE.session.request(
                method, url, data=body, headers=headers, timeout=(CONNECT, READ), allow_redirects=False, stream=True
            ) as answer:
                return answer.status_code, self._read(answer).decode("utf-8", "replace")
        finally:
            _MINE.session.close()  # also where the other side would have kept the connection

    def _read(self, answer: requests.Response) -> bytes:
        text = b""
        try:
            while len(text) < self._longest and (more := answer.raw.read(4096, decode_content=False)):
                text += more
        except HTTPError as error:
            raise ConnectionError from error
        if self._late:
            raise TimeoutError
        return text

    def watch(self, connection: socket.socket) -> None:
        """From here on the request may be heard."""
        with self._lock:
            if self._late:
                raise TimeoutError
            self._connected = True
            self._sockets.append(connection)

    def run_out(self) -> None:
        """Time is up: whoever waits for an answer gets none."""
        with self._lock:
            self._late = True
            for connection in self._sockets:
                try:
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)  # under TLS as well
                except OSError:
                    continue  # closed already


class _Watch(threading.Thread):
    """Looks after the deadlines of all calls of this process; by the steady clock, like everything that waits."""

    def __init__(self) -> None:
        super().__init__(name="gateway deadlines", daemon=True)
        self._runs = False
        self._changed = threading.Condition()
        self._ends: dict[Call, float] = {}
        self._next = float("inf")

    def begin(self, call: Call, ends_at: float) -> None:
        with self._changed:
            if not self._runs:
                self._runs = True
                self.start()
            self._ends[call] = ends_at
            if ends_at < self._next:
                self._changed.notify()

    def end(self, call: Call) -> None:
        with self._changed:
            self._ends.pop(call, None)

    def run(self) -> None:
        while True:
            with self._changed:
                self._next = min(self._ends.values(), default=float("inf"))
                self._changed.wait(None if self._next == float("inf") else max(self._next - time.monotonic(), 0))
                now = time.monotonic()
                late = [call for call, ends_at in self._ends.items() if ends_at <= now]
                for call in late:
                    del self._ends[call]
            for call in late:
                call.run_out()


class _Mine(threading.local):
    """What a thread keeps between calls: a session that keeps nothing itself, and the call that is under way."""

    def __init__(self) -> None:
        self.call: Call | None = None
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Adapter(max_retries=0))


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _tell(self.sock)


class _Encrypted(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _tell(self.sock)


def _tell(connection: socket.socket) -> None:
    """The call of this thread has a connection that stands."""
    if _MINE.call is not None:
        _MINE.call.watch(connection)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _Adapter(HTTPAdapter):
    """Opens connections that tell their call when they stand."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}


_MINE, _WATCH = _Mine(), _Watch()


def _begin_anew() -> None:
    """In a forked process no thread looks after deadlines yet."""
    global _MINE, _WATCH
    _MINE, _WATCH = _Mine(), _Watch()


os.register_at_fork(after_in_child=_begin_anew)
