"""What passes the door: a table whose other columns are emptied, as text to be sealed until it is confirmed (N5-4)."""

import json
from collections.abc import Sequence
from typing import Any

from portal.headings.heading_line import columns_of
from portal.intake.cells import NumberText
from portal.intake.spreadsheet import Line, Table
from portal.vocabulary import IntakeKind

UNREAD = frozenset({"address"})
"""Known by their headings, and dropped all the same."""
SOMETHING = "…"
"""Stands for what a line has beyond the headings: enough to refuse the line by."""


def emptied(table: Table) -> Table:
    """The register with every heading, but cells only below those that will be read."""
    columns = columns_of(table.headings, IntakeKind.REGISTER)
    read = {position for field, position in columns.positions.items() if field not in UNREAD}
    width = len(table.headings)
    lines = [Line(line.number, _passed(line.cells, read, width)) for line in table.lines]
    return Table(table.headings, table.heading_row, lines)


def _passed(cells: Sequence[str], read: set[int], width: int) -> tuple[str, ...]:
    kept = [cell if position in read else "" for position, cell in enumerate(cells[:width])]
    return (*kept, SOMETHING) if any(cells[width:]) else tuple(kept)


def as_text(table: Table) -> str:
    """JSON; a cell that Excel held as a number is a list of one, for a day may be written so."""
    lines = [
        [line.number, *([cell] if isinstance(cell, NumberText) else cell for cell in line.cells)]
        for line in table.lines
    ]
    return json.dumps({"headings": table.headings, "row": table.heading_row, "lines": lines}, ensure_ascii=False)


def table_of(text: str) -> Table:
    said: dict[str, Any] = json.loads(text)
    lines = [
        Line(number, tuple(NumberText(cell[0]) if isinstance(cell, list) else cell for cell in cells))
        for number, *cells in said["lines"]
    ]
    return Table(tuple(said["headings"]), said["row"], lines)
