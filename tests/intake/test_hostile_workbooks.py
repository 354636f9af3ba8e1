import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from portal.intake.archive import refuse_hostile
from portal.intake.file_limits import OFFICE
from portal.intake.problems import UnreadableFile
from portal.intake.spreadsheet import read_table
from tests.intake import files

CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def bomb() -> bytes:
    return files.xlsx_with({"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (200 << 20)})


def lying_directory() -> bytes:
    """The directory says 1,000 bytes where two hundred million are packed."""
    data = bytearray(bomb())
    entry = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", data, entry + 24, 1000)
    return bytes(data)


def many_members() -> bytes:
    return files.xlsx_with({f"xl/media/{number}.png": b"" for number in range(3000)})


def encrypted() -> bytes:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(files.xlsx(["姓名"], ["王小雨"]))).encrypt("secret", locked)
    return locked.getvalue()


def zip_without_workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("读我.txt", "x")
    return buffer.getvalue()


HOSTILE = {
    "a bomb that declares itself": (bomb, "大得不正常"),
    "a bomb behind a lying directory": (lying_directory, "损坏"),
    "two cells in opposite corners": (lambda: files.xlsx_with_sheet(CORNERS), "大得不正常"),
    "a document type": (lambda: files.xlsx_with({"xl/sharedStrings.xml": DOCTYPE}), "DTD"),
    "a document type in UTF-16": (
        lambda: files.xlsx_with({"xl/sharedStrings.xml": DOCTYPE.decode().encode("utf-16")}),
        "DTD",
    ),
    "macros": (lambda: files.xlsx_with({"xl/vbaProject.bin": b"x"}), "宏"),
    "a type with macros": (
        lambda: files.xlsx_with({"[Content_Types].xml": b"<Types>application/vnd.ms-excel.sheet.macroEnabled</Types>"}),
        "宏",
    ),
    "links to other files": (
        lambda: files.xlsx_with({"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        "链接了别的文件",
    ),
    "a data connection": (lambda: files.xlsx_with({"xl/connections.xml": b"<a/>"}), "外部数据源"),
    "an embedded file": (lambda: files.xlsx_with({"xl/embeddings/oleObject1.bin": b"x"}), "嵌有别的文件"),
    "a path that climbs": (lambda: files.xlsx_with({"../../evil.txt": b"x"}), "路径"),
    "an absolute path": (lambda: files.xlsx_with({"/etc/evil": b"x"}), "路径"),
    "thousands of members": (many_members, "部件太多"),
    "a truncated file": (lambda: files.xlsx(["姓名"], ["王小雨"])[:-200], "损坏"),
    "the head of an xls alone": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "损坏"),
    "a zip of something else": (zip_without_workbook, "不是 Excel 工作簿"),
    "a password": (encrypted, "密码"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_with_a_sentence(kind):
    build, said = HOSTILE[kind]
    with pytest.raises(UnreadableFile) as caught:
        read_table(build(), "名单.xlsx", OFFICE)
    assert said in str(caught.value)


LITTLE = 64 << 10
"""Bytes inflated of a plain small workbook, many times over: far below a tenth of a second's work."""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_before_it_costs_anything(kind, monkeypatch):
    data, inflated = HOSTILE[kind][0](), []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, size=-1: _counted(read(self, size), inflated))
    with pytest.raises(UnreadableFile):
        read_table(data, "名单.xlsx", OFFICE)
    assert sum(inflated) <= LITTLE


def _counted(chunk, inflated):
    inflated.append(len(chunk))
    return chunk


def test_the_members_of_a_crowded_archive_are_not_even_listed(monkeypatch):
    data = many_members()
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("opened"))
    with pytest.raises(UnreadableFile, match="部件太多"):
        read_table(data, "名单.xlsx", OFFICE)


@pytest.mark.parametrize("kind", ["a bomb that declares itself", "macros", "a path that climbs", "a truncated file"])
def test_what_the_archive_gives_away_never_reaches_the_parser(kind, monkeypatch):
    data = HOSTILE[kind][0]()
    monkeypatch.setattr("portal.intake.spreadsheet.read_sheet", lambda *_: pytest.fail("parsed"))
    with pytest.raises(UnreadableFile):
        read_table(data, "名单.xlsx", OFFICE)


def test_a_stray_format_in_the_last_corner_is_no_reason_to_refuse():
    rows = (
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="XFD1" s="0"/></row>'
        '<row r="1048576"><c r="A1048576" s="0"/></row>'
    )
    assert read_table(files.xlsx_with_sheet(rows), "名单.xlsx", OFFICE).headings == ("姓名",)


WORKBOOK = files.xlsx(["姓名"], ["王小雨"])


def said_of(data: bytes) -> str | None:
    try:
        refuse_hostile(data, OFFICE.archive)
    except UnreadableFile as refusal:
        return str(refusal)
    return None


@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_bytes_changed_at_random_are_refused_in_words_or_pass(changes):
    data = bytearray(WORKBOOK)
    for position, byte in changes:
        data[position] = byte
    said = said_of(bytes(data))
    assert said is None or "请" in said


def test_a_negative_offset_in_the_directory_is_a_broken_file():
    data = bytearray(WORKBOOK)
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 16, len(data))
    with pytest.raises(UnreadableFile, match="损坏"):
        refuse_hostile(bytes(data), OFFICE.archive)
