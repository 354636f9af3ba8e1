"""`make run` in the foreground: the database, the tables, the demonstration, then the processes of Procfile.

A process that ends is started again; Ctrl-C ends all of them and then the embedded PostgreSQL. Should this process be
killed with -9, the kernel kills the others. Why not honcho: docs/decisions/0002.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psycopg

from portal import embedded_postgres
from portal.embedded_postgres import NoPostgres
from portal.settings import SettingsProblem, read_settings

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SHORT_LIFE = 5.0  # seconds; a process that ends sooner did not really start
FEW = 5  # short lives in a row, after which it will not get better by itself
PATIENCE = 25.0  # seconds a process has to end; gunicorn lets requests finish


@dataclass
class Running:
    """One line of Procfile and the process it stands for at the moment."""

    name: str
    command: list[str]
    short_lives: int = 0
    began: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a session of its own, so that a terminal's Ctrl-C reaches us alone; it dies with us, however we die."""
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self.command], cwd=ROOT, env=environment(), start_new_session=True
        )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


PORT = int(os.environ.get("PORT", "8000"))
ADDRESS = f"http://127.0.0.1:{PORT}"


def environment() -> dict[str, str]:
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {"PORTAL_PUBLIC_URL": ADDRESS, **os.environ, "PATH": path}


def procfile() -> list[Running]:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return [Running(name, shlex.split(command)) for name, _, command in (line.partition(":") for line in lines if line)]


def say(words: str) -> None:
    sys.stderr.write(f"run: {words}\n")


def revive(one: Running) -> None:
    one.short_lives = one.short_lives + 1 if time.monotonic() - one.began < SHORT_LIFE else 0
    if one.short_lives >= FEW:
        raise SystemExit(f"run: {one.name} 起来几次都停了：请看上面它最后说的话")
    say(f"{one.name} 停了，正在重新启动")
    time.sleep(one.short_lives)
    one.start()


def keep_running(processes: list[Running]) -> NoReturn:
    for one in processes:
        if not one.process:
            one.start()
    while True:
        pid, _ = os.waitpid(-1, 0)
        for one in processes:
            if one.process and one.process.pid == pid:
                revive(one)


def end(processes: list[Running]) -> None:
    for sign, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        for one in processes:
            if one.process and not one.ended():
                one.process.send_signal(sign)
        deadline = time.monotonic() + patience
        while not all(one.ended() for one in processes) and time.monotonic() < deadline:
            time.sleep(0.02)


def wait_for_port(port: int) -> None:
    """A web process that was killed a moment ago may hold it a second longer."""
    deadline = time.monotonic() + 5
    while True:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"run: 端口 {port} 已被占用：请换一个，如 make run PORT={port + 1}") from None
            else:
                return
        time.sleep(0.1)


def up_to_date(owner_url: str) -> bool:
    """Whether the tables are those of the newest migration, so that the web may start before anything else."""
    newest = max((ROOT / "migrations" / "versions").glob("[0-9]*.py")).read_text(encoding="utf-8")
    revision = re.search(r"^revision\b.*= [\"'](.+)[\"']$", newest, re.MULTILINE)
    try:
        with psycopg.connect(owner_url.replace("+psycopg", "", 1), connect_timeout=5) as database:
            here = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error:
        return False
    return bool(revision and here == revision.groups())


def prepare() -> None:
    """The tables as this version needs them, then the demonstration county if there is nothing."""
    subprocess.run([sys.executable, "-m", "make.prepare"], cwd=ROOT, env=environment(), check=True)


def stop(_sign: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, stop)
    processes, server = procfile(), None
    try:
        settings = read_settings()
        wait_for_port(PORT)
        if settings.database_url is None:
            server = embedded_postgres.start(settings.instance / "postgres")
        owner_url = settings.database_owner_url or (server.owner_url if server else "")
        if up_to_date(owner_url):
            processes[0].start()
        prepare()
        say(f"家长端 {ADDRESS}/   工作端 {ADDRESS}/staff/   按 Ctrl-C 全部停下")
        keep_running(processes)
    except KeyboardInterrupt:
        say("正在停下")
    except (NoPostgres, SettingsProblem) as problem:
        raise SystemExit(f"run: {problem}") from None
    except subprocess.CalledProcessError:
        raise SystemExit("run: 数据库没有准备好：原因在上面，请改正后再运行") from None
    finally:
        end(processes)
        if server:
            server.stop()


if __name__ == "__main__":
    main()
