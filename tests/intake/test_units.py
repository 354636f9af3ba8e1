import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.intake.units import UnitsProblem, load_units
from portal.models import AuditEntry, Unit
from portal.vocabulary import SchoolOwnership, UnitLevel
from tests.intake.files import csv

HEADINGS = ("代码", "名称", "级别", "上级代码", "学段")
TREE = (
    ("3299010001", "示例县实验小学", "school", "329901", "primary"),
    ("329901", "示例县教育局", "county", "3299", ""),
    ("329901-MZ", "示例县民政局", "bureau", "329901", ""),
    ("3299", "示例市教育局", "市", "32", ""),
    ("32", "江苏省教育厅", "province", "", ""),
)


def unit_of(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def test_a_tree_comes_in_whatever_the_order_of_rows(session: Session) -> None:
    assert load_units(session, csv(HEADINGS, *TREE), "command") == 5

    school = unit_of(session, "3299010001")
    assert school.path == "/32/3299/329901/3299010001/"
    assert school.stages == ["primary"]
    assert unit_of(session, "3299").level is UnitLevel.CITY


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    load_units(session, csv(HEADINGS, *TREE), "command")
    changes = session.scalar(select(func.count()).select_from(AuditEntry))

    assert load_units(session, csv(HEADINGS, *TREE), "command") == 5

    assert session.scalar(select(func.count()).select_from(Unit)) == 5
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == changes


def test_what_hangs_below_a_moved_unit_moves_with_it(session: Session) -> None:
    load_units(session, csv(HEADINGS, *TREE), "command")
    moved = [("3298", "邻市教育局", "city", "32", ""), ("329901", "示例县教育局", "county", "3298", "")]

    load_units(session, csv(HEADINGS, *moved), "command")

    assert unit_of(session, "3299010001").path == "/32/3298/329901/3299010001/"


@pytest.mark.parametrize(
    ("written", "ownership", "inclusive"),
    [
        ("公办", SchoolOwnership.PUBLIC, None),
        ("普惠性民办", SchoolOwnership.PRIVATE, True),
        ("非普惠性民办", SchoolOwnership.PRIVATE, False),
        ("民办", SchoolOwnership.PRIVATE, None),
    ],
)
def test_what_kind_of_school_it_is_is_read_and_an_empty_cell_leaves_it(
    session: Session, written: str, ownership: SchoolOwnership, inclusive: bool | None
) -> None:
    for cell in (written, ""):
        tree = [(*row, cell if row[2] == "school" else "") for row in TREE]
        load_units(session, csv((*HEADINGS, "办学性质"), *tree), "command")
        school = unit_of(session, "3299010001")
        assert (school.ownership, school.inclusive) == (ownership, inclusive)


def test_another_kind_of_school_is_refused_with_what_there_is(session: Session) -> None:
    row = ("32", "江苏省", "province", "", "", "国立")
    with pytest.raises(UnitsProblem, match="办学性质写的是“国立”，应是 公办、普惠性民办、非普惠性民办、民办 之一"):
        load_units(session, csv((*HEADINGS, "办学性质"), row), "command")


def test_a_file_in_gb18030_is_read(session: Session) -> None:
    load_units(session, csv(HEADINGS, *TREE, encoding="gb18030"), "command")
    assert unit_of(session, "329901").name == "示例县教育局"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("329901", "示例县", "county", "9999", ""), "第 2 行：上级代码 9999 不在文件里，也不在库里"),
        (("329901", "示例县", "town", "32", ""), "第 2 行：级别写的是“town”"),
        (("329901", "示例县", "county", "", ""), "第 2 行：县级单位要写上级代码"),
        (("32", "江苏省", "province", "32", ""), "第 2 行：省级单位没有上级"),
        (("3299 01", "示例县", "county", "32", ""), "第 2 行：代码应是"),
        (("329901", "", "county", "32", ""), "第 2 行：名称应有"),
        (("329901", "示例县", "county", "32", "小小学"), "第 2 行：学段写的是“小小学”"),
    ],
)
def test_a_fault_is_named_with_its_row_and_nothing_comes_in(session: Session, row: tuple[str, ...], words: str) -> None:
    with pytest.raises(UnitsProblem, match=words):
        load_units(session, csv(HEADINGS, row), "command")
    assert session.scalar(select(func.count()).select_from(Unit)) == 0


def test_a_code_twice_and_a_missing_column_are_refused(session: Session) -> None:
    with pytest.raises(UnitsProblem, match="代码 32 与第 2 行重复"):
        load_units(session, csv(HEADINGS, TREE[4], TREE[4]), "command")
    with pytest.raises(UnitsProblem, match="缺少“上级代码”列：表头应有 代码、名称"):
        load_units(session, csv(("代码", "名称", "级别"), ("32", "江苏省", "province")), "command")


def test_a_unit_with_others_below_it_does_not_become_what_they_cannot_stand_under(session: Session) -> None:
    load_units(session, csv(HEADINGS, *TREE), "command")
    with pytest.raises(UnitsProblem, match="329901 改成学校级，下面的“示例县"):
        load_units(session, csv(HEADINGS, ("329901", "示例县教育局", "school", "3299", "")), "command")


def test_a_title_above_the_headings_and_stars_beside_them_are_passed_over(session: Session) -> None:
    starred = tuple(f"*{heading}" for heading in HEADINGS)
    assert load_units(session, csv(("示例市单位名册", "", "", "", ""), starred, *TREE), "command") == 5


def test_a_school_below_a_school_is_refused(session: Session) -> None:
    row = ("3299010002", "分校", "school", "3299010001", "")
    with pytest.raises(UnitsProblem, match="学校级单位不能设在学校级单位 3299010001 之下"):
        load_units(session, csv(HEADINGS, *TREE, row), "command")


def test_a_cell_without_an_end_is_a_sentence(session: Session) -> None:
    with pytest.raises(UnitsProblem, match="双引号没有配对"):
        load_units(session, csv(HEADINGS, ('"32', "江苏省", "province", "", "")), "command")
