"""The city looks at today's figures, issues a bulletin, and the county reads it as page and paper."""

from pathlib import Path

from playwright.sync_api import expect

from tests.pages import DESK, Opener, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty


def test_the_city_issues_and_the_county_reads(county: StaffCounty, open_page: Opener, tmp_path: Path) -> None:
    page = open_page(DESK)
    enter(page, "city")
    page.goto("/staff/bulletins")
    page.get_by_role("link", name="起草一期").click()
    page.get_by_label("标题").fill("2026年秋季学期各县学生资助情况通报")
    page.get_by_label("说明").fill("请各县十月底前把应助未助的学生逐一落实。")
    look_plain(page, "bulletin-draft")
    press(page, "印发")
    expect(page.get_by_role("status")).to_contain_text("已印发")
    expect(page.get_by_text("已核对")).to_be_visible()
    look_plain(page, "bulletin-issued")
    press(page, "退出")
    enter(page, "cnty")
    page.goto("/staff/bulletins")
    page.get_by_role("link", name="2026年秋季学期各县").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载 PDF").click()
    taken.value.save_as(tmp_path / "bulletin.pdf")
    assert (tmp_path / "bulletin.pdf").read_bytes().startswith(b"%PDF-")
