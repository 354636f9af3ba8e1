"""An xlsx or xls as columns of text; a number longer than Excel keeps is never written out as if it were whole."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from portal.headings.heading_line import WITHIN, heading_line
from portal.matching.numbered_rows import numbered
from portal.matching.source import READ, MatchFilesError, Source, place_headings
from portal.vocabulary import IntakeKind

EXACT = 1e15
"""From here on Excel has thrown digits away; such a cell is told as 3.29e+17, which no number is read from."""


def open_workbook(path: Path, kind: IntakeKind) -> Source:
    """The one visible sheet that has headings; a blank row among the data counts as a line."""
    try:
        sheet = _chosen(path, _visible_sheets(path))
        rows = _rows(sheet)
        above, columns = place_headings(path, list(islice(_rows(sheet), WITHIN)), kind)
        read = {field: place for field, place in columns.positions.items() if field in READ}
        found = _columns(islice(rows, above + 1, None), list(read.values()))
    except (CalamineError, ValueError) as error:
        raise MatchFilesError(
            f"{path.name} 打不开：不是真正的 Excel 文件、已加密或已损坏，请用 Excel 另存为 xlsx。"
        ) from error
    table = pa.table({f"c{place}": pa.array(cells, pa.string()) for place, cells in found.items()})
    names = {field: f"c{place}" for field, place in read.items()}
    return Source(path, kind, numbered(table), names, columns.dropped, columns.foreign)


def _visible_sheets(path: Path) -> list[CalamineSheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return [
        workbook.get_sheet_by_index(place)
        for place, about in enumerate(workbook.sheets_metadata)
        if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet
    ]


def _chosen(path: Path, sheets: list[CalamineSheet]) -> CalamineSheet:
    """Of two lists in one workbook one would be lost unseen: that is refused."""
    if not sheets:
        raise MatchFilesError(f"{path.name} 里没有看得见的工作表，请取消隐藏后保存。")
    known = [heading_line(list(islice(_rows(sheet), WITHIN)))[1] for sheet in sheets]
    rivals = [sheet.name for sheet, count in zip(sheets, known, strict=True) if count > 1]
    if len(rivals) > 1:
        raise MatchFilesError(
            f"{path.name} 里有 {len(rivals)} 张名单（{'、'.join(rivals)[:100]}），请合并成一张，或一张存一个文件。"
        )
    return sheets[known.index(max(known))]


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """From row 1 on, as Excel shows them."""
    return ([_text_of(cell) for cell in cells] for cells in sheet.iter_rows())


def _columns(rows: Iterator[list[str]], places: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {place: [] for place in places}
    for cells in rows:
        for place in places:
            found[place].append(cells[place])
    return found


def _text_of(cell: object) -> str:
    if isinstance(cell, bool | str):
        return str(cell)
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT:
            return f"{cell:.14e}"
        return str(int(cell)) if cell == int(cell) else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
