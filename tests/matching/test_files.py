"""``match-files``: the files of the contract in, one answer out, the same as the engine's."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.matching.duckdb_tables import DuckDBTables
from portal.matching.files import MatchFilesError
from portal.matching.in_memory import match
from portal.matching.people import Guardian, RegisterPerson, RosterPerson
from portal.vocabulary import Decision
from tests.matching.files import a_csv, a_workbook, answer, answered, matched
from tests.matching.people import (
    AYGUL,
    AYGUL_NUMBER,
    CUT_NUMBER,
    LI_DI,
    LI_DI_NUMBER,
    MOTHER,
    MOTHER_NUMBER,
    TERM_START,
    WHOLE_NUMBER,
    XIAOCHUAN,
    XIAOCHUAN_NUMBER,
    XIAOYU,
    XIAOYU_NUMBER,
)
from tests.matching.test_engine_properties import REGISTERS, ROSTERS

ROSTER = [
    ["姓名", "身份证件号", "监护人1姓名", "监护人1身份证件号", "备注"],
    [XIAOYU, XIAOYU_NUMBER, MOTHER, MOTHER_NUMBER, "不留"],
    [XIAOCHUAN, XIAOCHUAN_NUMBER, MOTHER, MOTHER_NUMBER, ""],
    [AYGUL, f"{AYGUL_NUMBER[:6]} {AYGUL_NUMBER[6:]}", "", "", ""],
    [LI_DI, LI_DI_NUMBER, "", "", ""],
]
REGISTER = [
    ["身份证件号", "姓名", "有效期止"],
    [MOTHER_NUMBER, MOTHER, "长期"],
    [AYGUL_NUMBER, AYGUL.replace("·", "•"), ""],
    [LI_DI_NUMBER, "李頔", "2026/08/31"],
    [XIAOYU_NUMBER, XIAOYU, "到明年"],
]
EXPECTED = [
    ["1", "1", "household", "guardian_number_name"],
    ["1", "4", "possible", "validity_unreadable"],
    ["2", "1", "household", "guardian_number_name"],
    ["3", "2", "certain", "number_name"],
    ["4", "3", "possible", "validity_ended"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_any_usual_encoding_below_a_title(tmp_path, encoding):
    title = [["示例县2026年秋季学期名册", "", ""], []]
    report = matched(
        a_csv(tmp_path / "r.csv", title + ROSTER, encoding), a_csv(tmp_path / "g.csv", title + REGISTER, encoding)
    )
    assert answer(tmp_path / "out.csv") == EXPECTED
    assert report.counts == {"certain": 1, "possible": 2, "household": 2, "household_possible": 0}
    assert (report.roster_rows, report.register_rows, report.roster_row_is) == (4, 4, "第几行数据")


def test_a_workbook_in(tmp_path):
    matched(a_workbook(tmp_path / "r.xlsx", [["名册"], *ROSTER]), a_workbook(tmp_path / "g.xlsx", REGISTER))
    assert answer(tmp_path / "out.csv") == EXPECTED


def test_parquet_in_and_out_names_rows_by_row_id(tmp_path):
    roster = pa.table({"row_id": [70, 60], "name": [XIAOYU, XIAOCHUAN], "id_no": [XIAOYU_NUMBER, XIAOCHUAN_NUMBER]})
    register = pa.table({"row_id": ["b", "a"], "name": [XIAOCHUAN, XIAOYU], "id_no": [XIAOCHUAN_NUMBER, XIAOYU_NUMBER]})
    pq.write_table(roster, tmp_path / "r.parquet")
    pq.write_table(register, tmp_path / "g.parquet")
    report = matched(tmp_path / "r.parquet", tmp_path / "g.parquet", "out.parquet")
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row["roster_row"], row["register_row"]) for row in rows] == [(70, "a"), (60, "b")]
    assert report.roster_row_is == "序号"


@pytest.mark.parametrize("ids", [["1", "1", "2", "3"], ["1", "", "2", "3"]])
def test_row_ids_that_do_not_tell_rows_apart_give_way_to_lines(tmp_path, ids):
    rows = [["序号", *ROSTER[0]], *([number, *row] for number, row in zip(ids, ROSTER[1:], strict=True))]
    report = matched(a_csv(tmp_path / "r.csv", rows), a_csv(tmp_path / "g.csv", REGISTER))
    assert report.roster_row_is == "第几行数据"
    assert answer(tmp_path / "out.csv") == EXPECTED


def test_short_lines_are_read_as_far_as_they_go(tmp_path):
    matched(
        a_csv(tmp_path / "r.csv", [ROSTER[0], *(row[:2] for row in ROSTER[1:])]), a_csv(tmp_path / "g.csv", REGISTER)
    )
    assert answer(tmp_path / "out.csv") == [row for row in EXPECTED if row[2] != "household"]


def test_missing_columns_but_the_name_are_allowed(tmp_path):
    matched(a_csv(tmp_path / "r.csv", [["姓名"], [XIAOYU]]), a_csv(tmp_path / "g.csv", REGISTER))
    assert answer(tmp_path / "out.csv") == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.xlsx", "姓名,身份证件号\n".encode(), "不是真正的 Excel"),
        ("r.parquet", b"PAR1 nothing", "不是 parquet"),
        ("r.csv", b"", "是空的"),
        ("r.csv", "姓名,身份证件号\n".encode(), "没有一行数据"),
        ("r.csv", "学号,班级\n1,2\n".encode(), "姓名"),
        ("r.csv", "姓名,身份证号,证件号码\n王,1,2\n".encode(), "都像是“身份证件号”"),
        ("r.csv", b"\xff\xff\xff\x80", "编码"),
        ("r.pdf", b"%PDF", "不是支持的格式"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_the_old_answer(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(MatchFilesError, match=words) as raised:
        matched(tmp_path / name, a_csv(tmp_path / "g.csv", REGISTER))
    assert "\n" not in str(raised.value)
    assert (tmp_path / "out.csv").read_text() == "old"


def test_a_missing_file_or_folder_is_named(tmp_path):
    register = a_csv(tmp_path / "g.csv", REGISTER)
    with pytest.raises(MatchFilesError, match="找不到文件"):
        matched(tmp_path / "no.csv", register)
    with pytest.raises(MatchFilesError, match="没有文件夹"):
        matched(register, register, "no/out.csv")
    with pytest.raises(MatchFilesError, match="csv 或 parquet"):
        matched(register, register, "out.xlsx")
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(MatchFilesError, match="是一个文件夹"):
        matched(register, register, "out.csv")


@pytest.mark.parametrize("out", ["r.csv", "g.csv", "link.csv"])
def test_an_answer_is_never_written_over_what_it_answers(tmp_path, out):
    roster, register = a_csv(tmp_path / "r.csv", ROSTER), a_csv(tmp_path / "g.csv", REGISTER)
    (tmp_path / "link.csv").symlink_to(register)
    before = roster.read_bytes(), register.read_bytes()
    with pytest.raises(MatchFilesError, match="另起一个文件名"):
        matched(roster, register, out)
    assert (roster.read_bytes(), register.read_bytes()) == before


def test_columns_that_no_such_file_has_are_counted(tmp_path):
    report = matched(a_csv(tmp_path / "r.csv", ROSTER), a_csv(tmp_path / "g.csv", REGISTER))
    assert (report.roster_columns_dropped, report.register_columns_dropped) == (1, 0)


def test_a_quote_in_a_path_is_only_a_quote(tmp_path):
    folder = tmp_path / "it's [1]*"
    folder.mkdir()
    pq.write_table(pa.table({"name": [XIAOYU], "id_no": [XIAOYU_NUMBER]}), folder / "r.parquet")
    matched(folder / "r.parquet", a_csv(folder / "g.csv", REGISTER))
    assert answer(folder / "out.csv") == [["1", "4", "possible", "validity_unreadable"]]


def test_nothing_but_the_answer_is_left_on_disk(tmp_path):
    matched(a_csv(tmp_path / "r.csv", ROSTER), a_csv(tmp_path / "g.csv", REGISTER))
    assert {path.name for path in tmp_path.iterdir()} == {"r.csv", "g.csv", "out.csv"}


DIGITS = st.text(alphabet="0123456789xXeE+._ '１", min_size=15, max_size=20)
NEAR_NUMBERS = st.sampled_from([XIAOYU_NUMBER, "329901201602300010", "329901299912310012", "829901201603050010"])


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROSTERS.filter(bool), REGISTERS.filter(bool), st.lists(DIGITS | NEAR_NUMBERS, max_size=4))
def test_files_are_decided_as_the_engine_decides(tmp_path, roster, register, odd):
    pupils = [["姓名", "曾用名", "身份证件号", "监护人1姓名", "监护人1身份证件号", "监护人2姓名", "监护人2身份证件号"]]
    pupils += [[one.name, one.former_name, one.number, *_sides(one.guardian_1, one.guardian_2)] for one in roster]
    entries = [["姓名", "身份证件号", "困难类别", "有效期止"]]
    entries += [
        [one.name, one.number, one.category, one.valid_to.isoformat() if one.valid_to else ""] for one in register
    ]
    strangers = [type(roster[0])(len(roster) + place, XIAOYU, number) for place, number in enumerate(odd, 1)]
    listed = [type(register[0])(len(register) + place, XIAOYU, number) for place, number in enumerate(odd, 1)]
    pupils += [[one.name, "", one.number, "", "", "", ""] for one in strangers]
    entries += [[one.name, one.number, ""] for one in listed]

    matched(a_csv(tmp_path / "r.csv", pupils), a_csv(tmp_path / "g.csv", entries))

    unborn = [replace(one, birth_date=None) for one in roster]
    found = match([*unborn, *strangers], [*register, *listed], TERM_START)
    assert {tuple(row) for row in answer(tmp_path / "out.csv") if row[2] == Decision.CERTAIN} == {
        (str(one.roster_id), str(one.register_id), one.decision, one.rule.code)
        for one in found
        if one.decision is Decision.CERTAIN
    }


PERHAPS_CUT = st.lists(
    st.tuples(
        st.sampled_from([XIAOYU, XIAOYU, "王小宇", "王?雨"]),
        st.sampled_from([CUT_NUMBER, CUT_NUMBER + "43", WHOLE_NUMBER, "329901201607056134", "329901201608059000"]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PERHAPS_CUT, PERHAPS_CUT)
def test_numbers_perhaps_cut_by_excel_are_decided_as_the_engine_decides(tmp_path, ours, theirs):
    written = [[["姓名", "身份证件号"], *map(list, side)] for side in (ours, theirs)]
    pupils = [RosterPerson(place, *one) for place, one in enumerate(ours, 1)]
    entries = [RegisterPerson(place, *one) for place, one in enumerate(theirs, 1)]
    found = match(pupils, entries, TERM_START)
    assert answered(a_csv(tmp_path / "r.csv", written[0]), written[1]) == sorted(
        [str(one.roster_id), str(one.register_id), one.decision, one.rule.code] for one in found
    )


@pytest.mark.parametrize(("category", "told"), [("低保", ["sibling_listed"]), ("残疾", [])])
def test_the_brother_is_led_to_without_a_household_number_where_the_category_is_the_familys(tmp_path, category, told):
    pupils = [["姓名", "身份证件号", "监护人1姓名", "监护人1身份证件号"]]
    pupils += [
        [name, number, MOTHER, MOTHER_NUMBER]
        for name, number in ((XIAOYU, XIAOYU_NUMBER), (XIAOCHUAN, XIAOCHUAN_NUMBER))
    ]
    listed = [["姓名", "身份证件号", "困难类别"], [XIAOYU, XIAOYU_NUMBER, category]]
    matched(a_csv(tmp_path / "r.csv", pupils), a_csv(tmp_path / "g.csv", listed))
    assert [row[3] for row in answer(tmp_path / "out.csv")] == ["number_name", *told]


def _sides(*guardians: Guardian) -> list[str]:
    return [text for one in guardians for text in (one.name, one.number)]


def test_the_engine_neither_prints_a_progress_bar_nor_spills_to_disk():
    with DuckDBTables() as tables:
        assert tables.rows("SELECT current_setting('enable_progress_bar')") == [(False,)]
        assert tables.rows("SELECT current_setting('temp_directory')") == [("",)]


def test_a_child_under_a_strangers_number_or_with_the_brothers_is_found(tmp_path):
    headings = ["姓名", "身份证件号", "出生日期", "户口所在地行政区划码"]
    pupils = [[XIAOYU, XIAOCHUAN_NUMBER, "2016-03-05", "329901"], [AYGUL, AYGUL_NUMBER, "2009-06-20", "329901"]]
    listed = [
        ["姓名", "身份证件号", "县区代码"],
        [XIAOYU, XIAOYU_NUMBER, "329901"],
        [AYGUL, XIAOCHUAN_NUMBER, "329901"],
    ]
    found = answered(a_csv(tmp_path / "r.csv", [headings, *pupils]), listed)
    assert [row[2:] for row in found] == [
        ["possible", "name_birth_number_doubted"],
        ["possible", "number_other_name"],
        ["possible", "strangers_number_own_name"],
    ]


@pytest.mark.parametrize("name", ["王小宇", "王小雨(大)", "王 小羽"])
def test_a_child_without_a_number_is_found_by_how_the_name_sounds(tmp_path, name):
    roster = a_csv(
        tmp_path / "r.csv",
        [["姓名", "身份证件号", "出生日期", "户口所在地行政区划码"], [name, "无", "2016-03-05", "329901"]],
    )
    [[*_, decision, rule]] = answered(roster)
    assert decision == Decision.POSSIBLE
    assert rule in ("name_birth", "name_sound_birth")
