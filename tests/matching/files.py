"""Files as offices send them, and their answer read back."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from portal.matching.files import Report, match_files
from tests.matching.people import TERM_START, XIAOYU, XIAOYU_NUMBER

Rows = list[list[str]]
LISTED: Rows = [["姓名", "身份证件号"], [XIAOYU, XIAOYU_NUMBER]]
"""A register with one pupil on it."""


def a_csv(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def a_workbook(path: Path, rows: list[list[object]], *, first_sheet: Rows | None = None) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for lines in (first_sheet, rows) if first_sheet else (rows,):
            sheet = book.add_worksheet()
            for place, row in enumerate(lines):
                sheet.write_row(place, 0, row)
    return path


def a_parquet(path: Path, **columns: list[object]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def matched(roster: Path, register: Path, out: str = "out.csv") -> Report:
    return match_files(roster, register, roster.parent / out, day=TERM_START, progress=lambda _: None)


def answer(path: Path) -> Rows:
    """Without the sentences, which the rules' own tests know."""
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == ["roster_row", "register_row", "decision", "rule", "because"]
    return [row[:4] for row in rows]


def answered(roster: Path, rows: Rows = LISTED) -> Rows:
    """The answer for this roster beside a register of these rows."""
    matched(roster, a_csv(roster.parent / "listed.csv", rows))
    return answer(roster.parent / "out.csv")
