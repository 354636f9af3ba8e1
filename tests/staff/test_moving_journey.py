"""J4 in a browser: 王小雨 moves to a school of the next county on 9 October; one child, one history, one payment."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Entitlement, Pupil, SchoolClass
from portal.vocabulary import Role
from tests.builders import a_county, a_school, a_staff_member
from tests.families.people import a_listed_child, a_slip, show_slip
from tests.pages import DESK, PHONE, Opener, look_plain, small_targets
from tests.staff.browsing import enter, press

NINTH_OF_OCTOBER = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ninth_of_october() -> Iterator[None]:
    with time_machine.travel(NINTH_OF_OCTOBER, tick=True):
        yield


def accounts(session: Session) -> None:
    next_county = a_county(session, "329902", "邻县")
    new = a_school(session, next_county, "3299020001", "邻县小学")
    session.add(SchoolClass(school_id=new.id, grade="四年级", name="(1)班", teacher="钱老师"))
    a_staff_member(session)
    a_staff_member(session, "sch9", Role.SCHOOL_OFFICER, new, "吴老师")
    a_staff_member(session, "cnty2", Role.COUNTY_OFFICER, next_county, "林老师")


def record_transfer(desk: Page, pupil: Pupil) -> None:
    enter(desk, "sch1")
    desk.goto(f"/staff/pupils/{pupil.id}")
    desk.locator("summary", has_text="登记变动").click()
    desk.get_by_label("变动", exact=True).select_option(label="转学")
    desk.get_by_label("哪一天").fill("2026-10-09")
    desk.get_by_label("转入学校").fill("3299020001")
    press(desk, "登记")
    expect(desk.get_by_role("status")).to_contain_text("已登记学籍变动")


def the_family_finds_one_child(phone: Page, code: str, mode: str, target: int) -> None:
    show_slip(phone, code)
    for words in ("邻县小学", "500 元"):
        expect(phone.get_by_role("main")).to_contain_text(words)
    look_plain(phone, f"j4-family-{mode}")
    assert small_targets(phone, target) == []
    phone.get_by_role("link", name="经过").click()
    expect(phone.get_by_role("main")).to_contain_text("邻县小学已接收，资助转到这里接着办")
    look_plain(phone, f"j4-history-{mode}")


def test_j4_a_pupil_moves_to_the_next_county(session: Session, open_page: Opener) -> None:
    pupil = a_listed_child(session)
    accounts(session)
    code, phone, large = a_slip(session, pupil), open_page(PHONE), open_page(PHONE)
    old_desk, new_desk = open_page(DESK), open_page(DESK)
    record_transfer(old_desk, pupil)
    old_desk.goto(f"/staff/pupils/{pupil.id}")
    expect(old_desk.get_by_role("main")).to_contain_text("转出待接收：由转入学校接收")
    old_desk.locator("summary", has_text="填写未资助原因").click()
    old_desk.get_by_label("未资助原因").select_option("R11")
    old_desk.get_by_label("说明").first.fill("不在这里")
    press(old_desk, "记下原因")
    expect(old_desk.get_by_role("main")).to_contain_text("孩子正在转学")

    enter(new_desk, "cnty2")
    new_desk.goto("/staff/moves?show=incoming")
    expect(new_desk.get_by_role("main")).to_contain_text("等邻县小学")
    press(new_desk, "退出")
    enter(new_desk, "sch9")
    new_desk.goto("/staff/moves")
    expect(new_desk.get_by_role("region", name="转入待接收")).to_be_visible()
    look_plain(new_desk, "j4-incoming")
    new_desk.get_by_role("link", name="去接收").click()
    said = new_desk.get_by_role("main")
    for words in ("城乡低保家庭", "500", "示例县实验小学", "2026-10-22"):
        expect(said).to_contain_text(words)
    look_plain(new_desk, "j4-accept")
    new_desk.get_by_label("编入班级").select_option(label="四年级(1)班")
    press(new_desk, "接收这名学生")
    expect(new_desk.get_by_role("main")).to_contain_text("由示例县实验小学转来")
    expect(new_desk.get_by_role("main")).to_contain_text("四年级(1)班")
    look_plain(new_desk, "j4-accepted")

    assert old_desk.goto(f"/staff/pupils/{pupil.id}").status == 404
    old_desk.goto("/staff/moves?show=ended")
    expect(old_desk.get_by_role("main")).to_contain_text("转入学校已接收")
    the_family_finds_one_child(phone, code, "usual", 48)
    large.goto("/")
    press(large, "大字")
    the_family_finds_one_child(large, code, "elder", 60)
    assert [row.school.name for row in session.scalars(select(Entitlement))] == ["邻县小学"]
