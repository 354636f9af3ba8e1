"""What offices call a file: titles above, other spellings, Excel's damage; or one sentence."""

import os

import pytest

from portal.intake.cells import NotADate, open_ended, read_last_day
from portal.matching.days import NO_END, read_end
from portal.matching.files import MatchFilesError
from tests.matching.files import LISTED, a_csv, a_parquet, a_workbook, answer, answered, matched
from tests.matching.people import (
    MOTHER,
    MOTHER_NUMBER,
    XIAOCHUAN,
    XIAOCHUAN_NUMBER,
    XIAOYU,
    XIAOYU_NUMBER,
    ZHOU_XIAO,
    ZHOU_XIAO_NUMBER,
)

YES = [["1", "1", "certain", "number_name"]]
IN_PART = [["1", "1", "possible", "number_partly"]]
BY_LUCK = "329902201401108000"
"""Its check holds though its last digits are those that Excel writes for the ones it threw away."""


@pytest.mark.parametrize(
    "heading",
    [
        ["★姓 名", "身份证号码（必填）"],
        ["学生\n姓名", "公民身份号码"],
        ["学生姓名", "证件号码："],
        ["NAME", "id_no"],
    ],
)
def test_the_usual_other_spellings_of_headings_are_known(tmp_path, heading):
    assert answered(a_csv(tmp_path / "r.csv", [heading, [XIAOYU, XIAOYU_NUMBER]])) == YES


@pytest.mark.parametrize(("heading", "number"), [("家长", "家长身份证号"), ("监护人姓名", "监护人身份证号码")])
def test_other_spellings_of_guardians_are_known_in_any_order(tmp_path, heading, number):
    roster = [[number, "银行卡", "姓名", heading], [MOTHER_NUMBER, "6222", XIAOCHUAN, MOTHER]]
    listed = [["有效期至", "证件号", "人员姓名"], ["2027.7.1", MOTHER_NUMBER, MOTHER]]
    assert answered(a_csv(tmp_path / "r.csv", roster), listed) == [["1", "1", "household", "guardian_number_name"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_usual_encoding_and_delimiter_is_read_below_a_title(tmp_path, encoding, delimiter):
    rows = [["某某县,2026年,秋季;名册", "", ""], ["姓名", "班级", "身份证号"], [XIAOYU, "一班", XIAOYU_NUMBER]]
    assert answered(a_csv(tmp_path / "r.CSV", rows, encoding, delimiter)) == YES


def test_breaks_within_cells_are_part_of_the_cell(tmp_path):
    rows = [["住址", "学生\n姓名", "证件号"], ["一组\n二号", "王小\n雨", XIAOYU_NUMBER], ["", XIAOCHUAN, ""]]
    assert answered(a_csv(tmp_path / "r.csv", rows)) == YES


@pytest.mark.parametrize("make", [a_csv, a_workbook])
def test_a_blank_row_keeps_its_number_and_is_not_counted(tmp_path, make):
    roster = [["序号", "姓名", "证件号"], ["", "", ""], ["", XIAOYU, XIAOYU_NUMBER], ["", "", ""]]
    path = make(tmp_path / ("r.csv" if make is a_csv else "r.xlsx"), roster)
    report = matched(path, a_csv(tmp_path / "g.csv", LISTED))
    assert (report.roster_rows, answer(tmp_path / "out.csv")[0][0]) == (1, "2")


def test_an_empty_line_of_a_csv_is_no_line(tmp_path):
    roster = tmp_path / "r.csv"
    roster.write_text(f'姓名,证件号\n\n"{XIAOYU}",{XIAOYU_NUMBER}\n\n')
    assert answered(roster) == YES


def test_numbers_of_rows_that_blank_rows_lack_still_name_the_rows(tmp_path):
    roster = [["序号", "姓名", "证件号"], ["A7", XIAOYU, XIAOYU_NUMBER], ["", "", ""], ["A8", "", ""]]
    assert answered(a_csv(tmp_path / "r.csv", roster))[0][0] == "A7"


def test_the_sheet_with_headings_is_read_and_not_the_first_one(tmp_path):
    path = a_workbook(tmp_path / "r.XLSX", [["名册"], *LISTED], first_sheet=[["填表说明"]])
    assert answered(path) == YES


def test_two_lists_in_one_workbook_are_refused(tmp_path):
    path = a_workbook(tmp_path / "r.xlsx", LISTED, first_sheet=LISTED)
    with pytest.raises(MatchFilesError, match="2 张名单"):
        answered(path)


def test_a_workbook_named_as_text_is_read_as_what_it_is(tmp_path):
    a_workbook(tmp_path / "r.xlsx", LISTED).rename(tmp_path / "r.csv")
    assert answered(tmp_path / "r.csv") == YES


def test_a_number_that_excel_cut_is_never_certain_however_well_it_looks(tmp_path):
    listed = [["姓名", "身份证件号"], [XIAOYU, BY_LUCK]]
    assert answered(a_csv(tmp_path / "r.csv", listed), listed) == YES
    assert answered(a_workbook(tmp_path / "r.xlsx", [listed[0], [XIAOYU, int(BY_LUCK)]]), listed) == IN_PART
    assert answered(a_parquet(tmp_path / "r.parquet", name=[XIAOYU], id_no=[float(BY_LUCK)]), listed) == IN_PART


def test_row_ids_that_a_parquet_holds_as_floats_are_told_as_whole_numbers(tmp_path):
    roster = a_parquet(tmp_path / "r.parquet", row_id=[7.0, 8.0], name=[XIAOYU, "甲"], id_no=[XIAOYU_NUMBER, ""])
    assert answered(roster)[0][0] == "7"


def test_a_path_that_is_no_text_is_refused_in_a_sentence(tmp_path):
    roster = a_csv(tmp_path / "r.csv", LISTED)
    with pytest.raises(MatchFilesError, match="文件名"):
        matched(roster, roster, os.fsdecode(b"\xff.csv"))


def test_parquet_may_hold_numbers_as_integers_and_lack_what_is_optional(tmp_path):
    roster = a_parquet(tmp_path / "r.parquet", name=[XIAOYU, None], id_no=[int(XIAOYU_NUMBER), None])
    assert answered(roster) == YES


def test_two_quotes_that_swallow_lines_are_refused_and_not_read_short(tmp_path):
    roster = tmp_path / "r.csv"
    roster.write_text(f'姓名,证件号,备注\n甲,,"x\n{XIAOYU},{XIAOYU_NUMBER},\n乙,,"y\n')
    with pytest.raises(MatchFilesError, match="第 4 行附近的双引号没有配对"):
        answered(roster)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.xlsx", "姓名,证件号\n王,1\n".encode(), "只是改了后缀"),
        ("r.xlsx", b"PK\x03\x04 nothing", "不是真正的 Excel"),
        ("r.xls", b"", "是空的"),
        ("r.csv", b"\xef\xbb\xbf\r\n", "是空的"),
        ("r.csv", b"\x00\x01\x02", "不是文字文件"),
        ("r.csv", "学号,爱好\n1,画画\n".encode(), "带“姓名”的标题行"),
        ("r.csv", "证件号,班级\n1,2\n".encode(), "没有“姓名”这一列"),
        ("r.csv", '姓名,备注\n王,"甲\n李,乙\n'.encode(), "双引号没有配对"),
        ("r.csv", "姓名,证件号\n,\n,\n".encode(), "没有一行数据"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MatchFilesError, match=words):
        answered(tmp_path / name)


def test_parquet_that_breaks_off_in_its_data_is_one_sentence_and_leaves_nothing(tmp_path):
    whole = a_parquet(tmp_path / "whole.parquet", name=[XIAOYU], id_no=[XIAOYU_NUMBER]).read_bytes()
    (tmp_path / "r.parquet").write_bytes(whole[:8] + b"\xff" * 32 + whole[40:])
    with pytest.raises(MatchFilesError, match="比对没有做完"):
        answered(tmp_path / "r.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"whole.parquet", "r.parquet", "listed.csv"}


def test_a_certificates_column_beside_the_number_does_not_get_in_its_way(tmp_path):
    roster = a_csv(tmp_path / "r.csv", [["姓名", "身份证号"], [ZHOU_XIAO, ZHOU_XIAO_NUMBER]])
    listed = [["残疾人证号", "姓名", "身份证号"], [XIAOCHUAN_NUMBER + "43", ZHOU_XIAO, ZHOU_XIAO_NUMBER.lower()]]
    assert answered(roster, listed) == YES


@pytest.mark.parametrize(
    "text", [*sorted(NO_END), "2026-08-31", "2026/8/31", "2026.8.31", "20260831", "2026年8月31日", "明年", "2026-02-30"]
)
def test_an_end_is_read_from_a_file_as_it_is_at_the_door(text):
    try:
        at_the_door = read_last_day(text), read_last_day(text) is None and not open_ended(text)
    except NotADate:
        at_the_door = None, True
    assert read_end(text) == at_the_door


def test_a_swallowed_line_shows_beside_empty_lines_too(tmp_path):
    roster = tmp_path / "r.csv"
    roster.write_text(f'\n\n姓名,证件号,备注\n\n甲,,"x\n{XIAOYU},{XIAOYU_NUMBER},\n乙,,"y\n\n')
    with pytest.raises(MatchFilesError, match="双引号没有配对"):
        answered(roster)


@pytest.mark.parametrize("written", ["'{}", " {} ", "' {}", "{}\t"])
def test_a_whole_column_of_apostrophes_or_blanks_is_read_like_any_other(tmp_path, written):
    roster = [["姓名", "身份证号"], [ZHOU_XIAO, written.format(ZHOU_XIAO_NUMBER.lower())]]
    assert answered(a_csv(tmp_path / "r.csv", roster), [LISTED[0], [ZHOU_XIAO, ZHOU_XIAO_NUMBER]]) == YES


ROSTER = [["姓名", "身份证件号", "学籍号", "年级"], [XIAOYU, XIAOYU_NUMBER, "G1", "四年级"]]
REGISTER = [["姓名", "身份证件号", "困难类别", "户编号"], [XIAOYU, XIAOYU_NUMBER, "城乡低保", "1"]]


def test_two_files_in_the_wrong_order_are_refused(tmp_path):
    roster, register = a_csv(tmp_path / "名册.csv", ROSTER), a_csv(tmp_path / "低保.csv", REGISTER)
    assert matched(roster, register).remarks == ()
    with pytest.raises(MatchFilesError, match=r"放反了：低保.csv 的列名（困难类别、户编号）不像学籍名册"):
        matched(register, roster)


def test_a_register_in_place_of_the_roster_is_matched_and_remarked(tmp_path):
    listed = a_csv(tmp_path / "低保.csv", REGISTER)
    report = matched(listed, listed)
    assert report.counts["certain"] == 1
    assert len(report.remarks) == 1
    assert report.remarks[0].startswith("低保.csv 的列名（困难类别、户编号）不像学籍名册")


def test_a_roster_with_a_column_of_the_registers_beside_its_own_is_not_odd(tmp_path):
    rows = [[*ROSTER[0], "困难类别"], [*ROSTER[1], "低保"]]
    assert matched(a_csv(tmp_path / "名册.csv", rows), a_csv(tmp_path / "低保.csv", LISTED)).remarks == ()
