"""资格判定 of a province: ours beside OpenFisca-Core with the same rules and pupils, and the bare scan as limit.

Each way is a process of its own that reads one parquet file and writes yuan a term for each pupil and policy. Ours
judges all policies with reasons; OpenFisca computes the six whose sums the catalogue is certain of. Equal to the yuan.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measuring import timed

LIMIT = "bare_scan"
WAYS = ("portal", "openfisca", LIMIT)
POLICIES = ("CMP-LIVE", "CMP-LIVE-B", "HIGH-GRANT", "VOC-GRANT", "UG-NG", "PG-NG")
DAY = "2026-09-07"


@dataclass(frozen=True)
class Run:
    """One way; ``different`` is how many pupils of how many it answers otherwise than ours."""

    way: str
    seconds: float
    peak_memory_mb: int
    pupils: int
    different: int


def run(pupils: int = 10_000_000) -> list[Run]:
    """Make the pupils once, then every way on them; the limit answers nothing and is not compared."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_pupils(folder / "pupils.parquet", pupils)
        runs = []
        for way in WAYS:
            seconds, memory = timed(
                f"benchmarks.ways.policies_{way}", folder / "pupils.parquet", folder / f"{way}.parquet"
            )
            different = 0 if way == LIMIT else _different(folder / "portal.parquet", folder / f"{way}.parquet")
            runs.append(Run(way, seconds, memory, pupils, different))
    ours, theirs = runs[0].seconds, runs[1].seconds
    print(f"资格判定 {pupils:,}: OpenFisca / ours {theirs / ours:.2f}", flush=True)
    return runs


def make_pupils(path: Path, pupils: int) -> None:
    """By chance that is the same each time: 95 counties, every stage, one in ten on a list, some on two."""
    lists = "['TP'], ['DIBAO'], ['TEKUN'], ['ORPHAN'], ['DIS'], ['EDGE'], ['RIGID'], ['DIBAO', 'DIS'], ['DIS_PARENT']"
    stages = (
        "'preschool', 'primary', 'primary', 'primary', 'junior', 'senior', 'vocational', 'college', 'master', 'doctor'"
    )
    with duckdb.connect() as con:
        con.execute("SET threads = 1; SELECT setseed(0.2026)")
        con.execute(
            f"COPY (SELECT id, stage, 1 + CAST(floor(c * 3) AS INTEGER) AS grade, d < 0.3 AS boarding, "
            f"CASE WHEN e < 0.1 THEN [{lists}][1 + CAST(floor(e * 90) AS INTEGER)] ELSE [] END AS categories, "
            "CASE WHEN f < 0.92 THEN 'none' WHEN f < 0.95 THEN 'general' WHEN f < 0.98 THEN 'serious' "
            "ELSE 'extreme' END AS determination, g < 0.95 AS full_time, "
            "stage = 'vocational' AND g < 0.1 AS agriculture_major, "
            "list_contains(categories, 'DIS') AS disabled, false AS veteran, "
            "format('32{:02d}{:02d}', 1 + CAST(floor(h * 13) AS INTEGER), 2 + CAST(floor(g * 8) AS INTEGER)) "
            "AS county, county AS hukou FROM (SELECT range AS id, "
            f"[{stages}][1 + CAST(floor(random() * 10) AS INTEGER)] AS stage, random() AS c, random() AS d, "
            f"random() AS e, random() AS f, random() AS g, random() AS h FROM range({pupils}))) TO '{path}'"
        )


def _different(ours: Path, theirs: Path) -> int:
    unequal = " OR ".join(f'a."{code}" IS DISTINCT FROM b."{code}"' for code in POLICIES)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        joined = f"'{ours}' a FULL JOIN '{theirs}' b USING (id)"
        return int(con.execute(f"SELECT count(*) FROM {joined} WHERE {unequal}").fetchall()[0][0])


if __name__ == "__main__":
    for one in run(*map(int, sys.argv[1:])):
        print(one)
