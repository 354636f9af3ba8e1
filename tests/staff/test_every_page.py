"""Every staff page at a desk and on a phone: axe finds nothing, nothing sticks out, no page needs a script."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.intake.files import XIAOYU, xlsx
from tests.pages import DESK, PHONE, Opener, crushed, goes_on, look_plain, small_targets
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, remind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = {
    "cnty": (
        "/staff/",
        "/staff/ledger",
        "/staff/ledger?show=unaware",
        "/staff/ledger?on=2026-09-06",
        "/staff/closing",
        "/staff/closing?school=3299010001",
        "/staff/awards",
        "/staff/awards/differences",
        "/staff/awards/differences?kind=wrong_person",
        "/staff/awards/owed",
        "/staff/awards/owed/pupils",
        "/staff/back-fill",
        "/staff/back-fill?template=library&show=filled",
        "/staff/back-fill/differences",
        "/staff/intake/system-list",
        "/staff/yearly-check",
        "/staff/yearly-check?school=3299010001",
        "/staff/rolls/conflicts",
        "/staff/rolls/further",
        "/staff/matched",
        "/staff/review",
        "/staff/review?show=asked",
        "/staff/review?show=answered",
        "/staff/additions",
        "/staff/rolls",
        "/staff/rolls/unfound",
        "/staff/rolls/doubles",
        "/staff/moves",
        "/staff/moves?show=outgoing",
        "/staff/rolls/missed",
        "/staff/matching",
        "/staff/board",
        "/staff/intake",
        "/staff/intake/register",
        "/staff/intake/awards",
        "/staff/campaigns",
        "/staff/wordings",
        "/staff/messages",
        "/staff/contact-tasks",
        "/staff/unreached",
        "/staff/phone",
        "/staff/standards",
        "/staff/standards?show=approved",
        "/staff/standards/new",
        "/staff/standards/new?policy=CMP-LIVE",
        "/staff/statistics",
        "/staff/statistics?by=category",
        "/staff/statistics?by=stage&unit=3299010001",
        "/staff/statistics/pupils?by=origin&group=unknown&measure=unaided",
        "/staff/bulletins",
        "/staff/budget",
        "/staff/password",
    ),
    "prov": ("/staff/bulletins/new", "/staff/categories"),
    "sch1": (
        "/staff/",
        "/staff/ledger",
        "/staff/closing",
        "/staff/yearly-check",
        "/staff/back-fill",
        "/staff/notices",
        "/staff/intake/roster",
        "/staff/slips",
    ),
    "insp": ("/staff/audit", "/staff/inspections"),
    "t4": ("/staff/my-pupils", "/staff/contact-tasks"),
    "keeper": ("/staff/people", "/staff/people/new", "/staff/operations", "/staff/supplier-templates"),
    "mz": ("/staff/intake", "/staff/intake/register"),
}


def every_page(page: Page, county: StaffCounty) -> Iterator[str]:
    page.goto("/staff/sign-in")
    yield "sign-in"
    for account, paths in LISTS.items():
        enter(page, account)
        for path in paths:
            page.goto(path)
            yield f"{account}{path.replace('/', '-')}".replace("?", "-")
        if account in ("cnty", "sch1"):
            yield from of_one_pupil(page, county)
        if account == "cnty":
            page.goto(f"/staff/bulletins/{county.ours.bulletin.id}")
            yield "bulletin"
            page.goto(f"/staff/standards/{county.ours.standard.id}")
            yield "standard"
            page.goto(f"/staff/campaigns/{county.ours.campaign.id}")
            press(page, "预览")
            yield "campaign-drawn"
        if account == "t4":
            page.goto(f"/staff/my-pupils/{county.ours.pupil.id}")
            yield "my-pupil"
        if account == "keeper":
            page.goto("/staff/people")
            page.get_by_role("link", name="班级：班主任甲").click()
            yield "teacher-classes"
        if account == "insp":
            page.goto(f"/staff/inspections/{county.ours.sample.id}")
            yield "inspection"
            page.goto(f"/staff/inspections/{county.ours.sample.id}/trails")
            yield "trails"
            page.goto("/staff/inspections")
        if account == "mz":
            page.goto("/staff/questions")
            yield "questions"
            page.goto(f"/staff/questions/{county.ours.question.id}")
            yield "question"
            yield from of_one_register(page, county)
        if account == "sch1":
            page.goto("/staff/slips")
            page.get_by_label("班级").select_option(index=0)
            press(page, "生成打印页")
            yield "slips-printed"
            page.goto("/staff/")
        press(page, "退出")


def of_one_register(page: Page, county: StaffCounty) -> Iterator[str]:
    page.goto("/staff/intake/register")
    rows = (
        ["姓名", "身份证件号", "困难类别", "银行卡"],
        ["王小雨", XIAOYU, "低保", "6222000000000000"],
        ["", "", "低保", ""],
    )
    files = {"name": "名单.xlsx", "mimeType": XLSX, "buffer": xlsx(*rows)}
    page.get_by_label("文件").set_input_files(files)
    press(page, "下一步：看读到了什么")
    page.get_by_role("button", name="确认报送").wait_for(timeout=20_000)
    yield "register-checked"
    press(page, "放弃，不报送")
    page.goto(f"/staff/register/{county.ours.register.id}")
    yield "register-receipt"
    page.goto(f"/staff/register/{county.ours.register.id}/withdraw")
    yield "register-withdraw"


def of_one_pupil(page: Page, county: StaffCounty) -> Iterator[str]:
    page.goto(f"/staff/pupils/{county.ours.pupil.id}")
    for fold in page.locator("main summary").all():
        fold.click()
    yield "pupil"
    press(page, "记下原因")
    yield "pupil-without-reason"
    page.goto(f"/staff/pupils/{county.ours.pupil.id}/script")
    yield "script"
    page.goto(f"/staff/pupils/{county.ours.pupil.id}")
    page.get_by_text("看完整号码").click()
    page.get_by_text("母亲电话").click()
    page.get_by_label("用途").select_option("contact")
    press(page, "显示")
    yield "pupil-revealed"
    page.goto(f"/staff/review/{county.ours.pair.id}")
    page.get_by_text("看完整信息").click()
    yield "pair"
    page.get_by_label("用途").select_option("settle")
    press(page, "显示")
    yield "pair-revealed"
    page.goto(f"/staff/pupils/{county.ours.addition.pupil_id}")
    yield "pupil-proposed"
    page.goto(f"/staff/intake/{county.ours.intake.id}")
    yield "intake"
    page.goto(f"/staff/contact-tasks/{county.ours.task.id}")
    yield "task"
    page.goto(f"/staff/pupils/{county.ours.pupil.id}/reach")
    yield "reach"
    page.goto(f"/staff/campaigns/{county.ours.campaign.id}")
    yield "campaign"
    page.goto(f"/staff/moves/{county.ours.move.id}")
    yield "move"
    page.goto(f"/staff/pupils/{county.theirs.pupil.id}")
    yield "not-theirs"
    page.goto("/staff/")


@pytest.mark.parametrize(("size", "least"), [(DESK, 24), (PHONE, 44)], ids=["desk", "phone"])
def test_axe_finds_nothing_and_targets_are_large_enough(
    app: Flask, session: Session, county: StaffCounty, open_page: Opener, size: tuple[int, int], least: int
) -> None:
    remind(app)
    page = open_page(size)
    for name in every_page(page, county):
        look_plain(page, f"staff-{name}-{size[0]}")
        assert small_targets(page, least) == [], name
        assert (goes_on(page), crushed(page)) == (False, []), name


def test_no_page_needs_a_script(app: Flask, session: Session, county: StaffCounty, open_page: Opener) -> None:
    remind(app)
    page = open_page(DESK, java_script_enabled=False)
    assert len(list(every_page(page, county))) == 112
