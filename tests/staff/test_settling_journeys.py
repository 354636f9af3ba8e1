"""J3, staff part, and J5 in a browser: a school proposes, the county adds; a brother waits for the county."""

from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Entitlement, MatchPair, Pupil
from tests.builders import a_pupil, a_school
from tests.enrolment.doubts import a_household, compare
from tests.families.people import a_listed_child, a_slip, show_slip
from tests.pages import SHOTS, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in, token_on


def zhou_xiao(session: Session) -> Pupil:
    pupil = a_pupil(session, a_school(session), "周晓", "32990120130206005X", "19900000007")
    session.commit()
    return pupil


def test_j3_a_school_that_adds_is_told_to_propose(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    pupil = zhou_xiao(session)
    sign_in(client, "sch1")
    data = {"csrf_token": token_on(client, "/staff/password")}
    answer = client.post(f"/staff/pupils/{pupil.id}/add", data=data)
    assert answer.status_code == 403
    assert "学校可提名，由上级资助中心新增" in answer.text


def test_j3_a_school_proposes_and_the_county_adds(session: Session, county: StaffCounty, desk: Page) -> None:
    pupil = zhou_xiao(session)
    enter(desk, "sch1")
    desk.goto(f"/staff/pupils/{pupil.id}")
    desk.locator("summary", has_text="提名").click()
    desk.get_by_label("类别").select_option(label="一般家庭经济困难")
    desk.get_by_label("来源").select_option(label="学校走访")
    press(desk, "提名")
    expect(desk.get_by_role("status")).to_contain_text("已提名")
    press(desk, "退出")
    enter(desk, "cnty")
    desk.goto("/staff/additions?show=proposed")
    desk.get_by_role("link", name="去受理：周*").click()
    desk.get_by_label("负责人").fill("李老师")
    press(desk, "新增")
    expect(desk.get_by_role("main")).to_contain_text("义务教育")
    look_plain(desk, "j3-added")
    compare(session)
    rows = session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id)).all()
    assert [row.due_yuan is not None for row in rows] == [True]


def test_a_doubt_is_settled_and_taken_back_with_one_press_each(
    session: Session, county: StaffCounty, desk: Page
) -> None:
    enter(desk, "cnty")
    desk.goto("/staff/review")
    desk.get_by_role("link", name="对照：王*川").click()
    press(desk, "同一人")
    expect(desk.get_by_role("status")).to_contain_text("已记为“同一人”")
    look_plain(desk, "review-done")
    desk.get_by_role("status").get_by_role("button", name="撤销").click()
    expect(desk.get_by_role("status")).to_contain_text("回到待核实")
    session.expire_all()
    assert session.get_one(MatchPair, county.ours.pair.id).settled_as is None


def test_j5_the_brother_of_a_listed_child_waits_for_the_county(session: Session, desk: Page, phone: Page) -> None:
    a_listed_child(session)
    pair = a_household(session)
    show_slip(phone, a_slip(session, pair.pupil), "20180917")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("我家的2个孩子")
    phone.get_by_role("link").filter(has_text="王小川").click()
    said = phone.get_by_role("main")
    expect(said).to_contain_text("家庭在低保名单，孩子本人未在名单——县里正在核对")
    expect(said).not_to_contain_text("500 元")
    if SHOTS:
        phone.screenshot(path=Path(SHOTS) / "j5-brother.png", full_page=True)
    assert {row.pupil.name for row in session.scalars(select(Entitlement))} == {"王小雨"}
