"""The county sees who is late, asks with one click, and the school finds it on its day."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.models import MatchRun
from tests.builders import A_MONDAY, a_school
from tests.pages import look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty


@pytest.fixture
def october(session: Session, fresh_county: StaffCounty) -> Iterator[StaffCounty]:
    """A month later: 实验小学 has matched and has nothing left to do, 第一中学 has not begun."""
    a_school(session, fresh_county.units["county"], "3299010002", "示例县第一中学")
    session.commit()
    with time_machine.travel(A_MONDAY + timedelta(days=31), tick=True):
        yield fresh_county


def test_one_click_reminds_the_late_and_only_once_a_day(desk: Page, session: Session, october: StaffCounty) -> None:
    enter(desk, "cnty")
    expect(desk.get_by_text("所学校的比对过了日期")).to_be_visible()
    desk.goto("/staff/board")
    late = desk.get_by_role("row").filter(has_text="示例县第一中学")
    expect(late).to_contain_text("未开始")
    expect(late).to_contain_text("2026-09-15 已过")
    look_plain(desk, "staff-board")
    with desk.expect_navigation():
        desk.get_by_role("button", name="催办这").click()
    expect(desk.get_by_role("status")).to_contain_text("已催办")
    expect(late).to_contain_text("2026-10-08 催过")
    expect(desk.get_by_role("button", name="催办这")).to_have_count(0)
    look_plain(desk, "staff-board-reminded")


def test_the_school_finds_it_on_its_day(desk: Page, session: Session, october: StaffCounty) -> None:
    session.execute(update(MatchRun).values(began_at=A_MONDAY - timedelta(days=1)))  # the roster came after it
    session.commit()
    enter(desk, "cnty")
    desk.goto("/staff/board?state=under_way")
    press(desk, "催办：示例县实验小学")
    press(desk, "退出")
    enter(desk, "sch1")
    expect(desk.get_by_text("示例县教育局催办：运行比对")).to_be_visible()
    look_plain(desk, "staff-today-reminded")
    desk.get_by_role("link", name="去办：示例县教育局催办：运行比对").click()
    expect(desk.get_by_role("button", name="运行比对")).to_be_visible()
