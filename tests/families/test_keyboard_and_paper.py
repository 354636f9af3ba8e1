import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.families.people import BIRTH_DATE, a_listed_child, a_slip, show_slip
from tests.families.walk import every_page
from tests.pages import PHONE, Opener, broken_numbers, sticks_out

pytestmark = pytest.mark.usefixtures("monday")


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.textContent.trim() || document.activeElement.name"))


def test_from_the_first_page_to_the_receipt_by_keyboard_alone(session: Session, phone: Page) -> None:
    code = a_slip(session, a_listed_child(session))
    phone.goto("/sign-in")
    phone.keyboard.press("Tab")
    assert focused(phone) == "跳到正文"
    phone.keyboard.press("Enter")
    for word in ("Tab", code, "Tab", BIRTH_DATE, "Enter"):
        phone.keyboard.press(word) if word in ("Tab", "Enter") else phone.keyboard.type(word)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("王小雨")
    while focused(phone) != "孩子在校，需要资助":
        phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.locator(".receipt")).to_be_visible()


def test_what_has_the_focus_is_outlined(phone: Page) -> None:
    phone.goto("/check")
    for _ in range(4):
        phone.keyboard.press("Tab")
    assert phone.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_letters_or_everything_twice_as_large_stay_within_the_window(session: Session, open_page: Opener) -> None:
    page = open_page(PHONE)
    for name in every_page(page, session):
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert sticks_out(page) <= 0, f"{name}, letters"
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")
        page.set_viewport_size({"width": PHONE[0] // 2, "height": PHONE[1] // 2})
        assert sticks_out(page) <= 0, f"{name}, everything"
        assert broken_numbers(page) == [], name
        page.evaluate("() => { document.body.dataset.weuiMode = 'care' }")
        assert sticks_out(page) <= 0, f"{name}, everything in large print"
        assert broken_numbers(page) == [], f"{name}, large print"
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def test_on_paper_there_are_no_buttons(session: Session, phone: Page) -> None:
    show_slip(phone, a_slip(session, a_listed_child(session)))
    phone.emulate_media(media="print")
    expect(phone.get_by_text("500 元 本学期")).to_be_visible()
    expect(phone.get_by_role("button")).to_have_count(0)
