"""信息比对 past one machine: the same queries on Spark in local mode give the answer of the one process, pair for pair.

It measures what a cluster costs before it gains anything: on one machine DuckDB is the faster by far. Needs a Java.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measuring import timed

LIMIT = "ours"
COLUMNS = "CAST(roster_row AS BIGINT), CAST(register_row AS BIGINT), decision, rule, because"


@dataclass(frozen=True)
class Answer:
    """One engine's run; ``other_pairs`` are those that the one process does not have, or has otherwise."""

    way: str
    seconds: float
    pairs: int
    other_pairs: int


def run(pupils: int = 1_000_000, entries: int = 300_000) -> list[Answer]:
    """Both engines on the same files; raises where one pair, decision, rule or sentence differs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        timed("benchmarks.people", folder, pupils, entries, "usual")
        answers = [_answer(way, folder, pattern) for way, pattern in (("ours", ""), ("ours_on_spark", "/*.parquet"))]
    if any(answer.other_pairs for answer in answers):
        raise RuntimeError(f"the engines differ: {answers}")
    return answers


def _answer(way: str, folder: Path, parts: str) -> Answer:
    out = folder / f"{way}.parquet"
    seconds, _ = timed(f"benchmarks.ways.{way}", folder / "roster.parquet", folder / "register.parquet", out)
    with duckdb.connect() as con:
        ours = f"SELECT {COLUMNS} FROM '{folder}/ours.parquet'"
        theirs = f"SELECT {COLUMNS} FROM '{out}{parts}'"
        differing = f"({ours} EXCEPT ALL {theirs}) UNION ALL ({theirs} EXCEPT ALL {ours})"
        pairs, others = con.sql(
            f"SELECT (SELECT count(*) FROM ({theirs})), (SELECT count(*) FROM ({differing}))"
        ).fetchall()[0]
    return Answer(way, seconds, pairs, others)
