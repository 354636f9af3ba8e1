"""自愿放弃 on the family's own page: twice, seven days apart, taken back whenever it likes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.progress import note_answered
from portal.enrolment.confirmation import confirm
from portal.models import Entitlement, Message, Pupil, Waiver
from tests.builders import A_MONDAY, TERM
from tests.families.people import a_listed_child, a_message, a_slip, follow, press, show_slip
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


def heard_by_the_teacher(session: Session, child: Pupil) -> None:
    """On the phone: not needed; nobody knows who spoke."""
    confirm(session, child, TERM, in_school=True, wants_aid=False, by="staff:t4", now=A_MONDAY)
    note_answered(session, child.id, TERM, in_school=True, wants_aid=False, by="staff:t4", now=A_MONDAY)


def test_what_somebody_took_down_in_its_name_the_family_reads_and_undoes(
    session: Session, phone: Page, clock: time_machine.Traveller
) -> None:
    child = a_listed_child(session)
    heard_by_the_teacher(session, child)
    show_slip(phone, a_slip(session, child))
    expect(phone.locator("main")).to_contain_text("这是学校或资助中心替您家记的")
    look_plain(phone, "child-waiver-heard")
    press(phone, "没说过，需要资助")
    assert session.scalars(select(Waiver.taken_back_at)).one() is not None
    assert row_of(session, child).state == "reached"


def test_whoever_says_it_never_agreed_has_nothing_waived(
    session: Session, phone: Page, clock: time_machine.Traveller
) -> None:
    child = a_listed_child(session)
    heard_by_the_teacher(session, child)
    show_slip(phone, a_slip(session, child))
    follow(phone, "信息不对，我要改")
    phone.get_by_text("我没同意过").click()
    press(phone, "提交")
    assert session.scalars(select(Waiver.taken_back_at)).one() is not None
    assert row_of(session, child).owner_level == "county"


def test_a_family_is_told_by_message_what_was_taken_down_and_not_what_it_said_itself(session: Session) -> None:
    child = a_listed_child(session)
    heard_by_the_teacher(session, child)
    a_message(session, child)
    told = session.scalars(select(Message).where(Message.matter.startswith("waiver-heard"))).one()
    assert told.text == (
        "【示例县教育局】学校记下:您说王同学(四年级)暂不需要资助。没说过或改主意,打0510-00000001,资助照旧,不交钱"
    )


def test_a_family_that_said_it_itself_gets_no_message(session: Session) -> None:
    child = a_listed_child(session)
    confirm(session, child, TERM, in_school=True, wants_aid=False, by="family", now=A_MONDAY)
    a_message(session, child)
    assert session.scalars(select(Message.matter)).all() == []
