"""Files as people send them, built in code; all people are invented (districts 3299xx, 4199xx)."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

XIAOYU = "329901201603050015"
XIAOCHUAN = "329901201809170039"
CHEN_MING = "329901201211110023"
ZHOU_XIAO = "32990120130206005X"

Rows = Sequence[Sequence[Any]]

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def csv(*rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    return "".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding)


def xlsx(*rows: Sequence[Any], **sheets: Rows) -> bytes:
    """The rows on the first sheet; further sheets by name."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    for name, content in {"Sheet1": rows, **sheets}.items():
        sheet = workbook.add_worksheet(name)
        for row, cells in enumerate(content):
            sheet.write_row(row, 0, cells)
    workbook.close()
    return buffer.getvalue()


def parquet(**columns: Sequence[Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def xls(*rows: Sequence[Any]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Sheet1")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    workbook.save(buffer)
    return buffer.getvalue()


def xlsx_with(members: dict[str, bytes]) -> bytes:
    """An ordinary workbook with members added or replaced."""
    source = zipfile.ZipFile(io.BytesIO(xlsx(["姓名", "身份证件号"], ["王小雨", XIAOYU])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in members:
                target.writestr(name, source.read(name))
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def xlsx_with_sheet(rows_xml: str) -> bytes:
    return xlsx_with({"xl/worksheets/sheet1.xml": _SHEET.format(rows_xml).encode()})
