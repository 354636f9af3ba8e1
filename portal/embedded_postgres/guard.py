"""The process that looks after one embedded PostgreSQL: starts it, revives it, and stops it when nobody needs it.

Run by path in an isolated interpreter (standard library only), so that it is up in milliseconds and imports nothing
of the portal. It lives as long as some process holds the shared lock on ``holders``; the kernel drops that lock
even when the holder is killed with -9. Why the package's own start is not used: docs/decisions/0001.
"""

import argparse
import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

LOOK_EVERY = 0.2  # seconds between two looks at the locks
FEW = 3  # postmasters that end before they were ready; more are tried only if one of this guard's has served
ORPHANS = ((signal.SIGQUIT, 2.0), (signal.SIGKILL, 60.0))  # immediate shutdown, then force, and how long each may take
STUCK = 1.5  # seconds without end and without a shutdown checkpoint under way, after which asking is over

# Log lines name no value that a statement carried: terse drops DETAIL, panic drops the statement.
CONFIGURATION = """\
# Written anew at every start.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 1GB
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
dynamic_shared_memory_type = posix
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
lc_monetary = 'C'
lc_numeric = 'C'
lc_time = 'C'
default_text_search_config = 'pg_catalog.simple'
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
"""
AUTHENTICATION = "local all all peer map=portal\n"


class Cluster:
    """One data folder and the PostgreSQL processes that work in it; everything here runs as the server's account."""

    def __init__(self, binaries: Path, folder: Path, sockets: Path, client: str) -> None:
        self.binaries, self.sockets, self.client = binaries, sockets, client
        self.data, self.making, self.work = folder / "data", folder / "making", folder / "work"

    def make(self) -> None:
        """initdb beside the final place, then one rename: a kill in the middle leaves nothing half made."""
        if self.data.exists():
            return
        work = self.alone()
        shutil.rmtree(self.making, ignore_errors=True)
        settings = ["--username=postgres", "--auth=peer", "--encoding=UTF8", "--locale-provider=builtin"]
        settings += ["--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        command = [str(self.binaries / "initdb"), *settings, "-D", str(self.making)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, pass_fds=[work])
        os.close(work)
        self.making.rename(self.data)
        parent = os.open(self.data.parent, os.O_RDONLY)
        os.fsync(parent)
        os.close(parent)

    def configure(self) -> None:
        """The three files PostgreSQL reads at start; only the client's and the server's accounts may connect."""
        server = pwd.getpwuid(os.geteuid()).pw_name
        accounts = "".join(f'portal "{name}" all\n' for name in sorted({self.client, server}))
        directory = f"unix_socket_directories = '{str(self.sockets).replace(chr(39), chr(39) * 2)}'\n"
        contents = {"postgresql": CONFIGURATION + directory, "pg_hba": AUTHENTICATION, "pg_ident": accounts}
        for name, text in contents.items():
            fresh = self.data / f"{name}.fresh"
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self.data / f"{name}.conf")

    def launch(self) -> int:
        """Process number of a new postmaster; what an earlier one left (backends, pid files, sockets) goes first."""
        work = self.alone()
        for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)
        self.configure()
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        pid = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=[work]).pid
        os.close(work)
        return pid

    def alone(self) -> int:
        """The lock that each PostgreSQL process of this cluster inherits: had, not one is left, unborn ones included.

        Two postmasters in one data folder would destroy it, and a scan alone misses one between fork and exec.
        """
        work = os.open(self.work, os.O_RDWR | os.O_CREAT)
        for sign, patience in ORPHANS:
            if wait_until(partial(self.locked_or_told, work, sign), patience):
                return work
        raise SystemExit(f"{self.data} 里的 PostgreSQL 进程停不下来：请结束它们后再启动")

    def locked_or_told(self, work: int, sign: signal.Signals) -> bool:
        if locked(work):
            return True
        for pid, _ in list(processes_in(self.data)):
            send(pid, sign)
        return False

    def postmaster(self) -> int | None:
        """The postmaster already at work in the data folder, if there is one."""
        found = dict(processes_in(self.data))
        heads = [
            pid for pid, (parent, title) in found.items() if parent not in found and not title.startswith("postgres:")
        ]
        return heads[0] if heads else None

    def was_ready(self) -> bool:
        """Whether the postmaster that just died had come so far; one that failed to start takes its file along."""
        try:
            return (self.data / "postmaster.pid").read_text().rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    def stop(self) -> None:
        """Ends the postmaster in good order, and what is left after it in bad; both keep what was committed.

        PostgreSQL 18 told to stop in the middle of its own restart after a crash may never end: seen.
        """
        if pid := self.postmaster():
            send(pid, signal.SIGINT)
            while not wait_until(lambda: not any(processes_in(self.data)), STUCK) and self.saving():
                pass
            reap(pid)
        os.close(self.alone())

    def saving(self) -> bool:
        return any(title.endswith("performing shutdown checkpoint") for _, (_, title) in processes_in(self.data))


def processes_in(data: Path) -> Iterator[tuple[int, tuple[int, str]]]:
    """(pid, (parent, title)) of the living PostgreSQL processes whose working folder is ``data``."""
    try:
        wanted = data.stat()
    except FileNotFoundError:
        return
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            here = (entry / "cwd").stat()
            if (here.st_dev, here.st_ino) != (wanted.st_dev, wanted.st_ino):
                continue
            if (entry / "exe").readlink().name.removesuffix(" (deleted)") != "postgres":
                continue
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            title = (entry / "cmdline").read_bytes().split(b"\0")[0].decode()
        except (OSError, IndexError):  # another account's, or just gone; a zombie has no working folder
            continue
        yield int(entry.name), (parent, title)


def send(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)


def reap(pid: int) -> None:
    with suppress(ChildProcessError):  # found running: some earlier guard's child
        os.waitpid(pid, os.WNOHANG)


def wait_until(true: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def locked(file: int) -> bool:
    """Whether this process got the exclusive lock just now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def watch(pid: int, over: Callable[[], bool]) -> bool:
    """Waits on a postmaster, our child or not; True when it is time to stop, False when it died."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    try:
        while not (gone := ended.poll(LOOK_EVERY * 1000)) and not over():
            pass
    finally:
        os.close(handle)
    if gone:
        reap(pid)
    return not gone


def keep(cluster: Cluster, over: Callable[[], bool]) -> None:
    """A server for as long as it is needed; a dead postmaster is followed by another."""
    failures, served = 0, False
    while True:
        pid = cluster.postmaster() or cluster.launch()
        if watch(pid, over):
            return cluster.stop()
        if cluster.was_ready():
            failures, served = 0, True
            continue
        failures += 1
        if failures == FEW and not served:
            raise SystemExit("PostgreSQL 起不来：原因见上面")
        if wait_until(over, min(5.0, 0.1 * 2**failures)):
            return cluster.stop()


def become(account: str) -> None:
    """PostgreSQL refuses to run as root, so a guard that root started goes on as this account."""
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    for name in ("--binaries", "--folder", "--sockets", "--holders", "--lock"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--account")
    given = parser.parse_args(arguments)
    lock, holders = os.open(given.lock, os.O_RDWR), os.open(given.holders, os.O_RDWR)
    if not wait_until(lambda: locked(lock), 2.0):
        return  # another guard is at work
    if given.account:
        become(given.account)
    os.umask(0o077)
    terminated: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: terminated.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cluster = Cluster(given.binaries, given.folder, given.sockets, given.client)
    cluster.make()
    keep(cluster, lambda: bool(terminated) or locked(holders))
    os.close(lock)  # before holders: who waits for that one must find no guard


if __name__ == "__main__":
    main(sys.argv[1:])
