"""A school's 2,000 pupils against a register of 300,000 on the embedded database: ours, a pandas script, the bare COPY.

The portal judges every row, seals names, numbers and categories, keeps indexes, audits and opens ledger rows; the two
others put the same csv files into the same PostgreSQL in clear and join on the number. Seconds are of whole processes.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb

from benchmarks import people
from portal import embedded_postgres

LIMIT = "bare_copy"
WAYS = ("portal", "pandas_to_sql", LIMIT)
STEPS = ("register", "roster", "match", "list")


@dataclass(frozen=True)
class Seconds:
    """Of one way; ``pairs`` are the lines of the list it writes."""

    way: str
    seconds: float
    register: float
    roster: float
    match: float
    list: float
    pairs: int


def run(pupils: int = 2_000, entries: int = 300_000) -> list[Seconds]:
    """Make the csv files once, then every way on an empty database of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, pupils, entries)
        server = embedded_postgres.start(folder / "instance" / "postgres")
        found = [timed(way, folder, server) for way in WAYS]
        server.stop()
    return found


def write_files(folder: Path, pupils: int, entries: int) -> None:
    made = people.make(folder, pupils, entries)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT row_id 序号, name 姓名, id_no 身份证件号, '四年级' 年级, '(' || row_id % 40 || ')班' 班级, "
            f"'母亲' 监护人1关系, g1_name 监护人1姓名, g1_id 监护人1身份证件号 FROM '{made.roster}') "
            f"TO '{folder / 'roster.csv'}' (HEADER)"
        )
        con.execute(
            f"COPY (SELECT row_id 序号, '低保' 困难类别, name 姓名, id_no 身份证件号, 'H' || row_id // 3 户编号 "
            f"FROM '{made.register}') TO '{folder / 'register.csv'}' (HEADER)"
        )


def timed(way: str, folder: Path, server: embedded_postgres.EmbeddedPostgres) -> Seconds:
    """Each step is a process, as a person would start it."""
    server.create_database(way)
    address = [server.url_for(way, "portal_owner"), server.url_for(way, "portal_app")]
    _step(way, "prepare", folder, address)
    began = perf_counter()
    steps = [_step(way, step, folder, address) for step in STEPS]
    seconds = perf_counter() - began
    pairs = len((folder / f"{way}.csv").read_text(encoding="utf-8-sig").splitlines()) - 1
    return Seconds(way, seconds, *steps, pairs)


def _step(way: str, step: str, folder: Path, address: list[str]) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-m", f"benchmarks.ways.school_{way}", step, folder, *address], check=True)
    return perf_counter() - began


if __name__ == "__main__":
    for one in run():
        print(one)
