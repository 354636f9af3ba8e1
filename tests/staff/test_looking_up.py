"""找学生: an officer on the telephone opens a child's page from what the family says."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.models import AuditEntry
from tests.builders import a_pupil
from tests.staff.browsing import enter
from tests.staff.county import StaffCounty, sign_in, token_on


def look_up(client: FlaskClient, words: str) -> TestResponse:
    data = {"csrf_token": token_on(client, "/staff/password"), "words": words}
    return client.post("/staff/pupils/find", data=data)


@pytest.mark.parametrize(
    "said",
    [
        "王小雨",
        " 王 小雨",
        "329901201603050015",
        "３２９９０１２０１６０３０５００１５",
        "G329901201603050015",
        "199 0000 0001",
    ],
)
def test_a_whole_name_a_number_or_a_guardians_phone_opens_the_child(
    client: FlaskClient, county: StaffCounty, said: str
) -> None:
    sign_in(client, "cnty")
    answer = look_up(client, said)
    if said.startswith("199"):
        assert "王*雨" in answer.text and "王*川" in answer.text
    else:
        assert answer.headers["Location"] == f"/staff/pupils/{county.ours.pupil.id}"


def test_a_child_without_a_number_is_found_by_its_student_number_whatever_it_begins_with(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    pupil = a_pupil(session, county.units["school"], "陈明", id_number=None)
    pupil.student_number = "3299012016000123"
    session.commit()
    sign_in(client, "cnty")
    assert look_up(client, "3299 0120 1600 0123").headers["Location"] == f"/staff/pupils/{pupil.id}"


def test_namesakes_are_listed_masked_with_class_and_school(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    a_pupil(session, county.units["school"], id_number=None, grade="一年级", class_name="(3)班")
    session.commit()
    sign_in(client, "sch1")
    page = look_up(client, "王小雨").text
    assert "找到 2 名学生" in page and "一年级(3)班" in page
    assert "王小雨" not in page


@pytest.mark.parametrize("said", ["赵远", "419901201510010067", "没有这个人", "19900000005"])
def test_another_countys_child_and_nobody_get_the_same_answer(
    client: FlaskClient, county: StaffCounty, said: str
) -> None:
    sign_in(client, "cnty")
    page = look_up(client, said).text
    assert "没有找到" in page and "名册里没有这个姓名或号码" in page
    assert said not in page


def test_the_trail_tells_whom_the_page_showed_and_not_what_was_asked_for(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    for said in ("赵远", "王小雨"):
        look_up(client, said)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "looked_up").order_by(AuditEntry.id))
    found = [str(county.ours.pupil.id)]
    assert [entry.detail for entry in entries] == [{"pupils": 0, "whose": []}, {"pupils": 1, "whose": found}]


def test_the_field_is_a_key_away_on_a_desk_and_behind_the_menu_on_a_phone(
    county: StaffCounty, desk: Page, phone: Page
) -> None:
    enter(desk, "sch1")
    desk.keyboard.press("/")
    desk.keyboard.type("王小雨")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("王小雨")
    enter(phone, "sch1")
    expect(phone.get_by_role("link", name="台账")).to_be_hidden()
    phone.get_by_role("button", name="菜单").click()
    phone.get_by_role("button", name="关闭").click()
    expect(phone.get_by_role("link", name="台账")).to_be_hidden()
    phone.get_by_role("button", name="菜单").click()
    expect(phone.get_by_role("link", name="台账")).to_be_visible()
    phone.get_by_label("找学生").fill("王小雨")
    phone.get_by_role("button", name="找", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("王小雨")
