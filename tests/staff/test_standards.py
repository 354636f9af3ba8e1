"""One officer proposes, sees it wait; the city's officer sees the difference and approves."""

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import PolicyOverlay
from portal.vocabulary import OverlayState
from tests.pages import look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty


def write(page: Page, yuan: str) -> None:
    page.get_by_label("读普通高中：本地标准", exact=False).or_(page.get_by_label("全部对象：本地标准")).first.fill(yuan)
    page.get_by_label("从哪一天起").fill("2026-09-01")
    page.get_by_label("依据文件").fill("示教发〔2026〕12号《示例县学生资助标准》")
    page.get_by_label("哪一条、怎么说").fill("第五条：国家助学金每学年2600元")
    page.get_by_label("哪天核对的原件").fill("2026-09-07")


def test_two_officers_raise_a_standard(desk: Page, session: Session, county: StaffCounty) -> None:
    enter(desk, "cnty")
    desk.goto("/staff/standards/new?policy=HIGH-GRANT")
    write(desk, "1000")
    press(desk, "提出，等另一个人批准")
    expect(desk.get_by_role("alert")).to_contain_text("低于省里的2300元/年")
    look_plain(desk, "staff-standard-refused")
    write(desk, "2600")
    press(desk, "提出，等另一个人批准")
    expect(desk.get_by_text("这一份是您提出的")).to_be_visible()
    expect(desk.get_by_text("每年多 300 元").first).to_be_visible()
    address = desk.url
    press(desk, "退出")
    enter(desk, "city")
    desk.goto(address)
    look_plain(desk, "staff-standard-to-approve")
    press(desk, "退回")
    expect(desk.get_by_text("请用一句话写明为什么不批准")).to_be_visible()
    press(desk, "批准")
    expect(desk.get_by_role("status")).to_contain_text("已批准")
    look_plain(desk, "staff-standard-approved")
    found = session.scalars(select(PolicyOverlay).where(PolicyOverlay.policy == "HIGH-GRANT")).one()
    assert found.state is OverlayState.APPROVED


def test_what_is_missing_stands_beside_its_field(desk: Page, session: Session, county: StaffCounty) -> None:
    enter(desk, "cnty")
    desk.goto("/staff/standards/new?policy=CMP-LIVE")
    press(desk, "提出，等另一个人批准")
    expect(desk.get_by_text("没有依据的标准不能执行")).to_be_visible()
    look_plain(desk, "staff-standard-incomplete")
