"""Once past every page that a family can come to, in the states that look different."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.families.people import a_brother, a_listed_child, a_message, a_payment, a_slip, follow, press, show_slip

OPEN = {
    "home": "/",
    "policies": "/policies",
    "policies-senior": "/policies/for/senior",
    "policy": "/policies/HIGH-GRANT",
    "message": "/message",
    "privacy": "/privacy",
    "privacy-children": "/privacy/children",
    "sign-in": "/sign-in",
    "nowhere": "/nowhere",
}


def open_pages(page: Page) -> Iterator[str]:
    for name, path in OPEN.items():
        page.goto(path)
        yield name
    page.goto("/sign-in")
    press(page, "看孩子的资助")
    yield "sign-in-empty"


def message_pages(page: Page) -> Iterator[str]:
    page.goto("/message")
    press(page, "查一查这条短信")
    yield "message-empty"
    ask_about(page, number="13800000000")
    yield "message-not-ours"
    ask_about(page)
    yield "message-ours"


def ask_about(page: Page, school: str = "实验小学", number: str = "+86 1069 0000 01") -> None:
    page.goto("/message")
    page.get_by_label("孩子在哪所学校").fill(school)
    page.get_by_label("短信是哪个号码发来的").fill(number)
    press(page, "查一查这条短信")


def check_pages(page: Page) -> Iterator[str]:
    page.goto("/check")
    yield "check-stage"
    press(page, "中职学校")
    yield "check-school"
    press(page, "全日制")
    yield "check-grade"
    press(page, "一年级")
    yield "check-home"
    page.get_by_text("家里吃低保").click()
    press(page, "下一步")
    yield "result-sure"
    page.goto("/")
    page.goto("/check")
    press(page, "初中")
    page.get_by_text("家里有难处").click()
    press(page, "下一步")
    yield "check-boarding"
    press(page, "不住校")
    page.locator("summary").click()
    yield "result-maybe"


def child_pages(page: Page, code: str, pay: Callable[[], None]) -> Iterator[str]:
    show_slip(page, code)
    yield "child"
    follow(page, "信息不对，我要改")
    press(page, "提交")
    yield "correct"
    page.get_by_text("现在不需要资助").click()
    press(page, "提交")
    yield "child-not-needed"
    press(page, "改主意了，需要资助")
    yield "child-answered"
    follow(page, "经过")
    yield "history"
    follow(page, "返回")
    follow(page, "我的信息与权利")
    yield "rights"
    follow(page, "要求删除")
    yield "erase"
    page.goto("/child")
    follow(page, "告诉县里")
    yield "proof"
    pay()
    page.goto("/child")
    yield "child-paid"
    follow(page, "没收到")
    yield "not-received"
    press(page, "没收到")
    yield "child-missing"


def code_pages(page: Page) -> Iterator[str]:
    page.goto("/sign-in/code")
    press(page, "要一个登录码")
    yield "ask-code-empty"
    page.get_by_label("孩子的姓名").fill("王小雨")
    page.get_by_label("孩子的身份证件号").fill("329901201603050015")
    press(page, "要一个登录码")
    yield "enter-code"
    page.get_by_label("短信里的登录码").fill("000000")
    press(page, "看孩子的资助")
    yield "enter-code-wrong"


def family_pages(page: Page) -> Iterator[str]:
    """After a brother came: all children, which of them, and the brother who is not on the list himself."""
    yield "children"
    follow(page, "不需要资助")
    yield "which"
    follow(page, "王小雨")
    yield "not-needed"
    page.goto("/child/which/money")
    follow(page, "王小雨")
    yield "money"
    page.goto("/child/2")
    yield "child-household"


def every_page(page: Page, session: Session) -> Iterator[str]:
    child = a_listed_child(session)
    a_message(session, child)
    code = a_slip(session, child)
    yield from open_pages(page)
    yield from message_pages(page)
    yield from check_pages(page)
    yield from code_pages(page)
    yield from child_pages(page, code, lambda: a_payment(session))
    page.goto("/child")
    press(page, "退出")
    a_brother(session)
    show_slip(page, code)
    yield from family_pages(page)
