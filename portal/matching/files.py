"""信息比对 file to file, without a database: ``flask match-files``."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter

from portal.matching import bulk
from portal.matching.sources import MatchFilesError, Source, open_source
from portal.vocabulary import Decision

__all__ = ["MatchFilesError", "Report", "match_files"]

ROW_IS = {"row_id": "序号", "line": "第几行数据"}


@dataclass(frozen=True)
class Report:
    """What ``--json`` prints; memory is the peak of the whole process in MiB."""

    roster_rows: int
    register_rows: int
    roster_row_is: str
    register_row_is: str
    counts: dict[str, int]
    numbers_read_singly: int
    seconds: dict[str, float]
    peak_memory_mb: int


@dataclass
class _Clock:
    progress: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, words: str) -> Iterator[None]:
        self.progress(words)
        began = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - began, 3)


def match_files(
    roster_path: Path, register_path: Path, out_path: Path, *, day: date, progress: Callable[[str], None]
) -> Report:
    """``day`` is the first day of the term matched for; an old answer stays until the new one is whole."""
    if out_path.suffix.lower() not in (".csv", ".parquet"):
        raise MatchFilesError(f"结果只能写成 csv 或 parquet,请改 {out_path.name} 的后缀。")
    if not out_path.parent.is_dir():
        raise MatchFilesError(f"没有文件夹 {out_path.parent},请先建好。")
    clock = _Clock(progress)
    began = perf_counter()
    with bulk.connect() as con:
        with clock.step("read", "读取两份文件"):
            roster, register = open_source(roster_path), open_source(register_path)
            roster_rows, register_rows = _take_in(con, "roster", roster), _take_in(con, "register", register)
            roster_label = bulk.label_of(con, "roster", roster)
            register_label = bulk.label_of(con, "register", register)
        with clock.step("numbers", f"整理证件号:学籍 {roster_rows} 行,名单 {register_rows} 行"):
            bulk.spread_numbers(con, day)
            odd = bulk.read_odd_numbers(con, day)
        with clock.step("join", f"按证件号比对({odd} 个号码逐个辨认过)"):
            pairs = bulk.join_numbers(con)
        with clock.step("judge", f"逐对判断,共 {pairs} 对"):
            bulk.compare_pairs(con, day)
            bulk.decide(con)
        with clock.step("write", "写出结果"):
            unfinished = out_path.with_name(out_path.name + ".unfinished")
            bulk.write(con, roster_label, register_label, unfinished, out_path.suffix.lower())
            unfinished.replace(out_path)
        found = dict(con.sql("SELECT decision, count(*) FROM decided GROUP BY decision").fetchall())
    clock.seconds["total"] = round(perf_counter() - began, 3)
    return Report(
        roster_rows=roster_rows,
        register_rows=register_rows,
        roster_row_is=ROW_IS[roster_label],
        register_row_is=ROW_IS[register_label],
        counts={decision.value: found.get(decision.value, 0) for decision in Decision},
        numbers_read_singly=odd,
        seconds=clock.seconds,
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _take_in(con: bulk.Connection, side: str, source: Source) -> int:
    rows = bulk.take_in(con, side, source)
    if not rows:
        raise MatchFilesError(f"{source.path.name} 只有标题,没有一行数据。")
    return rows
