"""What was acknowledged is there again, whatever was killed with -9, and whoever asks at the same time."""

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest

from portal.embedded_postgres import APPLICATION, DATABASE, OWNER, EmbeddedPostgres, start
from portal.embedded_postgres.guard import processes_in

ROUNDS = 10
HERE = multiprocessing.get_context("fork")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path under /tmp; everything that works in it is killed afterwards."""
    made = Path(tempfile.mkdtemp(prefix="pg-"))
    yield made
    assert eventually(lambda: kill([*guards(made), *servers(made)]) == 0 and alone(made))
    shutil.rmtree(made)


def connect(server: EmbeddedPostgres, role: str = OWNER) -> psycopg.Connection:
    return psycopg.connect(server.url_for(DATABASE, role).replace("postgresql+psycopg", "postgresql"), autocommit=True)


def guards(folder: Path) -> list[int]:
    lines = subprocess.run(
        ["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [int(line.split()[0]) for line in lines if "guard.py" in line and f"{folder}/holders" in line]


def servers(folder: Path) -> list[int]:
    return [pid for pid, _ in processes_in(folder / "cluster" / "data")]


def postmaster(folder: Path) -> int:
    """Its number as soon as it has one: backends of a killed one still commit while the next is being started."""
    file = folder / "cluster" / "data" / "postmaster.pid"
    assert eventually(lambda: file.exists() and file.read_text())
    return int(file.read_text().split()[0])


def kill(pids: list[int]) -> int:
    """How many there were; some may have ended by themselves in the meantime."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


def alone(folder: Path) -> bool:
    """Whether no PostgreSQL process of the folder is left; each has inherited this lock."""
    work = folder / "cluster" / "work"
    return not work.exists() or subprocess.run(["flock", "--nonblock", work, "true"], check=False).returncode == 0


def eventually(true: Callable[[], object], patience: float = 30) -> bool:
    deadline = time.monotonic() + patience
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())


def write_rows(folder: Path, acknowledged: Path) -> None:
    """A web worker of sorts: commits numbers, and notes each one only after the commit was answered."""
    notes = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        try:
            with connect(start(folder)) as database:
                database.execute("CREATE TABLE IF NOT EXISTS receipt (number bigint GENERATED ALWAYS AS IDENTITY)")
                while True:
                    row = database.execute("INSERT INTO receipt DEFAULT VALUES RETURNING number").fetchone()
                    os.write(notes, b"%d\n" % row[0])
        except psycopg.OperationalError:
            continue


def writer(folder: Path, acknowledged: Path) -> BaseProcess:
    process = HERE.Process(target=write_rows, args=(folder, acknowledged), daemon=True)
    process.start()
    return process


def noted(acknowledged: Path) -> list[int]:
    return [int(line) for line in acknowledged.read_text().split()] if acknowledged.exists() else []


def missing(folder: Path, acknowledged: Path) -> set[int]:
    server = start(folder)
    with connect(server) as database:
        stored = {number for (number,) in database.execute("SELECT number FROM receipt")}
    server.stop()
    return set(noted(acknowledged)) - stored


def test_no_acknowledged_row_is_lost_when_the_server_is_killed_again_and_again(folder: Path) -> None:
    kill_the_server(folder, ROUNDS, 2020)


def kill_the_server(folder: Path, rounds: int, seed: int) -> None:
    acknowledged, luck = folder / "acknowledged", random.Random(seed)
    process = writer(folder, acknowledged)
    for _ in range(rounds):
        before = len(noted(acknowledged))
        assert eventually(lambda before=before: len(noted(acknowledged)) > before + 20)
        time.sleep(luck.uniform(0, 0.1))
        kill([postmaster(folder)])
    process.kill()
    process.join()
    assert missing(folder, acknowledged) == set()


def test_no_acknowledged_row_is_lost_when_everything_is_killed_and_started_at_once(folder: Path) -> None:
    kill_everything(folder, ROUNDS, 8)


def kill_everything(folder: Path, rounds: int, seed: int) -> None:
    acknowledged, luck = folder / "acknowledged", random.Random(seed)
    for _ in range(rounds):
        before, process = len(noted(acknowledged)), writer(folder, acknowledged)
        assert eventually(lambda before=before: len(noted(acknowledged)) > before + 20)
        victims = [process.pid, *guards(folder), *servers(folder)]
        luck.shuffle(victims)
        kill(victims[: luck.randint(1, len(victims))])
        kill([*victims[:1], process.pid])
        process.join()
    assert missing(folder, acknowledged) == set()


def test_backends_left_without_server_or_guard_end_before_the_next_server_starts(folder: Path) -> None:
    busy = connect(start(folder))
    orphan = busy.info.backend_pid
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")
    kill([*guards(folder), postmaster(folder)])
    assert orphan in servers(folder)
    with connect(start(folder)) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)
    assert orphan not in servers(folder)


def test_four_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    with HERE.Pool(4) as pool:
        numbers = pool.map(postmaster_seen_from, [folder] * 4, chunksize=1)
    assert len(set(numbers)) == 1


def postmaster_seen_from(folder: Path) -> int:
    server = start(folder)
    with connect(server, APPLICATION) as database:
        database.execute("SELECT 1")
    time.sleep(0.5)
    return postmaster(folder)


def test_a_kill_in_the_middle_of_initdb_leaves_nothing_half_made(folder: Path) -> None:
    process = writer(folder, folder / "acknowledged")
    assert eventually((folder / "cluster" / "making" / "base").exists)
    kill([process.pid, *guards(folder), *(pid for pid, _ in processes_in(folder / "cluster" / "making"))])
    process.join()
    assert connect(start(folder)).execute("SELECT 1").fetchone() == (1,)


def test_the_server_ends_with_the_last_process_that_needs_it_even_a_killed_one(folder: Path) -> None:
    process = writer(folder, folder / "acknowledged")
    assert eventually(lambda: noted(folder / "acknowledged"))
    start(folder).stop()
    assert servers(folder) != []
    process.kill()
    process.join()
    assert eventually(lambda: servers(folder) == [] and guards(folder) == [])


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_for_its_socket_alone(folder: Path) -> None:
    server = start(folder / ("deep" * 30))
    assert connect(server).execute("SELECT 1").fetchone() == (1,)
    server.stop()
    shutil.rmtree(server.sockets)


def test_the_application_role_owns_nothing_and_is_bound_by_row_level_security(folder: Path) -> None:
    database = connect(start(folder), APPLICATION)
    rights = database.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    assert rights == (False, False)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("CREATE TABLE mine (number int)")


def test_the_server_log_names_no_value_of_a_refused_statement(folder: Path) -> None:
    database = connect(start(folder))
    database.execute("CREATE TABLE person (number text PRIMARY KEY)")
    database.execute("INSERT INTO person VALUES ('canary-3299')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute("INSERT INTO person VALUES (%s)", ["canary-3299"])
    log = (folder / "server.log").read_text()
    assert "duplicate key" in log
    assert "canary" not in log


def test_an_ordinary_user_can_run_a_server_of_his_own_and_reach_no_other(folder: Path) -> None:
    """Where root runs the tests that is nobody; an ordinary user is one himself, and both servers are his."""
    become = [] if os.geteuid() else ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    pythons = [sys.executable, "/usr/bin/python3"]
    python = next(python for python in pythons if not subprocess.run([*become, "test", "-x", python]).returncode)
    folder.chmod(0o711)
    start(folder)
    (folder / "own").mkdir()
    if become:
        shutil.chown(folder / "own", "nobody")
    done = subprocess.run(
        [*become, python, "-c", ORDINARY, str(folder)],
        env={"PYTHONPATH": os.pathsep.join(p for p in [str(Path.cwd()), *sys.path] if p), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    kill([*guards(folder / "own"), *servers(folder / "own")])
    assert done.stdout.split() == ["(1,)", "refused" if become else "reached"], done.stderr


ORDINARY = """
import sys, psycopg
from pathlib import Path
from portal.embedded_postgres import start
from portal.embedded_postgres import EmbeddedPostgres
from tests.test_embedded_postgres import connect
own, other = Path(sys.argv[1]) / "own", Path(sys.argv[1])
server = start(own)
print(str(connect(server).execute("SELECT 1").fetchone()).replace(" ", ""))
try:
    connect(EmbeddedPostgres(other, other / "cluster"))
    print("reached")
except psycopg.OperationalError:
    print("refused")
server.stop()
"""
