import random
from dataclasses import replace
from datetime import date

import pytest

from portal.intake.cells import NumberText
from portal.intake.file_limits import OFFICE, OPERATOR, SCHOOL, Limits, by_web
from portal.intake.problems import UnreadableFile
from portal.intake.spreadsheet import read_table
from portal.intake.workbook import WorkbookLimits
from portal.vocabulary import UnitLevel
from tests.intake import files

HEADINGS = ["姓名", "身份证件号", "年级"]
PUPIL = ["王小雨", files.XIAOYU, "四年级"]


def refusal(data: bytes, filename: str, limits: Limits = OFFICE) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_table(data, filename, limits)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file_is_read_in_every_usual_encoding_and_delimiter(encoding, delimiter):
    table = read_table(files.csv(HEADINGS, PUPIL, encoding=encoding, delimiter=delimiter), "名册.csv")
    assert table.headings == tuple(HEADINGS)
    assert [(line.number, *line.cells) for line in table.lines] == [(2, *PUPIL)]


def test_a_rare_character_survives_gb18030_and_utf8():
    for encoding in ("utf-8", "gb18030"):
        table = read_table(files.csv(HEADINGS, ["李𬱖", "", ""], encoding=encoding), "a.csv")
        assert table.lines[0].cells[0] == "李𬱖"


def test_a_short_text_that_many_lines_have_is_held_once():
    first, second = read_table(files.csv(["姓名", "班级"], ["陈明", "四(1)班"], ["王小雨", "四(1)班"]), "a.csv").lines
    assert first.cells[1] is second.cells[1]


@pytest.mark.parametrize(("build", "filename"), [(files.xlsx, "a.xlsx"), (files.xls, "a.xls"), (files.xlsx, "a.xls")])
def test_a_workbook_is_known_by_its_content(build, filename):
    table = read_table(build(HEADINGS, PUPIL), filename, OFFICE)
    assert table.headings == tuple(HEADINGS)
    assert table.lines[0] == (2, tuple(PUPIL))


@pytest.mark.parametrize("build", [files.csv, files.xlsx, files.xls])
def test_title_lines_are_skipped_and_rows_are_counted_as_excel_does(build):
    data = build(["示例县实验小学学生名册", "", ""], ["", "", ""], HEADINGS, PUPIL, ["", "", ""], PUPIL)
    table = read_table(data, "a")
    assert table.heading_row == 3
    assert [line.number for line in table.lines] == [4, 6]


def test_a_quoted_line_break_in_a_csv_does_not_move_the_row_numbers():
    table = read_table('姓名,班级\n"王小雨","四年级\n2班"\n陈明,1班\n'.encode(), "a.csv")
    assert [line.number for line in table.lines] == [2, 3]


def test_numbers_and_dates_become_text_that_remembers_it_was_a_number():
    workbook = files.xlsx(HEADINGS, ["王小雨", 329901201603050000, 4], ["陈明", 19900000001, 42434.5])
    first, second = read_table(workbook, "a.xlsx", OFFICE).lines
    assert first.cells[1:] == ("3.2990120160305e+17", "4")
    assert second.cells[1:] == ("19900000001", "42434.5")
    assert isinstance(first.cells[1], NumberText)
    assert not isinstance(first.cells[0], NumberText)


def test_a_formula_gives_its_cached_text():
    rows = (
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"王"</f><v>王小雨</v></c></row>'
    )
    assert read_table(files.xlsx_with_sheet(rows), "a.xlsx", OFFICE).lines[0].cells == ("王小雨",)


def test_the_sheet_with_headings_is_found_behind_a_sheet_of_instructions():
    table = read_table(files.xlsx(["填表说明"], ["请勿改动表头"], 名册=[HEADINGS, PUPIL]), "a.xlsx", OFFICE)
    assert table.lines[0].cells == tuple(PUPIL)


def test_two_sheets_with_a_list_are_refused_so_that_none_is_lost():
    sentence = refusal(files.xlsx(HEADINGS, PUPIL, 二班=[HEADINGS, PUPIL]), "a.xlsx")
    assert "2张名单" in sentence
    assert "二班" in sentence


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"", "a.xlsx", "空的"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "空的"),
        (files.csv(HEADINGS, PUPIL), "名册.xlsx", "文件名是 .xlsx"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "名册.xls", "网页"),
        (b"%PDF-1.7 ...", "名册.xlsx", "PDF"),
        (b"Rar!\x1a\x07", "名册.csv", "压缩包"),
        (b"PAR1\x15\x04\x00", "名册.parquet", "这是 parquet 文件"),
        ("姓名,年级".encode("utf-16-le"), "名册.csv", "不是文本"),
        (files.csv(["甲", "乙"], ["1", "2"]), "名册.csv", "没有找到表头"),
        (files.xlsx(), "名册.xlsx", "工作表是空的"),
        (files.xlsx(["甲", "乙"]), "名册.xlsx", "没有找到表头"),
        ("姓名,年级\n王小雨,".encode() + b"\xff\xff\n", "名册.csv", "第2行附近"),
        ('姓名,年级\n"王小雨,四年级\n陈明,初二\n'.encode(), "名册.csv", "双引号没有配对"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence_saying_what_to_do(data, filename, said):
    sentence = refusal(data, filename)
    assert said in sentence
    assert "请" in sentence
    assert sentence.endswith("。")
    assert "\n" not in sentence


def test_bounds_on_bytes_rows_and_columns_are_told():
    narrow = Limits(1000, WorkbookLimits(rows=3, columns=3, memory=OFFICE.workbook.memory, seconds=10), OFFICE.archive)
    assert "MB" in refusal(b"a" * 1001, "a.csv", narrow)
    assert "超过3行" in refusal(files.csv(HEADINGS, PUPIL, PUPIL, PUPIL), "a.csv", narrow)
    assert "3列" in refusal(files.csv([*HEADINGS, "班级"]), "a.csv", narrow)
    small = Limits(OFFICE.bytes, narrow.workbook, OFFICE.archive)
    assert "第4行" in refusal(files.xlsx(HEADINGS, PUPIL, PUPIL, PUPIL), "a.xlsx", small)


@pytest.mark.parametrize(
    ("level", "megabytes"), [(UnitLevel.SCHOOL, 5), (UnitLevel.COUNTY, 32), (UnitLevel.BUREAU, 32)]
)
def test_a_school_brings_less_by_the_web_than_an_office(level, megabytes):
    limits = by_web(level)
    assert f"超过能收的{megabytes} MB" in refusal(b"a" * (limits.bytes + 1), "名册.csv", limits)


def test_a_workbook_of_a_school_may_hold_less_when_inflated_than_an_offices():
    rows = files.xlsx_with({"xl/media/image1.png": random.Random(1).randbytes(65 << 20)})
    assert "展开后大得不正常" in refusal(rows, "名册.xlsx", replace(SCHOOL, bytes=OFFICE.bytes << 2))


def test_the_operator_brings_parquet_as_programs_write_it():
    born, number = date(2016, 3, 5), int(files.XIAOYU)
    data = files.parquet(row_id=[1.0, 2.0], name=["李𬱖", None], birth_date=[born, None], id_no=[number, None])
    table = read_table(data, "名册.parquet")
    assert table.headings == ("row_id", "name", "birth_date", "id_no")
    assert table.lines == [(2, ("1", "李𬱖", "2016-03-05", files.XIAOYU)), (3, ("2", "", "", ""))]
    assert "parquet 文件打不开" in refusal(data[:-20], "名册.parquet", OPERATOR)
