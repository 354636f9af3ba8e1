"""预算: the county sees the sum and takes the workbook; a school is told who makes it."""

from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.pages import DESK, PHONE, Opener, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in


def test_the_county_changes_an_assumption_and_takes_the_workbook(county: StaffCounty, open_page: Opener) -> None:
    page = open_page(DESK)
    enter(page, "cnty")
    page.goto("/staff/budget")
    expect(page.get_by_role("heading", level=1)).to_have_text("2027-2028学年预算 1,000 元")
    page.get_by_label("其他年级另加（%）").fill("100")
    press(page, "重新算")
    expect(page.get_by_role("heading", level=1)).to_have_text("2027-2028学年预算 2,000 元")
    look_plain(page, "budget")
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载 Excel").click()
    assert taken.value.suggested_filename == "资助预算-2027-2028学年.xlsx"
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    look_plain(page, "budget-phone")


def test_a_school_is_refused_with_the_reason(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    answer = client.get("/staff/budget")
    assert (answer.status_code, "预算由上级资助中心" in answer.text) == (403, True)
