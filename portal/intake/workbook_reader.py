"""The program of a process of its own that parses one xlsx or xls under a limit of memory and time.

Run by its path and alone, so that it starts fast and a workbook made to exhaust memory ends this process only. It
imports nothing of ours. Standard input: the limits as a line of JSON, the workbook, later the number of the sheet asked
for; standard output: a line with the head of every visible sheet, then the rows of that sheet, all as JSON.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

HEAD = 30
CHUNK = 2000
EXACT = 1e15

Cell = int | float | str | bool | time | date | datetime | timedelta


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = visible_sheets(sys.stdin.buffer.read(asked["size"]))
    except PasswordError:
        say({"error": "locked"})
        return
    except (CalamineError, ValueError, OSError):
        say({"error": "broken"})
        return
    heads = []
    for sheet in sheets:
        rows, columns = (last + 1 for last in sheet.end or (-1, -1))
        if rows > asked["rows"] or columns > asked["columns"]:
            say({"error": "large", "sheet": sheet.name, "rows": rows, "columns": columns})
            return
        heads.append({"name": sheet.name, "rows": next(chunks(sheet, HEAD), [])})
    say({"sheets": heads})
    chosen = sys.stdin.buffer.readline()
    if chosen.strip():
        for chunk in chunks(sheets[int(chosen)], CHUNK):
            say(chunk)


def visible_sheets(data: bytes) -> list[CalamineSheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        workbook.get_sheet_by_index(position)
        for position, about in enumerate(workbook.sheets_metadata)
        if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet
    ]


def chunks(sheet: CalamineSheet, size: int) -> Iterator[list[list[Any]]]:
    """Rows from row 1 on, as many at a time; a blank row is an empty list, so that the count stays Excel's."""
    rows: list[list[Any]] = []
    for cells in sheet.iter_rows():
        values = [cell if type(cell) is str else plain(cell) for cell in cells]
        rows.append(values if any(values) else [])
        if len(rows) == size:
            yield rows
            rows = []
    if rows:
        yield rows


def plain(cell: Cell) -> int | float | str:
    """Numbers stay numbers, whole ones up to 15 digits as such, longer ones in the form 3.29e+17; all else is text."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < EXACT else cell
    if isinstance(cell, int):
        return cell if abs(cell) < EXACT else f"{cell:.14e}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, (date, time)) else str(cell)


def say(answer: object) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
