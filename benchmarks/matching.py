"""信息比对 file to file: ours, Splink 5, a clerk with pandas, and the bare hash join on the number as the limit.

All read the same two parquet files in processes of their own and write parquet; seconds are of the whole process, of
several in turn the median: what the machine does beside falls on all of them. With arguments: pupils, entries, and
"stress" for rates ten times and more the usual ones; or a folder where such files are.
"""

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.parquet as pq

from benchmarks.measuring import timed

LIMIT = "bare_join"
WAYS = ("ours", LIMIT, "splink_duckdb", "pandas_merge")  # pandas last: judging its false pairs makes this process big
TURNS = 3


@dataclass(frozen=True)
class Score:
    """One way of matching on one pair of files; shares are of the true pairs, doubts are pairs left to a person."""

    way: str
    seconds: float
    peak_memory_mb: int
    found: float
    found_of_one_damaged_field: float
    found_through_guardian: float
    false_certain: int
    doubts_per_10_000: float


def answer_of(way: str, folder: Path) -> Path:
    return folder / f"{way}.parquet"


def score(way: str, folder: Path, pupils: int, seconds: float, memory: int) -> Score:
    """Its last answer held against the truth."""
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"CREATE TABLE truth AS FROM '{folder / 'truth.parquet'}'")
        con.execute(f"CREATE TABLE answer AS FROM '{answer_of(way, folder)}'")
        found = dict(
            con.sql(
                "SELECT via, avg(CAST(a.decision IS NOT NULL AS INTEGER)) FROM truth "
                "LEFT JOIN answer a USING (roster_row, register_row) GROUP BY via"
            ).fetchall()
        )
        damaged = con.sql(
            "SELECT avg(CAST(a.decision IS NOT NULL AS INTEGER)) FROM truth "
            "LEFT JOIN answer a USING (roster_row, register_row) "
            "WHERE via = 'self' AND error <> '' AND NOT contains(error, '+')"
        ).fetchall()[0][0]
        false_certain, doubts = con.sql(
            "SELECT count(*) FILTER (a.decision = 'certain' AND t.via IS DISTINCT FROM 'self'), "
            "count(*) FILTER (a.decision IN ('possible', 'household_possible')) "
            "FROM answer a LEFT JOIN truth t USING (roster_row, register_row)"
        ).fetchall()[0]
    per_10_000 = doubts / pupils * 10_000
    return Score(way, seconds, memory, found["self"], damaged, found["guardian"], false_certain, per_10_000)


def run(
    pupils: int = 1_000_000,
    entries: int = 300_000,
    *,
    stress: bool = False,
    ways: Iterable[str] = WAYS,
    turns: int = TURNS,
) -> list[Score]:
    """Make the files, run every way on them, print the table with ratios."""
    with tempfile.TemporaryDirectory() as folder:
        timed("benchmarks.people", folder, pupils, entries, "stress" if stress else "usual")
        return compare(Path(folder), ways, turns)


def in_turns(folder: Path, ways: Iterable[str], turns: int) -> dict[str, tuple[float, int]]:
    """The median of the seconds and the highest peak of each; one that does not end in time is told and left out."""
    files = folder / "roster.parquet", folder / "register.parquet"
    runs: dict[str, list[tuple[float, int]]] = {way: [] for way in ways}
    for _ in range(turns):
        for way in list(runs):
            try:
                runs[way].append(timed(f"benchmarks.ways.{way}", *files, answer_of(way, folder)))
            except TimeoutError as late:
                print(late)
                del runs[way]
    return {way: (median(took for took, _ in each), max(peak for _, peak in each)) for way, each in runs.items()}


def compare(folder: Path, ways: Iterable[str] = WAYS, turns: int = TURNS) -> list[Score]:
    """Run the ways on files already made."""
    pupils, entries = (pq.read_metadata(folder / f"{name}.parquet").num_rows for name in ("roster", "register"))
    scores = [score(way, folder, pupils, *took) for way, took in in_turns(folder, ways, turns).items()]
    limit = next(one.seconds for one in scores if one.way == LIMIT)
    print(f"信息比对 {pupils:,} × {entries:,}")
    for one in scores:
        print(
            f"{one.way:14} {one.seconds:7.2f} s ({one.seconds / limit:5.1f} × limit) {one.peak_memory_mb:5} MB  "
            f"found {one.found:7.2%}  one damaged field {one.found_of_one_damaged_field:7.2%}  "
            f"through guardian {one.found_through_guardian:7.2%}  "
            f"false certain {one.false_certain:,}  doubts {one.doubts_per_10_000:.1f} per 10,000"
        )
    return scores


if __name__ == "__main__":
    match sys.argv[1:]:
        case [folder, *ways] if not folder.isdecimal():
            compare(Path(folder), ways or WAYS)
        case [pupils, entries, *rates]:
            run(int(pupils), int(entries), stress="stress" in rates)
        case _:
            run()
