"""G17: in the year of the choice a family on a list reads what the next stage brings, in yuan, and whoever asks can."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from portal.models import Pupil
from portal.vocabulary import Stage
from tests.builders import a_pupil
from tests.coverage.builders import a_match, opened
from tests.families.forms import sign_in
from tests.families.people import a_slip, press, show_slip
from tests.pages import PHONE, Opener, look_plain, small_targets

pytestmark = pytest.mark.usefixtures("monday")

BORN = "20121111"


def a_junior(session: Session, grade: int = 3) -> Pupil:
    return a_pupil(
        session, name="陈明", id_number="329901201211110023", stage=Stage.JUNIOR, grade="初中", grade_number=grade
    )


def a_listed_junior(session: Session, grade: int = 3) -> Pupil:
    pupil = a_junior(session, grade)
    a_match(session, pupil)
    opened(session)
    return pupil


@pytest.mark.parametrize("mode", ["usual", "elder"])
def test_before_the_choice_the_yuan_of_both_ways_on_are_there(session: Session, open_page: Opener, mode: str) -> None:
    page = open_page(PHONE)
    page.goto("/")
    if mode == "elder":
        press(page, "大字")
    show_slip(page, a_slip(session, a_listed_junior(session)), BORN)
    later = page.get_by_role("region", name="以后上学也有")
    for words in ("上高中", "高中助学金", "每学年 2,300 元", "免学杂费", "上中职学校", "中职助学金", "中职免学费"):
        expect(later).to_contain_text(words)
    look_plain(page, f"child-later-{mode}")
    assert small_targets(page, 60 if mode == "elder" else 48) == []


def test_two_years_before_it_is_not_yet_said(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_junior(session, grade=1)), BORN)
    assert "以后上学也有" not in client.get("/child").text


def test_a_child_on_no_list_is_promised_nothing(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_junior(session)), BORN)
    assert "以后上学也有" not in client.get("/child").text


def test_the_check_says_what_comes_after_with_its_yuan(phone: Page) -> None:
    phone.goto("/check")
    press(phone, "初中")
    phone.get_by_text("家里吃低保").click()
    press(phone, "下一步")
    while phone.url.rpartition("/")[2] != "result":
        press(phone, "不住校")
    expect(phone.get_by_role("link", name="上高中有哪些资助")).to_contain_text("每学年 2,300 元")
