"""One HTTP call to a gateway: a connection of its own, nothing tried twice, and a deadline that holds.

``requests`` waits its read timeout anew for every byte, so a server that drips holds it for minutes (seen: 27.7 s
with a timeout of 1.5 s). Here the socket is shut when time is up. A connection is never kept for the next call:
one that the other side has closed meanwhile looks exactly like a lost answer.
"""

import socket
from threading import Lock, Timer
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
        self._longest = longest
        self._connected = False
        self._late = False
        self._sockets: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(deadline, self._end)
        self._timer.daemon = True
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self))

    def __enter__(self) -> "Call":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._session.close()

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
        with self._session.request(
            method, url, data=body, headers=headers, timeout=(CONNECT, READ), allow_redirects=False, stream=True
        ) as answer:
            try:
                text = b""
                while len(text) < self._longest and (more := answer.raw.read(4096, decode_content=False)):
                    text += more
            except HTTPError as error:
                raise ConnectionError from error
            if self._late:
                raise TimeoutError
            return answer.status_code, text.decode("utf-8", "replace")

    def watch(self, connection: socket.socket) -> None:
        """From here on the request may be heard."""
        with self._lock:
            if self._late:
                raise TimeoutError
            self._connected = True
            self._sockets.append(connection)

    def _end(self) -> None:
        with self._lock:
            self._late = True
            for connection in self._sockets:
                try:
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)  # under TLS as well
                except OSError:
                    continue  # closed already


class _Adapter(HTTPAdapter):
    """Opens connections that tell their call when they stand."""

    def __init__(self, call: Call) -> None:
        self._call = call
        super().__init__(max_retries=0)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._call)


def _pools(call: Call) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            call.watch(self.sock)

    class Encrypted(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            call.watch(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}
