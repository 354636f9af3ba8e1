"""Matching inside the portal, on sealed rows: a school of 2,000 pupils beside 3 million entries, then 20,000 pupils.

60,000 entries and all pupils come in by the portal's own commands; the other entries are the same rows 49 times more
under digests of nobody, which nobody opens. The limit is the database alone joining the digests of the numbers, with
nothing opened, judged or written.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import duckdb
import psycopg
from sqlalchemy import func, select

from benchmarks import people
from portal import clock, embedded_postgres
from portal.app import create_app
from portal.clock import SchoolTerm
from portal.commands.session import open_sessions
from portal.coverage.matching_work import work_on
from portal.database import libpq
from portal.embedded_postgres import EmbeddedPostgres
from portal.enrolment.matching_runs import begin, enrolled
from portal.intake.progress import Sessions
from portal.models import MatchPair, Pupil, RegisterEntry, Unit
from portal.settings import read_settings

JOINED = "digests joined"
LIMIT = f"{2_000:,} pupils, {JOINED}"
TERM = "2026-autumn"
BY_COMMAND = 60_000
SPREAD = 2
"""Pupils whom the lists are about, for an entry; the first of them are enrolled."""
A_SCHOOL = 2_000
COPIED = ("intake_id", "register_row", "source", "category_sealed", "name_sealed", "id_number_sealed", "id_certain",
          "household_sealed", "county_code", "relation", "valid_from", "valid_to", "valid_to_unreadable")  # fmt: skip
DIGESTS = ("id_number_index", "old_number_index", "name_birth_index", "name_place_index", "household_index")


@dataclass(frozen=True)
class Seconds:
    """``cpu`` is the portal's own; the database has the rest of ``seconds``. ``pairs`` stand after the run."""

    way: str
    seconds: float
    pupils: int
    entries: int
    cpu: float
    pairs: int


def run(pupils: int = 20_000, entries: int = 3_000_000, kept: str = "") -> list[Seconds]:
    """In ``kept``, when it is named, the database stays and is used again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(kept or name)
        server = embedded_postgres.start(folder / "postgres")
        if not (folder / "filled").exists():
            fill(folder, server, pupils, entries)
        found = measure(folder)
        server.stop()
    return found


def fill(folder: Path, server: EmbeddedPostgres, pupils: int, entries: int) -> None:
    made = people.make(folder, SPREAD * BY_COMMAND, BY_COMMAND)
    schools = -(-pupils // A_SCHOOL)
    lines = ["32,江苏省,province,,", "3299,示例市,city,32,", "329901,示例县教育局,county,3299,"]
    lines += ["329901-MZ,示例县民政局,bureau,329901,"]
    lines += [f"329901{number:04d},第{number}小学,school,329901,primary" for number in range(1, schools + 1)]
    (folder / "units.csv").write_text("\n".join(["代码,名称,级别,上级代码,学段", *lines]), encoding="utf-8")
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT row_id 序号, '低保' 困难类别, name 姓名, id_no 身份证件号, "
            f"household_id 户编号, county 县区代码 FROM '{made.register}') TO '{folder / 'register.csv'}' (HEADER)"
        )
        con.execute(
            "COPY (SELECT row_id 序号, name 姓名, id_no 身份证件号, birth_date 出生日期, sex 性别, "
            "'四年级' 年级, '(1)班' 班级, "
            "hukou_div 户口所在地行政区划码, '母亲' 监护人1关系, g1_name 监护人1姓名, g1_id 监护人1身份证件号, "
            f"'329901' || lpad((1 + (row_id - 1) // {A_SCHOOL})::text, 4, '0') 学校标识码 "
            f"FROM '{made.roster}' WHERE row_id <= {pupils}) TO '{folder / 'roster.csv'}' (HEADER)"
        )
    _flask(folder, "db", "upgrade")
    _flask(folder, "units", "load", folder / "units.csv")
    _flask(folder, "registers", "import", folder / "register.csv", "--unit", "329901-MZ", "--batch", "2026-08")
    _flask(folder, "rosters", "import", folder / "roster.csv", "--unit", "329901", "--term", TERM)
    _multiply(server, entries // BY_COMMAND)
    (folder / "filled").touch()


def measure(folder: Path) -> list[Seconds]:
    app = create_app(read_settings({"PORTAL_INSTANCE": str(folder), "PORTAL_LOG_LEVEL": "WARNING"}))
    with app.app_context():
        sessions = open_sessions()
        _timed(sessions, "3299010001", _joined)  # warms the database
        return [_timed(sessions, unit, way) for unit in ("3299010001", "329901") for way in (_joined, _matched)]


def _timed(sessions: Sessions, code: str, way: Callable[[Sessions, Unit], str]) -> Seconds:
    with sessions.begin() as session:
        unit = session.scalars(select(Unit).where(Unit.code == code)).one()
        pupils = session.scalar(select(func.count()).select_from(enrolled(unit, SchoolTerm.parse(TERM)).subquery()))
        entries = session.scalar(select(func.count(RegisterEntry.id)))
        session.expunge(unit)
    began, busy = perf_counter(), process_time()
    name = way(sessions, unit)
    seconds, cpu = perf_counter() - began, process_time() - busy
    with sessions.begin() as session:
        pairs = session.scalar(select(func.count(MatchPair.id)).where(MatchPair.superseded_at.is_(None)))
    return Seconds(f"{pupils:,} pupils, {name}", seconds, pupils or 0, entries or 0, cpu, pairs or 0)


def _matched(sessions: Sessions, unit: Unit) -> str:
    """From the press of the button to the ledger rows."""
    with sessions.begin() as session:
        run_id = begin(session, session.get_one(Unit, unit.id), SchoolTerm.parse(TERM), "command", clock.now()).id
    while work_on(sessions, run_id, clock.now()):
        pass
    return "portal"


def _joined(sessions: Sessions, unit: Unit) -> str:
    met = RegisterEntry.id_number_index == Pupil.id_number_index
    ours = Pupil.id.in_(enrolled(unit, SchoolTerm.parse(TERM)))
    with sessions.begin() as session:
        session.execute(select(Pupil.id, RegisterEntry.id).join(RegisterEntry, met).where(ours)).all()
    return JOINED


def _multiply(server: EmbeddedPostgres, times: int) -> None:
    strangers = ", ".join(
        f"CASE WHEN {name} IS NOT NULL THEN sha256(convert_to({name}::text || turn, 'UTF8')) END" for name in DIGESTS
    )
    with psycopg.connect(libpq(server.owner_url), autocommit=True) as connection:
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'register_entry' AND indexname LIKE 'ix_%'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(
            f"INSERT INTO register_entry (id, {', '.join(COPIED)}, {', '.join(DIGESTS)}) "
            f"SELECT gen_random_uuid(), {', '.join(COPIED)}, {strangers} "
            f"FROM register_entry, generate_series(2, {times}) turn WHERE id_certain"
        )
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE")


def _flask(folder: Path, *words: object) -> None:
    environment = os.environ | {"PORTAL_INSTANCE": str(folder), "PORTAL_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "flask", *map(str, words)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    for one in run(kept=sys.argv[1] if len(sys.argv) > 1 else ""):
        print(one)
