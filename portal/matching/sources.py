"""A csv, parquet or xlsx file opened by what it holds; nothing of it is written to disk."""

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name

import duckdb

from portal.matching.source import READ, MatchFilesError, Source, columns_in
from portal.vocabulary import IntakeKind

SUFFIXES = (".csv", ".txt", ".tsv", ".parquet", ".xlsx", ".xls")
WORKBOOK = (b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
PARQUET = b"PAR1"
TEXT_IS_OPENED_BY = "portal.matching.text_source:open_text"
WORKBOOK_IS_OPENED_BY = "portal.matching.workbook_source:open_workbook"
"""By name: what they load would cost a parquet file, which needs none of it, a fifth of a second."""


def open_source(path: Path, kind: IntakeKind, of_parquet: Callable[[Path], list[str]]) -> Source:
    """The headings may stand below title lines, in any order, in the usual other spellings, beside unknown columns.

    ``of_parquet`` reads those of a parquet file.
    """
    if not path.exists():
        raise MatchFilesError(f"找不到文件 {path}，请检查路径。")
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        raise MatchFilesError(f"{path.name} 不是支持的格式，请另存为 csv、parquet 或 xlsx。")
    try:
        return _open(path, kind, of_parquet)
    except OSError as error:
        raise MatchFilesError(f"读不了文件 {path}，请检查权限和磁盘。") from error


def _open(path: Path, kind: IntakeKind, of_parquet: Callable[[Path], list[str]]) -> Source:
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(PARQUET):
        return _open_parquet(path, kind, of_parquet)
    if start.startswith(WORKBOOK):
        return _opened_by(WORKBOOK_IS_OPENED_BY, path, kind)
    if path.suffix.lower() == ".parquet":
        raise MatchFilesError(_NO_PARQUET.format(path.name))
    if path.suffix.lower() == ".xlsx" and start:
        raise MatchFilesError(f"{path.name} 不是真正的 Excel 文件，只是改了后缀，请把后缀改回 .csv 或用 Excel 另存。")
    return _opened_by(TEXT_IS_OPENED_BY, path, kind)


def _opened_by(opener: str, path: Path, kind: IntakeKind) -> Source:
    source: Source = resolve_name(opener)(path, kind)
    return source


_NO_PARQUET = "{} 打不开：不是 parquet 文件或已损坏，请重新导出。"


def _open_parquet(path: Path, kind: IntakeKind, of_parquet: Callable[[Path], list[str]]) -> Source:
    try:
        names = of_parquet(path)
    except (duckdb.Error, OSError) as error:
        raise MatchFilesError(_NO_PARQUET.format(path.name)) from error
    columns = columns_in(path, names, kind)
    read = {field: names[place] for field, place in columns.positions.items() if field in READ}
    return Source(path, kind, path, read, columns.dropped, columns.foreign)
