"""J1, J2 and J11 as far as a family sees them: a real browser, 360×740, the clock on Monday 2026-09-07."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Confirmation, Correction, Entitlement
from portal.vocabulary import UnitLevel
from tests.builders import A_MONDAY, a_pupil
from tests.families.people import BIRTH_DATE, a_listed_child, a_payment, a_slip, follow, press, show_slip
from tests.pages import PHONE, Opener

pytestmark = pytest.mark.usefixtures("monday")

NOT_FOUND = "没有查到，请核对或拨打学校电话"
AWKWARD = "阿依古丽·买买提"


def the_row(session: Session) -> Entitlement:
    session.expire_all()
    return session.scalars(select(Entitlement)).one()


def lowest(*locators: Locator) -> float:
    boxes = [locator.bounding_box() for locator in locators]
    return max(box["y"] + box["height"] for box in boxes if box)


def test_j1_one_screen_says_how_much_why_when_whom_to_ring_and_that_nothing_need_be_done(
    session: Session, phone: Page
) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    said = phone.locator("main")
    for words in (
        "王小雨", "四年级(2)班", "2026年秋季学期", "500 元 本学期", "您不用做任何事，也不用交证明",
        "学校办理中，10月15日前到账", "您家在示例县民政局2026年8月低保名单里", "苏教助函〔2020〕8号 三（一）", "李老师",
    ):  # fmt: skip
        expect(said).to_contain_text(words)
    ring = phone.get_by_role("link", name="打学校电话")
    assert ring.get_attribute("href") == "tel:0510-00000001"
    assert lowest(ring, phone.get_by_role("link", name="信息不对，我要改")) <= PHONE[1]


def test_j1_the_page_has_no_number_no_other_pupil_and_no_way_to_send_a_file(session: Session, phone: Page) -> None:
    a_pupil(session, name="陈明", id_number="329901201809170039", guardian="陈福", phone="19900000002")
    show_slip(phone, a_slip(session, a_listed_child(session)))
    page = phone.content()
    assert "3299012016" not in page
    assert "陈明" not in page
    assert 'type="file"' not in page
    assert phone.title() == "学生资助"
    assert phone.url.endswith("/child")


def test_j1_two_answers_then_paid_then_received_closes_the_row(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    press(phone, "孩子在校，需要资助")
    expect(phone.locator("main")).to_contain_text("您说：孩子在校，需要资助")
    assert the_row(session).state == "reached"
    a_payment(session)
    phone.reload()
    press(phone, "收到了")
    expect(phone.locator("main")).to_contain_text("您说收到了")
    row = the_row(session)
    assert (row.state, row.closed_on, row.due_yuan - row.paid_yuan) == ("received", A_MONDAY.date(), 0)


def test_j1_not_received_is_asked_once_more_and_becomes_the_countys_within_two_working_days(
    session: Session, phone: Page
) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    a_payment(session)
    phone.reload()
    follow(phone, "没收到")
    assert the_row(session).state == "paid"
    press(phone, "没收到")
    expect(phone.locator("main")).to_contain_text("县资助中心9月9日前答复您，10月10日前查清补到")
    row = the_row(session)
    assert (row.owner_level, row.next_step_due) == (UnitLevel.COUNTY, A_MONDAY.date() + timedelta(days=2))


def test_j1_two_phones_tapping_get_one_confirmation_and_the_same_receipt(session: Session, open_page: Opener) -> None:
    code = a_slip(session, a_listed_child(session))
    receipts = set()
    phones = [open_page(), open_page()]
    for phone in phones:
        show_slip(phone, code)
    for phone in phones:
        press(phone, "孩子在校，需要资助")
        receipts.add(phone.locator(".receipt b").inner_text())
    assert len(receipts) == 1
    assert session.scalars(select(Confirmation.receipt)).one() == receipts.pop().replace(" ", "")


def test_a_child_on_no_list_sees_the_same_page_without_a_word_of_lists(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_pupil(session)))
    said = phone.locator("main").inner_text()
    assert "全免" in said
    assert "您不用做任何事" in said
    assert not any(word in said for word in ("名单", "低保", "困难", "证明"))


def test_somebody_asking_for_proof_is_told_to_the_county_and_not_the_school(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    follow(phone, "告诉县里")
    phone.get_by_label("谁要的").fill("有人要低保证复印件")
    press(phone, "告诉县里")
    expect(phone.get_by_role("status")).to_contain_text("资助中心会查")
    assert session.scalars(select(Correction.about)).all() == ["asked_for_proof"]


@pytest.mark.parametrize("wrong", ["code", "date"])
def test_j2_a_wrong_code_and_a_wrong_date_are_answered_with_the_same_words(
    session: Session, phone: Page, wrong: str
) -> None:
    code = a_slip(session, a_listed_child(session))
    show_slip(phone, "1234567890" if wrong == "code" else code, "20160306" if wrong == "date" else BIRTH_DATE)
    expect(phone.get_by_role("alert")).to_have_text(NOT_FOUND)
    assert phone.get_by_label("告知单号码").input_value() != ""


def test_j2_the_sixth_try_within_the_hour_waits_and_says_until_when(session: Session, phone: Page) -> None:
    code = a_slip(session, a_listed_child(session))
    for _ in range(5):
        show_slip(phone, code, "20160306")
    show_slip(phone, code)
    expect(phone.locator("main")).to_contain_text("请在 11:00 以后再试，或者打学校电话问。")


@pytest.mark.parametrize("written", ["20160305", "2016-3-5", "2016年3月5日", "2016/03/05", "２０１６０３０５"])
def test_j2_the_date_may_be_written_as_people_write_it(session: Session, phone: Page, written: str) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)), written)
    expect(phone.locator("main")).to_contain_text("王小雨")


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", "⋅", "∙", "．", ""])
def test_j11_whatever_dot_the_list_writes_the_page_shows_the_rosters(session: Session, phone: Page, dot: str) -> None:
    code = a_slip(session, a_listed_child(session, AWKWARD, listed_as=AWKWARD.replace("·", dot)))
    show_slip(phone, code)
    expect(phone.get_by_role("heading", level=1)).to_contain_text(AWKWARD)
    expect(phone.locator("main")).to_contain_text("500 元 本学期")


def test_j11_a_rare_character_is_shown_as_the_roster_has_it(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session, "李𬱖")))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("李𬱖")


def test_the_next_person_on_the_phone_finds_nothing_with_the_back_button(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    follow(phone, "我的信息与权利")
    phone.goto("/child")
    press(phone, "退出")
    for _ in range(3):
        phone.go_back()
        expect(phone.locator("body")).not_to_contain_text("王小雨")
