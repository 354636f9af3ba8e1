"""自愿放弃 on the family's own page: twice, seven days apart, taken back whenever it likes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Entitlement, Pupil
from tests.builders import A_MONDAY
from tests.families.people import a_listed_child, a_slip, follow, press, show_slip
from tests.pages import look_plain, small_targets


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(A_MONDAY, tick=True) as clock:
        yield clock


def row_of(session: Session, child: Pupil) -> Entitlement:
    session.expire_all()
    return session.scalars(select(Entitlement).where(Entitlement.pupil_id == child.id)).one()


def say_no(page: Page) -> None:
    page.goto("/child/which/not-needed")
    press(page, "不需要资助")


def test_said_twice_it_ends_the_row_and_a_change_of_mind_opens_it_again(
    session: Session, phone: Page, clock: time_machine.Traveller
) -> None:
    child = a_listed_child(session)
    code = a_slip(session, child)
    show_slip(phone, code)
    say_no(phone)
    expect(phone.locator("main")).to_contain_text("2026年9月14日起再说一次才算数；不说，资助照旧")
    assert row_of(session, child).closed_on is None
    clock.shift(timedelta(days=7))
    show_slip(phone, code)
    expect(phone.locator("main")).to_contain_text("2026年9月7日您说过一次。现在还是不需要吗？")
    look_plain(phone, "child-not-needed-again")
    assert small_targets(phone, 48) == []
    follow(phone, "还是不需要")
    press(phone, "不需要资助")
    expect(phone.locator("main")).to_contain_text("改主意了随时可以恢复")
    assert (row_of(session, child).reason, row_of(session, child).closed_on is None) == ("R08", False)
    look_plain(phone, "child-waived")
    press(phone, "改主意了，需要资助")
    row = row_of(session, child)
    assert (row.closed_on, row.state) == (None, "reached")


def test_within_the_seven_days_saying_it_again_changes_nothing(
    session: Session, phone: Page, clock: time_machine.Traveller
) -> None:
    child = a_listed_child(session)
    code = a_slip(session, child)
    for _ in range(2):
        show_slip(phone, code)
        say_no(phone)
        press(phone, "退出")
        clock.shift(timedelta(days=6))
    assert row_of(session, child).closed_on is None
