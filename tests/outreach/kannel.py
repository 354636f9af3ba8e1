"""Kannel with its fake operator, from Debian's packages kannel and kannel-extras: the gateway nobody here wrote."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote_to_bytes

BEARERBOX, SMSBOX, FAKESMSC = "/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/test/fakesmsc"
OVER_SMPP = Path(__file__).with_name("smpp_operator.py")
USERNAME, PASSWORD = "portal", "portal-pw"

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = adm-{admin}
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 2
store-type = spool
store-location = "{folder}/store"
dlr-storage = spool
dlr-spool = "{folder}/dlr"
sms-resend-freq = 5
sms-resend-retry = 3

{line}
group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = "127.0.0.1"
sendsms-chars = "0123456789+"
global-sender = 106900001234
log-file = "{folder}/smsbox.log"
log-level = 2
http-request-retry = 5
http-queue-delay = 1
mo-recode = true

group = sendsms-user
username = portal
password = portal-pw
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 8
concatenation = true
forced-smsc = LINE

group = sms-service
keyword = default
catch-all = true
max-messages = 0
{replies}
"""

FAKE = """\
group = smsc
smsc = fake
smsc-id = LINE
port = {operator}
connect-allow-ip = "127.0.0.1"
"""

SMPP = """\
group = smsc
smsc = smpp
smsc-id = LINE
host = 127.0.0.1
port = {operator}
smsc-username = portal
smsc-password = secret
system-type = ""
interface-version = 34
transceiver-mode = 1
enquire-link-interval = 15
reconnect-delay = 3
throughput = 200
max-pending-submits = 20
msg-id-type = 0x00
"""


@dataclass(frozen=True)
class Running:
    """``url`` is where messages are handed over; the operator's side is read from what it prints."""

    url: str
    smsbox: subprocess.Popen[bytes]
    bearerbox: subprocess.Popen[bytes]
    printed: Path

    def got(self) -> Counter[str]:
        """How often each number reached the operator behind SMPP."""
        return Counter(line.removeprefix("got ") for line in self.printed.read_text("ascii").splitlines())

    def received(self) -> list[tuple[str, str]]:
        """Number and text of everything that reached the operator, in order."""
        found = re.findall(r"Got message \d+: <\d+ (\d+) ucs-2 (.*)>", self.printed.read_text("ascii", "replace"))
        return [(number, unquote_to_bytes(text.replace("+", " ")).decode("utf-16-be")) for number, text in found]

    def count(self) -> Counter[str]:
        """How often each number was written to."""
        return Counter(number for number, _ in self.received())

    @contextmanager
    def frozen(self, box: subprocess.Popen[bytes]) -> Iterator[None]:
        box.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            box.send_signal(signal.SIGCONT)


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """Kannel's account may pass through to what is in it.

    Not in pytest's: every run that begins shuts /tmp/pytest-of-… to others anew, and a Kannel that works there
    loses its reports from then on.
    """
    with TemporaryDirectory(prefix="portal-kannel-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def kannel(smpp: bool = False, replies_to: str = "") -> Iterator[Running]:
    """As an account without rights, on free ports of this machine; its operator a fake or one that speaks SMPP."""
    with folder_of_its_own() as folder, _boxes(folder / "run", smpp, replies_to) as running:
        yield running


@contextmanager
def _boxes(folder: Path, smpp: bool, replies_to: str) -> Iterator[Running]:
    admin, boxes, operator, http = free_ports(4)
    folder.mkdir()
    for name in ("store", "dlr"):
        (folder / name).mkdir()
    replies = f'post-url = "{replies_to}"\nsend-sender = true' if replies_to else 'text = ""'
    line = (SMPP if smpp else FAKE).format(operator=operator)
    text = CONFIGURATION.format(folder=folder, admin=admin, boxes=boxes, http=http, line=line, replies=replies)
    (folder / "kannel.conf").write_text(text)
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *command: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.out").open("wb") as output:
            process = subprocess.Popen(
                [*_unprivileged(folder), *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        started.append(process)
        return process

    try:
        if smpp:
            start("operator", sys.executable, str(OVER_SMPP), str(operator))
            wait_for(lambda: listens(operator))
        bearerbox = start("bearerbox", BEARERBOX, "-v", "4", f"{folder}/kannel.conf")
        wait_for(lambda: listens(boxes) and listens(operator))
        smsbox = start("smsbox", SMSBOX, "-v", "4", f"{folder}/kannel.conf")
        wait_for(lambda: listens(http))
        if not smpp:
            # without a message of its own it would read standard input and end
            start(
                "operator", FAKESMSC, "-H", "127.0.0.1", "-r", str(operator), "-m", "0", "-v", "0", "100 200 text nop"
            )
        status = f"http://127.0.0.1:{http}/cgi-bin/sendsms"
        wait_for(lambda: "LINE" in _status(admin) and "online" in _status(admin))
        yield Running(status, smsbox, bearerbox, folder / "operator.out")
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _unprivileged(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam("kannel")
    for path in (folder, *folder.iterdir()):
        if path.owner() == "root":
            shutil.chown(path, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _status(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(b"GET /status.txt HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(true: Callable[[], bool], seconds: float = 120) -> None:
    """Raises when it does not become true; a patience, not a measure."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.05)
