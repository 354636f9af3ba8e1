from dataclasses import asdict
from datetime import date

import pytest

from portal.intake.problems import UnreadableFile
from portal.intake.registers import Register, category_code, category_key, read_register
from portal.intake.spreadsheet import read_table
from tests.intake import files

CODES = {"城乡低保": "DIBAO", "最低生活保障": "DIBAO", "低保边缘": "DIBAO_EDGE", "孤儿": "ORPHAN", "残疾学生": "DIS"}
HEADINGS = [
    "数据来源",
    "困难类别",
    "姓名",
    "身份证件号",
    "户编号",
    "县区代码",
    "家庭住址",
    "与户主关系",
    "有效期起",
    "有效期止",
]


def register(*rows: list, default_category: str | None = None) -> Register:
    table = read_table(files.csv(*rows), "名单.csv")
    return read_register(table, category_codes=CODES, default_category=default_category, day=date(2026, 9, 7))


def test_a_whole_line_is_read_and_the_address_is_not_kept():
    row = f"民政局,城乡低保家庭,王小雨,{files.XIAOYU},H001,329901,示例县某村1号,之女,2026-01-01,长期"
    found = register(HEADINGS, row.split(","))
    (line,) = found.lines
    assert (line.category, line.id_no, line.household_id) == ("DIBAO", files.XIAOYU, "H001")
    assert (line.valid_from, line.valid_to) == (date(2026, 1, 1), None)
    assert found.dropped == ("家庭住址",)
    assert "某村" not in str(asdict(line))


def test_a_bank_card_column_is_refused_at_the_door_and_named():
    found = register(["姓名", "身份证号", "类别", "银行卡"], ["王小雨", files.XIAOYU, "孤儿", "6222000000000000"])
    assert found.dropped == ("银行卡",)
    assert "6222" not in str(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("城乡低保", "DIBAO"),
        ("(5)城乡低保家庭", "DIBAO"),
        ("最低生活保障对象", "DIBAO"),
        ("低保边缘家庭", "DIBAO_EDGE"),
        ("dibao_edge", "DIBAO_EDGE"),
        ("残疾学生", "DIS"),
        ("残疾人子女", None),
        ("贫困", None),
    ],
)
def test_a_category_is_known_by_its_names_and_never_by_likeness(text, code):
    codes = {category_key(name): known for name, known in (CODES | {known: known for known in CODES.values()}).items()}
    assert category_code(text, codes) == code


def test_an_unknown_category_is_refused_with_the_list_of_known_ones():
    found = register(HEADINGS, ["", "贫困", "王小雨", files.XIAOYU, "", "", "", "", "", ""])
    assert found.lines == []
    assert (found.problems[0].row, found.problems[0].column) == (2, "困难类别")
    assert "城乡低保、低保边缘、孤儿、残疾学生" in found.problems[0].problem


def test_a_list_of_one_category_needs_no_column_for_it():
    found = register(["姓名", "身份证号"], ["王小雨", files.XIAOYU], default_category="ORPHAN")
    assert found.lines[0].category == "ORPHAN"
    with pytest.raises(UnreadableFile, match="困难类别"):
        register(["姓名", "身份证号"], ["王小雨", files.XIAOYU])


def test_the_number_of_a_disability_certificate_gives_the_identity_number():
    found = register(["姓名", "残疾证号"], ["孙安", "32990120140808007543"], default_category="DIS")
    assert (found.lines[0].id_no, found.lines[0].id_certain) == ("329901201408080075", True)


def test_a_row_stays_whatever_its_number_and_what_is_wrong_is_said():
    rows = [["王小雨", "329901201603050014"], ["陈明", "329901121111002"], ["周晓", ""], ["孙安", "19900000001"]]
    found = register(["姓名", "身份证号"], *rows, default_category="ORPHAN")
    assert [(line.name, line.id_no, line.id_certain) for line in found.lines] == [
        ("王小雨", "329901201603050014", False),
        ("陈明", "329901121111002", False),
        ("周晓", None, False),
        ("孙安", None, False),
    ]
    assert [(problem.row, problem.row_kept) for problem in found.problems] == [(2, True), (3, True), (5, True)]
    assert "校验位不对" in found.problems[0].problem


def test_a_validity_that_ends_before_it_begins_is_remarked():
    row = ["王小雨", files.XIAOYU, "2026-08-01", "2026-07-31"]
    found = register(["姓名", "身份证号", "有效期起", "有效期止"], row, default_category="ORPHAN")
    assert [(problem.column, problem.row_kept) for problem in found.problems] == [("有效期止", True)]


def test_an_unreadable_validity_is_remarked():
    found = register(["姓名", "身份证号", "有效期止"], ["王小雨", files.XIAOYU, "明年"], default_category="ORPHAN")
    assert [(problem.column, problem.row_kept) for problem in found.problems] == [("有效期止", True)]


def test_a_roster_brought_as_a_register_of_one_category_is_read_and_remarked():
    found = register(
        ["姓名", "身份证件号", "学籍号", "年级"], ["王小雨", files.XIAOYU, "G1", "四年级"], default_category="ORPHAN"
    )
    assert len(found.lines) == 1
    assert [(one.row, one.column, one.row_kept) for one in found.problems] == [(1, "表头", True)]
    assert "有“学籍号、年级”，却没有困难群体名单才有的列" in found.problems[0].problem
