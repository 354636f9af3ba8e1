"""J12(e): an inspector draws twenty, reads all, prints the trail, and changes nothing but that somebody looked."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.models import AuditEntry
from portal.models.base import Base
from tests.builders import a_pupil
from tests.coverage.builders import a_match, opened
from tests.pages import PHONE, look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty

LEFT_BY_LOOKING = {"audit_entry", "sign_in", "try_count", "inspection_sample", "inspection_pupil"}


def everything(session: Session) -> dict[str, list[str]]:
    session.commit()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_BY_LOOKING]
    return {table.name: sorted(map(str, session.execute(select(table)))) for table in tables}


def test_twenty_are_drawn_and_read_and_nothing_changes(desk: Page, session: Session, county: StaffCounty) -> None:
    for _ in range(25):
        a_match(session, a_pupil(session, county.units["school"], id_number=None))
    opened(session)
    before = everything(session)
    enter(desk, "insp")
    desk.goto("/staff/inspections")
    desk.get_by_role("textbox", name="种子").fill("九月抽查")
    look_plain(desk, "inspections")
    press(desk, "抽样")
    expect(desk.get_by_role("heading", level=1)).to_have_text("应助未助 26 人里抽出的 20 人")
    look_plain(desk, "inspection")
    links = [link.get_attribute("href") for link in desk.locator("td.name a").all()]
    for link in links:
        desk.goto(str(link))
        expect(desk.get_by_role("button", name="记下原因")).to_have_count(0)
    desk.go_back()
    desk.goto("/staff/inspections")
    desk.get_by_role("link", name="打开").first.click()
    desk.get_by_role("link", name="打印尽责记录").click()
    expect(desk.get_by_role("heading", name="尽责记录", exact=True)).to_have_count(20)
    desk.emulate_media(media="print")
    breaks = desk.eval_on_selector_all(".trail-sheet", "all => all.map(one => getComputedStyle(one).breakAfter)")
    assert breaks == ["page"] * 19 + ["auto"]
    desk.emulate_media(media="screen")
    desk.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    look_plain(desk, "trails-phone")
    assert everything(session) == before
    read = session.scalars(select(AuditEntry.pupil_id).where(AuditEntry.action == "read")).all()
    assert len(set(read)) == 20


@pytest.mark.parametrize("account", ["insp", "keeper"])
def test_nobody_deletes_an_entry_of_the_trail(desk: Page, session: Session, county: StaffCounty, account: str) -> None:
    enter(desk, account)
    desk.goto("/staff/audit" if account == "insp" else "/staff/people")
    expect(desk.get_by_role("button", name="删除")).to_have_count(0)
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("DELETE FROM audit_entry"))
    session.rollback()


def test_the_sheet_says_who_did_what_and_whose_move_it_is(desk: Page, county: StaffCounty) -> None:
    enter(desk, "sch1")
    desk.goto(f"/staff/pupils/{county.ours.pupil.id}/trail")
    sheet = desk.get_by_role("article")
    expect(sheet).to_contain_text("比对确认，开立台账")
    expect(sheet).to_contain_text("学校下一步：核实是否在校、是否需要资助")
    expect(sheet).to_contain_text("还没有联系到家庭")
    look_plain(desk, "trail")
