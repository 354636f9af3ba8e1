"""Lists as csv or xlsx, for people with a spreadsheet program; no cell is ever a formula there."""

import csv
from collections.abc import Iterable, Sequence
from typing import BinaryIO, TextIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")
CSV_ENCODING = "utf-8-sig"
"""With the mark by which Excel knows UTF-8."""


def write_csv(file: TextIO, lines: Iterable[Sequence[str]]) -> None:
    csv.writer(file).writerows(map(_spelled_out, lines))


def _spelled_out(line: Sequence[str]) -> list[str]:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe, in either width."""
    return [f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in line]


def write_xlsx(
    file: BinaryIO, lines: Iterable[Sequence[str]], title: str | None = None, row_by_row: bool = False
) -> None:
    """Text cells only, the headings kept in sight; ``row_by_row`` goes through a temporary file, for a long list."""
    try:
        with Workbook(file, {"constant_memory": True} if row_by_row else {"in_memory": True}) as book:
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for number, line in enumerate(lines):
                for column, cell in enumerate(line):
                    sheet.write_string(number, column, cell)
    except FileCreateError as problem:
        raise problem.args[0] from problem  # the OSError it stands for: the disk is full
