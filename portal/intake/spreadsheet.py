"""A table read from a file of whatever make: by what the file holds, not by how it is named."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from portal.headings.heading_line import HEAD_CHARACTERS, WITHIN, delimiter_of, heading_line, tidy_heading
from portal.intake.archive import refuse_hostile
from portal.intake.bulk import without_collection
from portal.intake.file_limits import OPERATOR, Limits
from portal.intake.parquet import parquet_rows
from portal.intake.problems import LOCKED, SAVE_AGAIN, VALUES_ONLY, UnreadableFile
from portal.intake.workbook import SheetHead, read_sheet

_LONG_NUMBER = re.compile(r"\d{6}")
_SHORT = 10  # characters: a grade, a class, a code, a date, a name; hardly a number of a person


class Line(NamedTuple):
    """One line below the headings; ``number`` is the row as Excel shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Headings as written, and the lines that are not blank, each at least as wide as the headings."""

    headings: tuple[str, ...]
    heading_row: int
    lines: list[Line]

    def taken_out(self) -> Iterator[Line]:
        """Each line once, and let go: a million of them are not held both as written and as understood."""
        self.lines.reverse()
        while self.lines:
            yield self.lines.pop()


_PARQUET = b"PAR1"
_OTHER_FILES = (
    (b"%PDF", "这是 PDF 文件，不是表格：请向提供的人要 xlsx 或 csv。"),
    (b"\xff\xd8\xff", "这是图片，不是表格：请导入 xlsx 或 csv。"),
    (b"\x89PNG", "这是图片，不是表格：请导入 xlsx 或 csv。"),
    (b"Rar!", "这是压缩包，不是表格：请先解压，再导入里面的 xlsx 或 csv。"),
    (b"7z\xbc\xaf", "这是压缩包，不是表格：请先解压，再导入里面的 xlsx 或 csv。"),
    (b"\x1f\x8b", "这是压缩包，不是表格：请先解压，再导入里面的 xlsx 或 csv。"),
    (_PARQUET, "这是 parquet 文件，网页上收的是表格：请另存为 xlsx 或 csv，或请系统管理员用命令导入。"),
    (b"{\\rtf", "这是文字处理文件，不是表格：请导入 xlsx 或 csv。"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<head", b"<meta", b"<?xml", b"<style", b"<body")
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OLE_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")


@without_collection()
def read_table(data: bytes, filename: str, limits: Limits = OPERATOR) -> Table:
    """The table in a csv, xlsx or xls; raises ``UnreadableFile`` with a sentence for the person who sent it."""
    _refuse_by_look(data, limits)
    if data.startswith(_PARQUET):
        return _table(parquet_rows(data), limits)
    if data.startswith((_ZIP, _OLE)):
        if data.startswith(_ZIP):
            refuse_hostile(data, limits.archive)
        return _table(read_sheet(data, limits.workbook, _choose_sheet), limits)
    if filename.lower().endswith((".xlsx", ".xlsm")):
        raise UnreadableFile(
            "文件名是 .xlsx，里面却不是 Excel 工作簿，而是文本：请把扩展名改为 .csv，或用 Excel 另存为 xlsx 后再导入。"
        )
    return _table(_text_rows(data), limits)


def _refuse_by_look(data: bytes, limits: Limits) -> None:
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise UnreadableFile("这个文件是空的：请确认选对了文件，并在 Excel 里保存后再导入。")
    if len(data) > limits.bytes:
        raise UnreadableFile(
            f"文件有{len(data) >> 20} MB，超过能收的{limits.bytes >> 20} MB：请删去名单以外的内容，或分成几份后再导入。"
        )
    for start, sentence in _OTHER_FILES:
        if data.startswith(start) and not (limits.parquet and start == _PARQUET):
            raise UnreadableFile(sentence)
    if data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise UnreadableFile(f"这其实是网页或 XML 文件，只是名字像表格：{SAVE_AGAIN}")
    if data.startswith(_OLE) and _OLE_LOCKED in data:
        raise UnreadableFile(LOCKED)
    if data.startswith(_OLE) and _OLE_MACROS in data:
        raise UnreadableFile(f"这个工作簿带有宏，已拒绝：{VALUES_ONLY}")


def _encoding_of(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark (Excel's Unicode 文本), else GB18030; never with replacement characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in data:
        raise UnreadableFile(f"这个文件不是文本，也不是 Excel 工作簿：{SAVE_AGAIN}")
    else:
        encodings = ("utf-8-sig",) if data.startswith(b"\xef\xbb\xbf") else ("utf-8", "gb18030")
    broken_at = 0
    for encoding in encodings:
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            broken_at = max(broken_at, error.start)
        else:
            return encoding
    row = data.count(b"\n", 0, broken_at) + 1
    raise UnreadableFile(
        f"第{row}行附近有读不出的字（编码既不是 UTF-8 也不是 GB18030，或文件被截断）："
        "请用 Excel 打开，另存为“CSV UTF-8”后再导入。"
    )


def _text_rows(data: bytes) -> Iterator[Sequence[str]]:
    """Records of a csv; one with line breaks in a cell is one row. A short text of many cells is held once."""
    text = io.TextIOWrapper(io.BytesIO(data), _encoding_of(data), newline="")
    delimiter = delimiter_of(text.read(HEAD_CHARACTERS))
    text.seek(0)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    once: dict[str, str] = {}
    try:
        for cells in reader:
            yield [once.setdefault(cell, cell) if len(cell) <= _SHORT else cell for cell in cells]
    except csv.Error as error:
        raise UnreadableFile(
            f"第{reader.line_num}行附近的双引号没有配对，后面的行会连成一片：请改正这一行，或另存为 xlsx 后再导入。"
        ) from error


def _choose_sheet(heads: list[SheetHead]) -> int:
    """The one sheet that has headings; two such sheets are refused, for one of them would be lost."""
    if not any(any(row) for head in heads for row in head.rows):
        raise UnreadableFile("工作表是空的：请确认名单在这个文件里、没有被隐藏，保存后再导入。")
    known = [heading_line(head.rows)[1] for head in heads]
    rivals = [head.name for head, count in zip(heads, known, strict=True) if count > 1]
    if len(rivals) > 1:
        raise UnreadableFile(
            f"这个工作簿里有{len(rivals)}张名单（{'、'.join(rivals)[:100]}）：请合并成一张，或一张存一个文件，再导入。"
        )
    return known.index(max(known))


def _table(rows: Iterator[Sequence[str]], limits: Limits) -> Table:
    head = list(islice(rows, WITHIN))
    at, known = heading_line(head)
    if not known:
        raise UnreadableFile(_no_headings(head))
    headings = tuple(head[at])
    width = len(headings)
    if width > limits.workbook.columns:
        raise UnreadableFile(f"表头有{width}列，超过能收的{limits.workbook.columns}列：请删去名单以外的列后再导入。")
    lines = []
    for number, cells in enumerate(chain(head[at + 1 :], rows), at + 2):
        if number > limits.workbook.rows:
            raise UnreadableFile(f"名单超过{limits.workbook.rows}行：请分成几份后再导入。")
        if any(cells) and not "".join(cells).isspace():
            lines.append(Line(number, tuple(cells) if len(cells) >= width else (*cells, *[""] * (width - len(cells)))))
    return Table(headings, at + 1, lines)


def _no_headings(head: Sequence[Sequence[str]]) -> str:
    """Quotes what may be headings, never what looks like a person's line."""
    seen = next((row for row in head if any(cell.strip() for cell in row)), ())
    words = "、".join(tidy_heading(cell) for cell in seen if cell.strip())[:100]
    seen_as = "第一行像是人员，不是列名" if _LONG_NUMBER.search(words) else f"看到的是：{words}"
    return (
        f"没有找到表头（前{WITHIN}行里没有“姓名”“身份证件号”这样的列名，{seen_as}）："
        "请在名单第一行写上列名，或确认编码后再导入。"
    )
