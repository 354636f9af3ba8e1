"""统计 at a desk and on a phone: a chart where there are scripts, the same as a table, and numbers that open lists."""

from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage.bulletins import draft, issue
from portal.coverage.counted import LEFT_OUT
from portal.models import AuditEntry, Award, Entitlement, StaffMember
from portal.vocabulary import IntakeKind
from tests.builders import A_MONDAY, TERM, a_pupil, a_school, an_intake
from tests.coverage.builders import a_match, opened
from tests.pages import DESK, PHONE, Opener, look_plain
from tests.staff.browsing import enter
from tests.staff.county import StaffCounty, sign_in, token_on


@pytest.fixture
def two_schools(session: Session, county: StaffCounty) -> StaffCounty:
    """Nine more pupils at the second school of the county, four of whom have been paid."""
    school = a_school(session, county.units["county"], "3299010002", "示例县第一中学")
    pupils = [a_pupil(session, school, f"陈小{'明红强丽伟芳军平超'[place]}", None, None) for place in range(9)]
    for pupil in pupils:
        a_match(session, pupil)
    opened(session)
    for row in session.query(Entitlement).where(Entitlement.school_id == school.id).limit(4):
        row.state, row.paid_yuan = "paid", row.due_yuan
    session.commit()
    return county


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_chart_and_its_table_say_the_same(two_schools: StaffCounty, open_page: Opener, size: tuple) -> None:
    page = open_page(size)
    enter(page, "cnty")
    page.goto("/staff/statistics")
    expect(page.get_by_role("heading", level=1)).to_contain_text("应助未助 6 人")
    expect(page.locator(".chart canvas")).to_be_visible()
    look_plain(page, f"statistics-area-{size[0]}")
    page.goto("/staff/statistics?by=category")
    look_plain(page, f"statistics-category-{size[0]}")
    page.goto("/staff/statistics")
    page.get_by_role("row").filter(has_text="示例县第一中学").get_by_role("link", name="5", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("示例县第一中学 · 应助未助 5 人")
    expect(page.get_by_role("link", name="陈*", exact=False)).to_have_count(5)
    look_plain(page, f"statistics-list-{size[0]}")


def test_what_is_taken_away_hides_small_groups_and_is_in_the_trail(
    client: FlaskClient, session: Session, two_schools: StaffCounty
) -> None:
    sign_in(client, "cnty")
    token = token_on(client, "/staff/password")
    answer = client.post("/staff/statistics/export?by=area", data={"csrf_token": token})
    assert answer.headers["Content-Type"].endswith("sheet")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.get_data())).get_sheet_by_index(0).to_python()
    assert sheet[-1][0] == LEFT_OUT
    entry = session.query(AuditEntry).where(AuditEntry.action == "exported").one()
    assert (entry.detail["list"], entry.detail["about"]) == ("statistics", "地区和学校")


def test_pages_of_figures_say_whom_they_leave_out(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "city")
    drawn = draft(session, county.units["city"], SchoolTerm.parse(TERM), A_MONDAY)
    by = session.query(StaffMember).where(StaffMember.account == "city").one()
    bulletin = issue(session, drawn, drawn.digest, drawn.title, "", by, A_MONDAY)
    session.commit()
    for page in ("statistics/pupils", "bulletins/new", f"bulletins/{bulletin.id}"):
        assert LEFT_OUT in client.get(f"/staff/{page}").text, page


def test_a_unit_that_is_not_theirs_has_no_statistics(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    assert client.get("/staff/statistics?unit=329901").status_code == 404
    assert client.get("/staff/statistics/pupils?unit=419901").status_code == 404


def test_the_ledger_and_its_figures_say_of_which_day_the_money_is(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    sign_in(client, "cnty")
    assert "还没有发放数据" in client.get("/staff/ledger").text
    row = session.query(Entitlement).where(Entitlement.pupil_id == county.ours.pupil.id).first()
    file = an_intake(session, county.units["county"], IntakeKind.AWARDS)
    paid = {"pupil_id": row.pupil_id, "school_id": row.school_id, "policy": row.policy, "term": row.term}
    session.add(Award(**paid, intake_id=file.id, yuan=500, paid_on=date(2026, 9, 2), as_of=date(2026, 9, 7)))
    session.commit()
    for page in ("ledger", "statistics", "awards", "awards/differences"):
        assert "发放数据截至 2026-09-07，1 所学校没有发放数据" in client.get(f"/staff/{page}").text
