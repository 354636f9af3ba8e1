"""J12 (b) and the officer's desk in a browser: a term that does not close, rows moved in one press and back."""

from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.progress import note_verified
from portal.models import Entitlement, MatchPair, TermClosing
from portal.vocabulary import EntitlementState, UnitLevel
from tests.builders import A_MONDAY, TERM, a_pupil
from tests.conftest import Stranger
from tests.pages import goes_on, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in, token_on


def test_j12b_a_term_with_a_child_left_open_does_not_close(session: Session, county: StaffCounty, desk: Page) -> None:
    enter(desk, "sch1")
    desk.goto("/staff/closing")
    press(desk, "签字关账")
    expect(desk.get_by_role("alert")).to_contain_text("不能关账")
    expect(desk.get_by_role("row", name="王*川")).to_contain_text("下一步：对照两边的记录，核实是不是本人")
    expect(desk.get_by_role("row", name="王*雨")).to_contain_text("下一步：短信没有回应：请班主任打电话或家访")
    assert session.scalars(select(TermClosing).where(TermClosing.term == TERM)).all() == []


def test_a_school_signs_when_nothing_hinders_and_the_county_sends_it_back(
    app: Flask, session: Session, county: StaffCounty
) -> None:
    client, above = Stranger(app, app.response_class), Stranger(app, app.response_class)
    session.get_one(Entitlement, county.ours.row.id).closed_on = A_MONDAY.date()
    for pair in session.scalars(select(MatchPair).where(MatchPair.school_id == county.ours.pupil.school_id)):
        pair.superseded_at = A_MONDAY
    session.commit()
    sign_in(client, "sch1")
    client.post("/staff/closing", data={"csrf_token": token_on(client, "/staff/password")})
    page = client.get("/staff/closing").text
    assert "秋季学期已关账" in page and "学校资助专干甲" in page
    session.rollback()
    closing = session.scalars(select(TermClosing).where(TermClosing.term == TERM)).one()
    sign_in(above, "cnty")
    data = {"csrf_token": token_on(above, "/staff/password"), "because": "三年级有两人没有发"}
    above.post(f"/staff/closing/{closing.id}/reopen", data=data)
    assert "没有关账" in above.get("/staff/closing?show=open").text
    assert "三年级有两人没有发" in client.get("/staff/closing").text


def test_rows_are_reported_from_the_ledger_by_keyboard_and_taken_back(
    session: Session, county: StaffCounty, desk: Page
) -> None:
    note_verified(session, county.ours.pupil.id, TERM, "staff:sch1", A_MONDAY)
    session.commit()
    enter(desk, "sch1")
    desk.goto("/staff/ledger")
    expect(desk.get_by_role("button", name="审核并上报发放")).to_be_hidden()
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.get_by_text("已选 1 条")).to_be_visible()
    look_plain(desk, "ledger-chosen")
    press(desk, "审核并上报发放")
    expect(desk.get_by_role("status")).to_contain_text("已记下 1 条：学校审核并上报，等待发放")
    session.expire_all()
    assert session.get_one(Entitlement, county.ours.row.id).state is EntitlementState.APPROVED
    press(desk, "撤销")
    expect(desk.get_by_role("status")).to_contain_text("已撤销")
    session.expire_all()
    assert session.get_one(Entitlement, county.ours.row.id).state is EntitlementState.VERIFIED


def test_a_long_list_is_looked_through_in_its_frame_and_the_page_ends_below_it(
    session: Session, county: StaffCounty, desk: Page
) -> None:
    ours = {column.key: getattr(county.ours.row, column.key) for column in Entitlement.__table__.columns}
    for _ in range(25):
        pupil = a_pupil(session, county.units["school"], "李明", None, None)
        session.add(Entitlement(**ours | {"id": uuid4(), "pupil_id": pupil.id, "person": None}))
    session.commit()
    enter(desk, "sch1")
    desk.goto("/staff/ledger")
    expect(desk.get_by_role("row")).to_have_count(27)
    assert not goes_on(desk)


def test_today_closes_what_is_alike_in_place(session: Session, county: StaffCounty, desk: Page) -> None:
    row = session.get_one(Entitlement, county.ours.row.id)
    row.raised_to, row.raised_at = UnitLevel.COUNTY, A_MONDAY
    session.commit()
    enter(desk, "cnty")
    desk.get_by_text("在这里办").first.click()
    desk.get_by_role("listitem").filter(has_text="上报到本级").get_by_role("checkbox").check()
    look_plain(desk, "today-in-place")
    press(desk, "督办：退回办理：1 条台账上报到本级")
    expect(desk.get_by_role("status")).to_contain_text("县督办：学校 2026-09-14 前办")
    session.expire_all()
    assert session.get_one(Entitlement, row.id).raised_to is None


def test_the_list_of_another_day_is_read_only_and_columns_are_remembered(
    client: FlaskClient, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    assert "2026年9月6日结束时，台账 0 条" in client.get("/staff/ledger?on=2026-09-06").text
    data = {"csrf_token": token_on(client, "/staff/password"), "column": ["state", "step"]}
    client.post("/staff/columns/ledger", data=data)
    page = client.get("/staff/ledger").text
    assert "<th>下一步</th>" in page and "<th>资助项目</th>" not in page
