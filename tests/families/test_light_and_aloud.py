"""What comes over the wire, what is read aloud, and what a family takes away from a check."""

import base64

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.families.people import a_listed_child, a_slip, press, show_slip
from tests.pages import PHONE, Opener, look_plain

pytestmark = pytest.mark.usefixtures("monday")

MOST_BYTES = 60 * 1024
WIRE = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .map((e) => [e.initiatorType, e.name, e.transferSize])"""
VOICE = """() => {
    window.heard = [];
    const voice = {lang: 'zh-CN', name: '普通话'};
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    Object.defineProperty(window, 'speechSynthesis', {value: {
        speaking: false,
        getVoices: () => [voice],
        speak(part) { this.speaking = true; window.heard.push(part.text); },
        cancel() { this.speaking = false; },
        addEventListener() {},
    }});
}"""
"""A voice, which a browser on a server has not; everything else is the page's own."""


@pytest.fixture
def result(phone: Page) -> Page:
    phone.goto("/check")
    press(phone, "高中")
    phone.get_by_text("家里吃低保").click()
    press(phone, "下一步")
    return phone


def assert_light(page: Page) -> None:
    """At most 60 KB, and nothing that was not named by the page itself."""
    wire = page.evaluate(WIRE)
    assert sum(size for _, _, size in wire) <= MOST_BYTES, wire
    assert all(size > 0 for _, _, size in wire)
    source = page.content()
    assert [name for kind, name, _ in wire if kind != "navigation" and name.split("/", 3)[3] not in source] == []


@pytest.mark.parametrize("path", ["/", "/check", "/policies", "/policies/HIGH-GRANT", "/message", "/sign-in"])
def test_whatever_page_is_the_first_it_is_light_and_one_round_of_requests(phone: Page, path: str) -> None:
    phone.goto(path)
    assert_light(phone)


def test_the_second_page_fetches_nothing_but_itself(phone: Page) -> None:
    phone.goto("/")
    phone.goto("/policies")
    assert [size for kind, _, size in phone.evaluate(WIRE) if kind != "navigation"] == [0, 0, 0]


def test_the_childs_page_is_light(session: Session, open_page: Opener) -> None:
    page = open_page(PHONE)
    show_slip(page, a_slip(session, a_listed_child(session)))
    assert page.evaluate(WIRE)[0][2] <= 12 * 1024


def test_without_a_chinese_voice_nothing_is_offered(phone: Page) -> None:
    phone.goto("/")
    expect(phone.locator("[data-read]")).to_be_hidden()


def test_a_tap_reads_the_page_and_another_ends_it(session: Session, phone: Page) -> None:
    phone.add_init_script(f"({VOICE})()")
    show_slip(phone, a_slip(session, a_listed_child(session)))
    button = phone.locator("[data-read]")
    assert phone.evaluate("() => window.heard") == []
    button.click()
    expect(button).to_have_text("停")
    heard = " ".join(phone.evaluate("() => window.heard"))
    assert "您不用做任何事，也不用交证明" in heard
    assert "0 5 1 0 0 0 0 0 0 0 0 1" in heard
    button.click()
    expect(button).to_have_text("朗读")


def test_the_result_becomes_a_picture_that_the_phone_makes_itself(result: Page) -> None:
    asked = []
    result.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    result.get_by_role("button", name="做成图片").click()
    picture = result.get_by_role("img", name="这次查到的资助")
    expect(picture).to_be_visible()
    kind, _, data = (picture.get_attribute("src") or "").partition(",")
    assert (kind, base64.b64decode(data)[:8]) == ("data:image/png;base64", b"\x89PNG\r\n\x1a\n")
    assert picture.evaluate("(image) => [image.naturalWidth, image.naturalHeight > 400]") == [720, True]
    assert asked == []


def test_the_result_prints_without_buttons_and_with_its_yuan(result: Page) -> None:
    result.emulate_media(media="print")
    expect(result.get_by_role("button")).to_have_count(0)
    expect(result.locator(".figure")).to_contain_text("2,300")


def test_wechat_is_not_offered_to_print(open_page: Opener) -> None:
    page = open_page(PHONE, user_agent="Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0.50")
    page.goto("/check")
    press(page, "小学")
    press(page, "下一步")
    expect(page.get_by_role("button", name="做成图片")).to_be_visible()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()


def test_before_an_idle_visit_ends_the_page_says_so_and_one_tap_goes_on(session: Session, phone: Page) -> None:
    phone.clock.install()
    show_slip(phone, a_slip(session, a_listed_child(session)))
    going_on = phone.get_by_role("button", name="我还在看")
    phone.clock.fast_forward("16:59")
    expect(going_on).to_be_hidden()
    phone.clock.fast_forward("00:02")
    expect(going_on).to_be_visible()
    look_plain(phone, "stay")
    going_on.click()
    expect(going_on).to_be_hidden()
