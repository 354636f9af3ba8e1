from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.families.people import press
from tests.families.walk import every_page
from tests.pages import DESK, PHONE, Opener, look_plain, small_targets

pytestmark = pytest.mark.usefixtures("monday")

MODES: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    "phone": (PHONE, {}),
    "dark": (PHONE, {"color_scheme": "dark"}),
    "narrow": ((320, 640), {}),
    "desk": (DESK, {}),
    "desk at 200 %": ((640, 400), {"device_scale_factor": 2}),
}


def smallest_text(page: Page) -> float:
    """The smallest type on the page, in pixels, of anything that shows words."""
    return float(
        page.evaluate(
            """() => Math.min(...[...document.querySelectorAll('main *, header *, footer *')]
                .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
                .filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 1)
                .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
        )
    )


@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_and_every_target_is_large_enough(session: Session, open_page: Opener, mode: str) -> None:
    size, options = MODES[mode]
    page = open_page(size, **options)
    for name in every_page(page, session):
        look_plain(page, f"{name}-{mode}")
        assert small_targets(page, 48) == [], name
        assert smallest_text(page) >= 16, name


@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", (320, 640))])
def test_elder_mode_is_one_tap_and_larger_everywhere(
    session: Session, open_page: Opener, scheme: str, size: tuple[int, int]
) -> None:
    page = open_page(size, color_scheme=scheme)
    page.goto("/")
    press(page, "大字")
    for name in every_page(page, session):
        look_plain(page, f"{name}-elder-{scheme}")
        assert small_targets(page, 60) == [], name
        assert smallest_text(page) >= 22, name


def test_no_page_needs_a_script(session: Session, open_page: Opener) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    assert len(list(every_page(page, session))) == 39
