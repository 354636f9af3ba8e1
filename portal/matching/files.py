"""信息比对 file to file, without a database: ``flask match-files``."""

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb

from portal.matching.bulk_answer import answer, decisions, named_rows, row_label
from portal.matching.bulk_candidates import find_candidates, find_for_pupils
from portal.matching.bulk_deciding import decide
from portal.matching.bulk_judging import compare_candidates, compare_met
from portal.matching.bulk_kin import find_homes, find_listed_siblings, find_names_of_kin, find_siblings
from portal.matching.bulk_names import hear_names
from portal.matching.bulk_numbers import (
    SELF,
    join_numbers,
    make_days,
    read_odd_numbers,
    spread_entries,
    spread_pupils,
)
from portal.matching.duckdb_tables import DuckDBTables
from portal.matching.source import MatchFilesError, Source
from portal.matching.sources import open_source
from portal.matching.tables import FileTables, count
from portal.vocabulary import IntakeKind
from portal.whole_files import written_whole

__all__ = ["MatchFilesError", "Report", "match_files"]

PLAINLY = 2
"""So many headings of the other kind, and none of its own, are no chance."""
ROW_IS = {"row_id": "序号", "counted": "序号", "line": "第几行数据"}


@dataclass(frozen=True)
class Report:
    """What ``--json`` prints; memory is the peak of the whole process in MiB.

    ``roster_row_is`` and ``register_row_is`` say what names a row in the answer: the file's own 序号 (row_id) where
    every line has one and no two the same, else the line's number, counted from 1 below the headings. An empty line
    of a csv is no line; a row of blank cells is one, as it is in Excel, though ``roster_rows`` does not count it.
    ``remarks`` are sentences on what looks odd and was read all the same.
    """

    roster_rows: int
    register_rows: int
    roster_row_is: str
    register_row_is: str
    roster_columns_dropped: int
    register_columns_dropped: int
    counts: dict[str, int]
    numbers_read_singly: int
    remarks: tuple[str, ...]
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
    roster_path: Path,
    register_path: Path,
    out_path: Path,
    *,
    day: date,
    progress: Callable[[str], None],
    tables: Callable[[], FileTables] = DuckDBTables,
) -> Report:
    """``day`` is the first day of the term matched for; an old answer stays until the new one is whole.

    ``tables`` is where the joins run: this process, or a cluster (``spark_tables``).
    """
    for path in (roster_path, register_path, out_path):
        _refuse_unreadable_name(path)
    _refuse_out(out_path, roster_path, register_path)
    try:
        return _match(tables, roster_path, register_path, out_path, day, _Clock(progress))
    except duckdb.Error as error:
        raise MatchFilesError(
            "比对没有做完：文件里有读不出的内容，或内存、磁盘不够，请重新导出文件或腾出空间后再试。"
        ) from error


def _refuse_unreadable_name(path: Path) -> None:
    """Such a name could neither be told in a sentence nor opened by every library."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        told = str(path).encode(errors="replace").decode()
        raise MatchFilesError(f"文件名 {told} 不是 UTF-8 编码，请给文件或文件夹改个名字再试。") from error


def _refuse_out(out: Path, *sources: Path) -> None:
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise MatchFilesError(f"结果只能写成 csv 或 parquet，请改 {out.name} 的后缀。")
    if not out.parent.is_dir():
        raise MatchFilesError(f"没有文件夹 {out.parent}，请先建好。")
    if out.is_dir():
        raise MatchFilesError(f"{out} 是一个文件夹，请给结果另起一个文件名。")
    if any(out.exists() and source.exists() and out.samefile(source) for source in sources):
        raise MatchFilesError(f"结果不能写在原来的文件 {out.name} 上，请给结果另起一个文件名。")


def _match(
    where: Callable[[], FileTables], roster_path: Path, register_path: Path, out_path: Path, day: date, clock: _Clock
) -> Report:
    began = perf_counter()
    with where() as tables, ThreadPoolExecutor(1) as second:
        with clock.step("read", "读取两份文件"):
            roster = _take_in(tables, roster_path, IntakeKind.ROSTER)
            register = _take_in(tables, register_path, IntakeKind.REGISTER)
            remarks = _look_odd(roster, register)
        with clock.step("numbers", "整理证件号"):
            make_days(tables, day)
            # by map, for a future kept here would keep its error, and the error this frame with all tables
            entries_beside = second.map(spread_entries, [tables])
            spread_pupils(tables)
            next(entries_beside)
            roster_rows, register_rows = _rows(tables, roster), _rows(tables, register)
            beside = second.map(_find_beside, [tables], [(roster, register)])
            odd = read_odd_numbers(tables, day)
            pupils_beside = second.map(find_for_pupils, [tables])
        with clock.step(
            "join", f"按证件号比对：学籍 {roster_rows} 行，名单 {register_rows} 行，逐个辨认过 {odd} 个号码"
        ):
            pairs = join_numbers(tables)
        with clock.step("judge", f"逐对判断，号码一致的共 {pairs} 对"):
            compare_met(tables, day)
        with clock.step("candidates", "为写错和缺失的证件号找人"):
            labels = next(beside)
            next(pupils_beside)
            find_candidates(tables)
            compare_candidates(tables, "SELECT *, 'no_kin' AS kin FROM candidates", "agreements_near", day)
            decide(tables, "agreements_met", "agreements_near")
        with clock.step("families", "看监护人、兄弟姐妹和同户"):
            find_siblings(tables)
            find_names_of_kin(tables)
            compare_candidates(tables, "SELECT * FROM kin_candidates", "agreements_of_kin", day)
            decide(tables, "agreements_met", "agreements_near", "agreements_of_kin")
            find_listed_siblings(tables)
        with clock.step("write", "写出结果"):
            answer(tables)
            _write(tables, named_rows(labels), out_path)
        counts = decisions(tables)
    clock.seconds["total"] = round(perf_counter() - began, 3)
    return Report(
        roster_rows=roster_rows,
        register_rows=register_rows,
        roster_row_is=ROW_IS[labels["roster"]],
        register_row_is=ROW_IS[labels["register"]],
        roster_columns_dropped=len(roster.dropped),
        register_columns_dropped=len(register.dropped),
        counts=counts,
        numbers_read_singly=odd,
        remarks=remarks,
        seconds=clock.seconds,
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _find_beside(tables: FileTables, sources: tuple[Source, Source]) -> dict[str, str]:
    """What needs nothing of the numbers, while they are read; returns what names the rows of each file."""
    hear_names(tables)
    find_homes(tables)
    return {source.kind: row_label(tables, source.kind) if source.has_row_ids else "line" for source in sources}


def _take_in(tables: FileTables, path: Path, kind: IntakeKind) -> Source:
    source = open_source(path, kind, tables.headings)
    tables.take_in(kind, source)
    return source


def _look_odd(*sources: Source) -> tuple[str, ...]:
    """What makes a roster look like a register, or the other way round; refuses two files that were swapped."""
    odd = [source for source in sources if source.foreign]
    named = [f"{source.path.name} 的列名（{'、'.join(source.foreign)}）不像{source.kind.label}" for source in odd]
    if all(len(source.foreign) >= PLAINLY for source in sources):
        raise MatchFilesError(f"两份文件放反了：{'，'.join(named)}。请先写学籍名册，再写困难群体名单。")
    return tuple(f"{words}，照样比对了，请核对是不是拿错了文件。" for words in named)


def _rows(tables: FileTables, source: Source) -> int:
    """How many lines are not blank."""
    rows = count(tables, f"SELECT count(*) FROM {source.kind}_numbers WHERE via = {SELF}")  # noqa: S608 — names of ours
    if not rows:
        raise MatchFilesError(f"{source.path.name} 只有标题，没有一行数据。")
    return rows


def _write(tables: FileTables, query: str, out: Path) -> None:
    try:
        with written_whole(out) as unfinished:
            tables.write(query, unfinished, out.suffix.lower())
    except (OSError, duckdb.IOException) as error:
        raise MatchFilesError(f"写不了文件 {out}，请检查文件夹的权限和磁盘空间。") from error
