"""One officer proposes, sees it wait; the city's officer sees the difference and approves."""

from datetime import timedelta

import time_machine
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blueprints.catalogue import OPEN
from portal.models import PolicyOverlay
from portal.vocabulary import OverlayState
from tests.builders import A_MONDAY
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
    with time_machine.travel(A_MONDAY + timedelta(days=200)):
        press(desk, "退出")
        enter(desk, "cnty")
        desk.goto(address)
        press(desk, "核对过了，仍然有效")
        expect(desk.locator("main")).to_contain_text("只是重新核对了文件")
        look_plain(desk, "staff-standard-checked-again")


def test_what_is_missing_stands_beside_its_field(desk: Page, session: Session, county: StaffCounty) -> None:
    enter(desk, "cnty")
    desk.goto("/staff/standards/new?policy=CMP-LIVE")
    press(desk, "提出，等另一个人批准")
    expect(desk.get_by_text("没有依据的标准不能执行")).to_be_visible()
    look_plain(desk, "staff-standard-incomplete")


def test_two_officers_give_their_county_a_policy_of_its_own(
    desk: Page, app: Flask, session: Session, county: StaffCounty
) -> None:
    enter(desk, "cnty")
    desk.goto("/staff/standards")
    desk.get_by_role("link", name="提出自己的政策").click()
    press(desk, "提出，等另一个人批准")
    expect(desk.get_by_text("请写多少钱；不是按钱给的，写给什么")).to_be_visible()
    look_plain(desk, "staff-own-policy-incomplete")
    for label, words in (
        ("文件里的全名", "示例县小学生校车补助"), ("家长看到的名称", "校车补助"), ("多少钱（元）", "300"),
        ("一两句话说明", "坐校车上学的孩子，县里补车费"), ("怎么办", "学校办，家长不用申请"), ("在哪里", "孩子的学校"),
        ("什么时候", "每年9月"), ("每年从几月几日受理", "9月1日"), ("到几月几日", "9月20日"), ("钱到哪里", "家长账户"),
        ("从哪一天起", "2026-09-01"), ("依据文件", "示教发〔2026〕20号"), ("哪一条、怎么说", "第二条：每学年300元"),
        ("哪天核对的原件", "2026-09-01"),
    ):  # fmt: skip
        desk.get_by_label(label, exact=True).fill(words)
    desk.get_by_label("小学", exact=True).check()
    press(desk, "提出，等另一个人批准")
    look_plain(desk, "staff-own-policy")
    address = desk.url
    press(desk, "退出")
    enter(desk, "city")
    desk.goto(address)
    for words in ("300元/年", "坐校车上学的孩子，县里补车费。", "9月1日至9月20日", "全部对象"):
        expect(desk.locator("main")).to_contain_text(words)
    press(desk, "批准")
    app.extensions.pop(OPEN, None)  # the minute for which open pages go by what they know is over
    desk.goto("/policies/for/primary")
    expect(desk.get_by_role("link", name="校车补助")).to_contain_text("300")
    desk.get_by_role("link", name="校车补助").click()
    expect(desk.locator("main")).to_contain_text("只有示例县有")
    look_plain(desk, "own-policy-family")
