"""An officer before the portal."""

from playwright.sync_api import Page

from tests.builders import PASSWORD


def enter(page: Page, account: str) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")


def press(page: Page, name: str) -> None:
    """A button, until the page it leads to stands."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
