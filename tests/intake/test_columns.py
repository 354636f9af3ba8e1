import pytest

from portal.headings.columns import KINDS
from portal.intake.columns import find_columns
from portal.intake.problems import UnreadableFile
from portal.vocabulary import IntakeKind


def test_the_headings_of_the_contract_are_all_known_in_any_order():
    roster = [
        "户口所在地行政区划码",
        "监护人2电话",
        "监护人2身份证件号",
        "监护人2姓名",
        "监护人2关系",
        "监护人1电话",
        "监护人1身份证件号",
        "监护人1姓名",
        "监护人1关系",
        "就读方式",
        "班级",
        "年级",
        "学校名称",
        "学校标识码",
        "学籍号",
        "身份证件号",
        "身份证件类型",
        "出生日期",
        "性别",
        "曾用名",
        "姓名",
        "序号",
    ]
    columns = find_columns(roster, IntakeKind.ROSTER)
    assert set(columns.positions) == {column.field for column in KINDS[IntakeKind.ROSTER]}
    assert columns.dropped == ()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            IntakeKind.ROSTER,
            (
                "row_id,name,former_name,sex,birth_date,id_type,id_no,student_no,school_code,school,grade,class,boarding,"
                "g1_rel,g1_name,g1_id,g1_phone,g2_rel,g2_name,g2_id,g2_phone,hukou_div"
            ),
        ),
        (
            IntakeKind.REGISTER,
            "row_id,register,category,name,id_no,household_id,county,address,relation,valid_from,valid_to",
        ),
    ],
)
def test_the_names_of_the_parquet_files_are_known(kind, names):
    assert find_columns(names.split(","), kind).dropped == ()


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("★姓 名*", "name"),
        ("姓名(必填)", "name"),
        ("学生\n姓名", "name"),
        ("身份证号码（文本格式）", "id_no"),
        ("公民身份号码", "id_no"),
        ("ＩＤ＿ＮＯ", "id_no"),
        ("家长联系电话", "g1_phone"),
        ("监护人1（姓名）", "g1_name"),
        ("出生日期（yyyymmdd）", "birth_date"),
        ("班级名称：", "class_"),
    ],
)
def test_the_usual_other_spellings_are_known(written, field):
    headings = [written] if field == "name" else ["姓名", written]
    columns = find_columns(headings, IntakeKind.ROSTER)
    assert columns.written[field] == " ".join(written.split())


def test_unknown_columns_are_dropped_by_name():
    columns = find_columns(["姓名", "银行卡", "", "爱好"], IntakeKind.ROSTER)
    assert columns.dropped == ("银行卡", "爱好")
    assert columns.values(["王小雨", "6222", "", "画画"]) == {"name": "王小雨"}


def test_missing_columns_are_named_beside_what_was_found():
    with pytest.raises(UnreadableFile, match="困难群体名单缺少“困难类别”“身份证件号”列；表头里找到的是：姓名、住址"):
        find_columns(["姓名", "住址"], IntakeKind.REGISTER, also_required=["category"])


def test_two_columns_for_one_field_are_refused():
    with pytest.raises(UnreadableFile, match="“身份证号”和“证件号码”两列都像是“身份证件号”"):
        find_columns(["姓名", "身份证号", "证件号码"], IntakeKind.ROSTER)


def test_a_roster_in_place_of_a_register_is_told_so_where_the_category_is_missing():
    with pytest.raises(UnreadableFile, match="拿错了文件：有“学籍号、年级”"):
        find_columns(["姓名", "身份证件号", "学籍号", "年级"], IntakeKind.REGISTER, also_required=("category",))
