"""Lists to take away, as csv or xlsx; nothing in a cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from urllib.parse import quote

from flask import Response
from xlsxwriter import Workbook

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def spelled_out(row: Sequence[str]) -> list[str]:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe, in either width."""
    return [f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in row]


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(map(spelled_out, rows))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for number, row in enumerate([headings, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return made.getvalue()


WRITERS = {"xlsx": as_xlsx, "csv": as_csv}


def download(data: bytes, name: str) -> Response:
    """Saved, never shown: a browser must not take a list for a page."""
    response = Response(data, content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
