"""J2 and J11 as staff meet them: an officer brings in a roster with bad numbers, the match forgives spellings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Intake, Pupil
from portal.vocabulary import IntakeState
from tests.builders import a_bureau, an_entry
from tests.pages import DESK, Opener, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty

ROSTER = """示例县实验小学学籍名册,,,,
姓名,身份证件号,年级,班级,银行卡
周一,329901201603050023,四年级,(2)班,6222000000000000
周二,329901201603050014,四年级,(2)班,
周三,32990120130206005x,四年级,(2)班,
周四,３２９９０１２０１２１１１１００２３,四年级,(2)班,
周五,329901 20090620 0047,四年级,(2)班,
周六,329901160305001,四年级,(2)班,
周日,329901201603050000,四年级,(2)班,
"""
GOOD = ["周一", "周三", "周四", "周五", "周六"]


@pytest.fixture
def roster(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(text: str, encoding: str) -> Path:
        path = tmp_path / "学籍名册.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def bring_in(page: Page, path: Path) -> None:
    page.goto("/staff/intake/roster")
    page.get_by_label("文件").set_input_files(path)
    press(page, "导入")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_bad_rows_are_named_and_all_good_rows_are_in(
    desk: Page, session: Session, county: StaffCounty, roster: Callable[[str, str], Path], encoding: str
) -> None:
    enter(desk, "sch1")
    bring_in(desk, roster(ROSTER, encoding))
    problems = desk.get_by_role("region", name="有问题的行")
    expect(problems).to_be_visible(timeout=20_000)
    expect(problems).to_contain_text("疑似被Excel改坏（后三位变000），请把该列设为文本")
    refused = problems.get_by_role("row").filter(has_text="没有导入")
    assert [row.get_by_role("cell").first.inner_text() for row in refused.all()] == ["4", "9"]
    repaired = desk.get_by_role("region", name="自动修正").get_by_role("row")
    assert [row.get_by_role("cell").first.inner_text() for row in repaired.all()[1:]] == ["5", "6", "7"]
    expect(desk.get_by_text("银行卡")).to_be_visible()
    look_plain(desk, "staff-import")
    session.commit()
    names = {pupil.name for pupil in session.scalars(select(Pupil).where(Pupil.school_id == county.units["school"].id))}
    assert set(GOOD) <= names
    assert {"周二", "周日"}.isdisjoint(names)


def test_a_15_digit_number_waits_for_a_person(
    desk: Page, session: Session, county: StaffCounty, roster: Callable[[str, str], Path]
) -> None:
    enter(desk, "sch1")
    bring_in(desk, roster(ROSTER, "utf-8"))
    kept = desk.get_by_role("region", name="有问题的行").get_by_role("row").filter(has_text="已导入，请核对")
    expect(kept.first).to_be_visible(timeout=20_000)
    assert "8" in [row.get_by_role("cell").first.inner_text() for row in kept.all()]
    session.commit()
    old = session.scalars(select(Pupil).where(Pupil.name_index == Pupil.name.digest("周六"))).one()
    assert not old.id_certain


def test_the_same_file_twice_says_so(
    desk: Page, session: Session, county: StaffCounty, roster: Callable[[str, str], Path]
) -> None:
    enter(desk, "sch1")
    path = roster(ROSTER, "utf-8")
    bring_in(desk, path)
    expect(desk.get_by_role("region", name="有问题的行")).to_be_visible(timeout=20_000)
    bring_in(desk, path)
    expect(desk.get_by_role("status")).to_contain_text("已经收过，没有再导入一次")
    session.commit()
    assert len(session.scalars(select(Intake).where(Intake.file_name == "学籍名册.csv")).all()) == 1


def test_no_script_is_needed_to_see_the_result(
    open_page: Opener, county: StaffCounty, roster: Callable[[str, str], Path]
) -> None:
    page = open_page(DESK, java_script_enabled=False)
    enter(page, "sch1")
    bring_in(page, roster(ROSTER, "utf-8"))
    expect(page.get_by_role("region", name="有问题的行")).to_be_visible(timeout=20_000)


def test_what_is_no_roster_is_sent_back_with_a_sentence(
    desk: Page, session: Session, county: StaffCounty, tmp_path: Path
) -> None:
    enter(desk, "sch1")
    false = tmp_path / "不是名册.xlsx"
    false.write_bytes(b"\x00\x01not a workbook" * 50)
    bring_in(desk, false)
    expect(desk.get_by_text("已退回")).to_be_visible(timeout=20_000)
    expect(desk.get_by_text("这份文件里什么都没有存入")).to_be_visible()
    session.commit()
    states = session.scalars(select(Intake.state).where(Intake.file_name == "不是名册.xlsx")).all()
    assert states == [IntakeState.REFUSED]


def test_the_page_follows_a_file_that_is_being_read(desk: Page, session: Session, county: StaffCounty) -> None:
    intake = session.get_one(Intake, county.ours.intake.id)
    intake.state, intake.rows, intake.done = IntakeState.READING, 400, 120
    session.commit()
    enter(desk, "sch1")
    desk.goto(f"/staff/intake/{intake.id}")
    desk.evaluate("() => { window.neverReloaded = true }")
    expect(desk.get_by_text("已核对 120 行，共 400 行")).to_be_visible()
    intake.done = 390
    session.commit()
    expect(desk.get_by_text("已核对 390 行，共 400 行")).to_be_visible()
    intake.state = IntakeState.KEPT
    session.commit()
    expect(desk.get_by_text("每一行都没有问题")).to_be_visible()
    assert desk.evaluate("() => window.neverReloaded")


def test_the_problems_can_be_taken_away(desk: Page, county: StaffCounty, roster: Callable[[str, str], Path]) -> None:
    enter(desk, "sch1")
    bring_in(desk, roster(ROSTER, "utf-8"))
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载问题清单").click(timeout=20_000)
    lines = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "行,列,问题和办法,这一行"
    assert any(line.startswith("9,身份证件号,") and line.endswith("没有导入") for line in lines)


NAMES = """姓名,身份证件号,年级,班级
阿依古丽·买买提,329901200906200047,六年级,(1)班
李頔,329901200702140054,六年级,(1)班
"""


def test_a_name_written_with_another_dot_or_character_is_matched_and_said(
    desk: Page, session: Session, county: StaffCounty, roster: Callable[[str, str], Path]
) -> None:
    an_entry(session, "阿依古丽•买买提", "329901200906200047", "DISABLED", a_bureau(session))
    an_entry(session, "李𬱖", "329901200702140054", "ORPHAN", a_bureau(session))
    session.commit()
    enter(desk, "sch1")
    bring_in(desk, roster(NAMES, "gb18030"))
    desk.get_by_role("link", name="下一步：运行比对").click(timeout=20_000)
    press(desk, "运行比对")
    desk.goto("/staff/matched?decision=certain")
    lines = desk.get_by_role("region", name="比对名单")
    expect(lines.get_by_role("row").filter(has_text="阿***·***")).to_contain_text("已匹配")
    expect(lines.get_by_role("row").filter(has_text="李*")).to_contain_text("姓名写法不同")
    look_plain(desk, "staff-matched-names")
