"""Servers that misbehave, on a socket of this machine: what a gateway's adapter must survive."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Its address and what it was sent; ``answer`` gets each connection once the request was read."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65536))
                try:
                    answer(connection)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/cgi-bin/sendsms", heard
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def says(status: str, text: str) -> Callable[[socket.socket], None]:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + body)


def drips(answer: bytes) -> Callable[[socket.socket], None]:
    """A byte every tenth of a second, so that no read ever waits long; for ever, as far as a caller can tell."""

    def drip(connection: socket.socket) -> None:
        for byte in answer + b" " * 600:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)

    return drip


def hangs_up(connection: socket.socket) -> None:
    """After the request was heard: the lost answer."""


def hangs_up_in_the_middle(connection: socket.socket) -> None:
    connection.sendall(ACCEPTED[:-10])


def stays_silent(connection: socket.socket) -> None:
    connection.recv(1)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; ``headers`` in small letters."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@contextmanager
def supplier(answer: Callable[[Asked], object], status: int = 200) -> Iterator[tuple[str, list[Asked]]]:
    """A supplier on this machine that speaks JSON; its address, and everything it was asked."""
    heard: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard.append(Asked(address.path, dict(parse_qsl(address.query)), headers, body))
            told = json.dumps(answer(heard[-1])).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Nothing is told of a request."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}", heard
    finally:
        listening.shutdown()
        listening.server_close()
