"""通报 on paper: A4, set in a Chinese font that is put into the file, the same bytes for the same bulletin."""

from functools import lru_cache
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.enums import TableCellFillMode

from portal.clock import SchoolTerm
from portal.coverage.bulletins import COLUMNS
from portal.coverage.counted import LEFT_OUT
from portal.coverage.small_groups import HIDDEN
from portal.coverage.words import day_words
from portal.models import Bulletin

FONT = Path(__file__).parent.parent / "static" / "vendor" / "NotoSansSC_400Regular.ttf"
"""Brought by ``make/frontend.py``."""
WIDTHS = (46, 21, 21, 21, 21, 25, 25)
GROUND = (243, 246, 244)


class _Sheet(FPDF):
    """The number of the page, and the digest by which a copy is known, at the foot of each."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font("noto", size=7.5)
        self.cell(0, 5, self.foot, align="L")
        self.set_x(15)
        self.cell(0, 5, f"第 {self.page_no()} 页，共 {{nb}} 页", align="R")


@lru_cache(maxsize=32)
def _written(number: str, title: str, before: str, words: str, lines: tuple[tuple[str, ...], ...], foot: str) -> bytes:
    sheet = _Sheet(format="A4")
    sheet.add_font("noto", fname=FONT)
    sheet.set_margins(15, 18)
    sheet.set_auto_page_break(True, 22)
    sheet.set_title(title)
    sheet.set_lang("zh-CN")
    sheet.foot = foot
    sheet.add_page()
    sheet.set_font("noto", size=10.5)
    sheet.cell(0, 7, number, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("noto", size=20)
    sheet.multi_cell(0, 12, title, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.set_font("noto", size=10.5)
    sheet.multi_cell(0, 7, before, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(4)
    if words:
        sheet.set_font("noto", size=12)
        for paragraph in words.splitlines():
            sheet.multi_cell(0, 8, f"　　{paragraph.strip()}", new_x="LMARGIN", new_y="NEXT")
        sheet.ln(4)
    _table(sheet, lines)
    sheet.ln(4)
    sheet.set_font("noto", size=9)
    sheet.multi_cell(0, 6, f"{HIDDEN}{LEFT_OUT}数字取自当日台账，印发后不再改动。", new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def _table(sheet: FPDF, lines: tuple[tuple[str, ...], ...]) -> None:
    sheet.set_font("noto", size=9.5)
    heading = FontFace(fill_color=(226, 237, 232))
    aligned = ("LEFT", *["RIGHT"] * (len(COLUMNS) - 1))
    with sheet.table(
        col_widths=WIDTHS, text_align=aligned, line_height=7, headings_style=heading,
        cell_fill_color=GROUND, cell_fill_mode=TableCellFillMode.EVEN_ROWS,
    ) as table:  # fmt: skip
        for line in (COLUMNS, *lines):
            table.row(line)


def pdf_of(bulletin: Bulletin) -> bytes:
    before = f"{bulletin.unit.name}　{day_words(bulletin.as_of)}　{SchoolTerm.parse(bulletin.term).label}"
    return _written(
        f"{bulletin.year}年第{bulletin.number}期", bulletin.title, before, bulletin.words,
        tuple(map(tuple, bulletin.lines)), f"校验码 {bulletin.digest}",
    )  # fmt: skip
