from datetime import date

import pytest

from portal.intake.rosters import GuardianLine, Roster, read_roster
from portal.intake.spreadsheet import read_table
from portal.vocabulary import Boarding, Sex, Stage
from tests.intake import files

TODAY = date(2026, 9, 7)
FULL = [
    "序号",
    "姓名",
    "曾用名",
    "性别",
    "出生日期",
    "身份证件类型",
    "身份证件号",
    "学籍号",
    "学校标识码",
    "学校名称",
    "年级",
    "班级",
    "就读方式",
    "监护人1关系",
    "监护人1姓名",
    "监护人1身份证件号",
    "监护人1电话",
    "户口所在地行政区划码",
]


def roster(*rows: list, build=files.csv) -> Roster:
    return read_roster(read_table(build(*rows), "名册"), day=TODAY)


def problems(found: Roster) -> list[tuple]:
    return [(problem.row, problem.column, problem.row_kept) for problem in found.problems]


def test_a_whole_line_is_read():
    number = files.XIAOYU
    row = f"7,王小雨,小雨,男,2016-03-05,居民身份证,{number},G{number},3299010001,示例县实验小学,4年级,2班,走读,"
    found = roster(FULL, [*f"{row}母亲,王丽,,19900000001,329901".split(",")])
    (line,) = found.lines
    assert found.problems == []
    assert found.repaired == []
    assert found.rows == 1
    assert (line.row, line.serial, line.name, line.id_no, line.id_certain) == (2, "7", "王小雨", number, True)
    assert (line.stage, line.grade, line.grade_number) == (Stage.PRIMARY, "4年级", 4)
    assert (line.boarding, line.school_code, line.hukou_division) == (Boarding.DAY, "3299010001", "329901")
    assert line.guardians == (GuardianLine("母亲", "王丽", None, False, "19900000001"),)


def test_a_line_is_held_as_written_or_as_read_and_never_as_both():
    table = read_table(files.csv(["姓名"], ["陈明"], ["王小雨"]), "名册")
    found = read_roster(table, day=TODAY)
    assert ([line.row for line in found.lines], found.rows, table.lines) == ([2, 3], 2, [])


def test_a_file_of_names_alone_is_a_roster():
    (line,) = roster(["姓名"], ["陈明"]).lines
    assert (line.id_no, line.id_certain, line.stage, line.guardians) == (None, False, None, ())


def test_sex_and_birth_date_come_from_the_number_when_their_columns_are_empty():
    (line,) = roster(["姓名", "身份证号"], ["王小雨", files.XIAOYU]).lines
    assert (line.sex, line.birth_date) == (Sex.MALE, date(2016, 3, 5))


def test_the_wrong_numbers_of_journey_2_are_each_named_and_all_good_rows_are_in():
    found = roster(
        ["学生姓名", "公民身份号码"],
        ["甲一", "329901201603050014"],
        ["周晓", "32990120130206005x"],
        ["王小雨", "３２９９０１２０１６０３０５００１５"],
        ["陈明", "329901 20121111 0023"],
        ["乙二", "329901160305001"],
        ["丙三", "329901201603050000"],
        ["王小川", files.XIAOCHUAN],
    )
    assert [(line.name, line.id_no, line.id_certain) for line in found.lines] == [
        ("周晓", files.ZHOU_XIAO, True),
        ("王小雨", files.XIAOYU, True),
        ("陈明", files.CHEN_MING, True),
        ("乙二", "329901160305001", False),
        ("王小川", files.XIAOCHUAN, True),
    ]
    assert [(repair.row, repair.column, repair.now) for repair in found.repaired] == [
        (3, "公民身份号码", files.ZHOU_XIAO),
        (4, "公民身份号码", files.XIAOYU),
        (5, "公民身份号码", files.CHEN_MING),
    ]
    assert problems(found) == [(2, "公民身份号码", False), (6, "公民身份号码", True), (7, "公民身份号码", False)]
    assert found.problems[2].problem == "疑似被Excel改坏（后三位变000），请把该列设为文本"


@pytest.mark.parametrize("build", [files.xlsx, files.xls])
def test_a_number_column_that_excel_held_as_numbers_is_named(build):
    found = roster(["姓名", "身份证件号"], ["王小雨", 329901201603050015], ["陈明", files.CHEN_MING], build=build)
    assert [line.name for line in found.lines] == ["陈明"]
    assert found.problems[0].row == 2
    assert "疑似被Excel改坏" in found.problems[0].problem
    assert "设为文本" in found.problems[0].problem


def test_a_student_number_that_excel_cut_is_left_out_and_the_row_stays():
    found = roster(["姓名", "学籍号"], ["王小雨", 2016032990100011234], build=files.xlsx)
    assert found.lines[0].student_no == ""
    assert problems(found) == [(2, "学籍号", True)]


def test_the_same_pupil_twice_is_kept_once():
    pupil = ["王小雨", files.XIAOYU]
    found = roster(["姓名", "身份证件号"], pupil, pupil)
    assert [line.row for line in found.lines] == [2]
    assert problems(found) == [(3, "身份证件号", False)]


def test_one_number_under_two_names_is_certain_for_neither():
    found = roster(["姓名", "身份证件号"], ["王小雨", files.XIAOYU], ["王小川", files.XIAOYU])
    assert [line.id_certain for line in found.lines] == [False, False]
    assert problems(found) == [(2, "身份证件号", True), (3, "身份证件号", True)]


@pytest.mark.parametrize("name", ["王小?", "李□", "１23"])
def test_a_damaged_name_is_kept_and_reported(name):
    found = roster(["姓名", "身份证件号"], [name, files.XIAOYU])
    assert [line.name for line in found.lines] == [name]
    assert problems(found) == [(2, "姓名", True)]


def test_the_dot_of_a_name_stays_as_the_roster_writes_it():
    (line,) = roster(["姓名"], ["阿依古丽·买买提"]).lines
    assert line.name == "阿依古丽·买买提"


def test_columns_that_disagree_with_the_number_are_remarked():
    found = roster(["姓名", "性别", "出生日期", "身份证件号"], ["王小雨", "女", "2016-03-06", files.XIAOYU])
    assert (found.lines[0].sex, found.lines[0].birth_date) == (Sex.MALE, date(2016, 3, 5))
    assert problems(found) == [(2, "性别", True), (2, "出生日期", True)]


def test_cells_nobody_can_read_are_remarked_and_the_row_stays():
    headings = ["姓名", "性别", "出生日期", "年级", "就读方式", "家长电话", "户口所在地"]
    found = roster(headings, ["陈明", "不明", "三月", "毕业班", "半读", "12345", "示例县"])
    assert len(found.lines) == 1
    assert {problem.column for problem in found.problems} == set(headings) - {"姓名"}
    assert all(problem.row_kept for problem in found.problems)


@pytest.mark.parametrize(
    ("written", "kept"), [("329901196001010000", "329901196001010000"), ("3299011960****0015", "3299011960****0015")]
)
def test_of_a_guardians_wrong_number_stays_what_is_legible(written: str, kept: str):
    headings = ["姓名", "父亲姓名", "父亲身份证号", "父亲电话"]
    found = roster(headings, ["陈明", "陈福", written, "19900000002"])
    assert found.lines[0].guardians == (GuardianLine("父亲", "陈福", kept, False, "19900000002"),)
    assert problems(found) == [(2, "父亲身份证号", True)]


def test_the_birth_date_that_a_certain_number_contradicts_is_kept_beside_it():
    found = roster(["姓名", "证件号", "性别", "出生日期"], ["王小雨", files.XIAOYU, "女", "2016-03-06"])
    line = found.lines[0]
    assert line.sex is Sex.MALE
    assert (line.birth_date, line.written_birth) == (date(2016, 3, 5), date(2016, 3, 6))


@pytest.mark.parametrize(
    ("heading", "written", "way"),
    [
        ("就读方式", "1", Boarding.DAY),
        ("就读方式", "2", Boarding.BOARDING),
        ("是否寄宿", "1", Boarding.BOARDING),
        ("是否寄宿", "否", Boarding.DAY),
        ("就读方式", "送教上门", Boarding.AT_HOME),
    ],
)
def test_the_way_of_attending_is_read_by_its_heading(heading, written, way):
    assert roster(["姓名", heading], ["陈明", written]).lines[0].boarding is way


def test_a_line_shifted_by_a_bare_comma_or_without_a_name_is_refused():
    found = roster(["姓名", "班级"], ["陈明", "1班", "多出"], ["", "2班"], ["王小雨", "3班"])
    assert [line.name for line in found.lines] == ["王小雨"]
    assert problems(found) == [(2, "姓名", False), (3, "姓名", False)]
    assert found.rows == 3


def test_a_serial_number_of_excel_is_a_birth_date():
    (line,) = roster(["姓名", "出生日期"], ["陈明", 42434], build=files.xlsx).lines
    assert line.birth_date == date(2016, 3, 5)


def test_no_sentence_repeats_what_was_in_the_cell():
    found = roster(["姓名", "身份证件号"], ["王小?", "329901201603050014"], ["甲一", "32990116030500"])
    assert all("329901" not in problem.problem and "王小" not in problem.problem for problem in found.problems)


def test_numbers_that_a_program_wrote_with_a_point_are_whole():
    head = ["序号", "姓名", "性别", "年级", "班级", "学校标识码", "学校名称"]
    found = roster(head, ["7.0", "王小雨", "2.0", "4.0", "1.0", "3299010001.0", "示例县实验小学"])
    (line,) = found.lines
    assert (line.serial, line.sex, line.stage, line.grade_number) == ("7", Sex.FEMALE, Stage.PRIMARY, 4)
    assert (line.class_name, line.school_code) == ("1", "3299010001")
    assert [(repair.column, repair.was, repair.now) for repair in found.repaired] == [
        ("学校标识码", "3299010001.0", "3299010001")
    ]


@pytest.mark.parametrize("row", [["序号", "姓名"], ["合计", "2人"], ["", "合 计：2人"], ["小计", ""]])
def test_headings_repeated_and_sums_are_nobody(row):
    found = roster(["序号", "姓名"], ["1", "王小雨"], row)
    assert [line.name for line in found.lines] == ["王小雨"]
    assert problems(found) == [(3, "姓名", False)]
