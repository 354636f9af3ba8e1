"""The officer's desk at 2,000, 60,000 and 1,000,000 pupils: p95 of each page's server time, and its statements.

A county officer opens every page of an invented county of 2,000 and of 60,000 pupils, then of the same 60,000 with
sixteen more such counties beside it; an officer of the city opens the pages of all the million. ``read_whole`` are the
tables of more than 10,000 rows that PostgreSQL reads from end to end for a page, by its plans: a county among a million
ought to read none. Set DESK_AT to a folder to keep the three databases; the million takes some ten minutes to make.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal import embedded_postgres

LIMIT = "change_password"
"""A page that asks for nothing: who is there, and what waits at the side."""
ROOT = Path(__file__).parent.parent
Opened = dict[str, tuple[float, int, list[str]]]
NOTHING = (float("nan"), 0, [])


@dataclass(frozen=True)
class Page:
    """Milliseconds (p95) and statements: of the city's officer and the county's among a million, and alone."""

    page: str
    city_of_1000000_ms: float
    sql_1m: int
    county_of_1000000_ms: float
    county_60000_ms: float
    sql_60k: int
    county_2000_ms: float
    sql_2k: int
    read_whole_by_county: str
    read_whole_by_city: str


def run() -> list[Page]:
    with folder() as place:
        town = opened(made(place / "town", "town"), "cnty")
        county = opened(made(place / "county", "county"), "cnty")
        at = million(place)
        among, city = opened(at, "cnty"), opened(at, "city")
        for name in ("town", "county", "million"):
            embedded_postgres.start(place / name / "postgres").stop()
    return [row(page, town, county, among, city) for page in county]


def million(place: Path) -> Path:
    """The county's folder once more, with copies of the county beside it."""
    at = place / "million"
    if not (at / "copied").exists():
        embedded_postgres.start(place / "county" / "postgres").stop()
        shutil.rmtree(at, ignore_errors=True)
        shutil.copytree(place / "county", at, ignore=shutil.ignore_patterns("holders", "starting"))
        step("benchmarks.ways.desk_counties", at)
        (at / "copied").touch()
    return at


def row(page: str, *ways: Opened) -> Page:
    town, county, among, city = (way.get(page, NOTHING) for way in ways)
    whole = ["、".join(found[2]) or "-" for found in (among, city)]
    return Page(page, city[0], city[1], among[0], county[0], county[1], town[0], town[1], *whole)


@contextmanager
def folder() -> Iterator[Path]:
    if kept := os.environ.get("DESK_AT"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def made(instance: Path, size: str) -> Path:
    """With what the demonstration told of its accounts beside it."""
    accounts = instance / "demo.json"
    environment = os.environ | {"PORTAL_INSTANCE": str(instance), "PORTAL_LOG_LEVEL": "WARNING"}
    flask = [sys.executable, "-m", "flask"]
    instance.mkdir(parents=True, exist_ok=True)
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    if not accounts.exists():
        making = [*flask, "demo", "--size", size, "--json"]
        told = subprocess.run(making, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        accounts.write_bytes(told.stdout)
    return instance


def opened(instance: Path, account: str) -> Opened:
    accounts = json.loads((instance / "demo.json").read_text(encoding="utf-8"))["accounts"]
    password = next(one["password"] for one in accounts if one["account"] == account)
    found: Opened = json.loads(step("benchmarks.ways.desk_portal", instance, account, password))
    return found


def step(module: str, *arguments: object) -> bytes:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    for one in run():
        print(one)
