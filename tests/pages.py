"""A real browser before the running portal: the served app, a phone and a desk, and what is asked of every page.

A browser opened here lets nothing leave the portal's origin, and its page reports no error, or the test fails.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = (360, 740)
SHOTS = os.environ.get("PORTAL_SCREENSHOTS")
"""A folder for a picture of every page that was looked at, for people to look at too."""
DESK = (1280, 800)


class Silent(WSGIRequestHandler):
    """No line a request on the test's output."""

    def log(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def served(shared_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, shared_app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def live_server(served: str, app: Flask) -> str:
    """The address of the portal on the test's database; it runs in a thread, so time-machine moves its clock too."""
    return served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Opener:
    """Opens pages of the portal; ``options`` are those of playwright's ``new_context``."""

    browser: Browser
    origin: str
    stack: ExitStack

    def __call__(self, size: tuple[int, int] = PHONE, **options: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.origin,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(10_000)
        return self.stack.enter_context(well_behaved(context, self.origin))


@contextmanager
def well_behaved(context: BrowserContext, origin: str) -> Iterator[Page]:
    """Fails at the end when anything was asked of another origin, or a script or the content policy complained."""
    strangers: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", "data:", "blob:", "about:")):
            strangers.append(request.url)

    context.on("request", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield context.new_page()
    context.close()
    assert strangers == []
    assert complaints == []


@pytest.fixture
def open_page(chromium: Browser, live_server: str) -> Iterator[Opener]:
    """``open_page(DESK, color_scheme="dark", java_script_enabled=False)`` and the like, each a browser of its own."""
    with ExitStack() as stack:
        yield Opener(chromium, live_server, stack)


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A cheap phone, 360×740."""
    return open_page(PHONE)


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """A desk, 1280×800."""
    return open_page(DESK)


def axe_findings(page: Page) -> list[str]:
    """What axe finds wrong on the page as it stands, a line each: rule, place, why."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def sticks_out(page: Page) -> int:
    """How many pixels something is wider than the window, or than the card that cuts it off."""
    return int(
        page.evaluate(
            """() => Math.max(...[document.documentElement, ...document.querySelectorAll('body *')]
                .filter((e) => e === document.documentElement || getComputedStyle(e).overflowX === 'hidden')
                .filter((e) => e.clientWidth > 1 && !e.matches('input, select, textarea'))
                .map((e) => e.scrollWidth - e.clientWidth))"""
        )
    )


def broken_numbers(page: Page) -> list[str]:
    """Phone numbers that end one line and begin the next."""
    found = page.evaluate(
        """() => {
            const broken = [], walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
            for (let node = walker.nextNode(); node; node = walker.nextNode())
                for (const number of node.data.matchAll(/\\d{3,4}-\\d{7,8}/g)) {
                    const range = document.createRange()
                    range.setStart(node, number.index), range.setEnd(node, number.index + number[0].length)
                    if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(number[0])
                }
            return broken
        }"""
    )
    return [str(number) for number in found]


def goes_on(page: Page) -> bool:
    """Whether the page goes on below the last thing on it, and below the window, by more than a margin."""
    below = page.evaluate(
        """() => document.documentElement.scrollHeight - Math.max(innerHeight, ...[...document.body.children]
            .map((e) => e.getBoundingClientRect().bottom + scrollY))"""
    )
    return bool(below > 48)


def crushed(page: Page) -> list[str]:
    """Dates that something beside them is written over."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('li > .date')].filter((e) => e.scrollWidth > e.clientWidth)
            .map((e) => e.parentElement.textContent.trim())"""
    )
    return [str(line) for line in found]


def small_targets(page: Page, least: int) -> list[str]:
    """Visible links, buttons and fields lower than so many pixels, links within a sentence apart (WCAG 2.5.8)."""
    found = page.evaluate(
        """(least) => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
            .filter((e) => e.type !== 'hidden')
            .map((e) => (e.matches('[type=radio], [type=checkbox]') && e.closest('label')) || e)
            .filter((e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
            .filter((e) => e.getBoundingClientRect().right > 0)
            .filter((e) => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
            .map((e) => [Math.round(e.getBoundingClientRect().height * 10) / 10, e.textContent.trim() || e.name])
            .filter(([height]) => height > 1 && height < least)
            .map(([height, name]) => `${name}: ${height}`)""",
        least,
    )
    return [str(line) for line in found]


def look_plain(page: Page, name: str) -> None:
    """What is asked of every page, in whatever mode it stands: axe finds nothing and nothing sticks out."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    assert axe_findings(page) == [], name
    assert sticks_out(page) <= 0, name
