"""回填与导出 and 发放与差异 in a browser: J12(d), an export; and a paid file that differs from the ledger."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, Entitlement
from tests.coverage.award_files import GOOD, HEAD
from tests.pages import DESK, Opener
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty


def export(desk: Page) -> list[list[str]]:
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="导出", exact=True).click()
    return list(csv.reader(Path(taken.value.path()).read_text("utf-8-sig").splitlines()))


def test_j12d_an_officer_takes_away_own_rows_masked_or_with_a_reason(
    session: Session, county: StaffCounty, open_page: Opener
) -> None:
    desk = open_page(DESK)
    enter(desk, "sch1")
    assert desk.goto(f"/staff/pupils/{county.theirs.pupil.id}").status == 404
    desk.goto("/staff/back-fill?template=library")
    desk.locator("summary", has_text="导出这张表").click()
    desk.get_by_label("用途").select_option("report")
    desk.get_by_label("格式").select_option("csv")
    headings, *rows = export(desk)
    assert headings[:3] == ["姓名", "身份证件类型", "身份证件号"]
    assert [(row[0], row[2]) for row in rows] == [("王*雨", "329*************15")]
    desk.get_by_label("完整，写明理由").check()
    press(desk, "导出")
    expect(desk.get_by_role("main")).to_contain_text("导出完整号码要写明理由")
    desk.get_by_label("要完整号码的理由").fill("录入就学信息库")
    assert [row[2] for row in export(desk)[1:]] == ["329901201603050015"]
    session.expire_all()
    trail = select(AuditEntry).where(AuditEntry.action == "exported").order_by(AuditEntry.id)
    told = [(entry.detail["rows"], entry.detail["numbers"], entry.detail["why"]) for entry in session.scalars(trail)]
    assert told == [(1, "masked", ""), (1, "plain", "录入就学信息库")]
    knocked = select(AuditEntry).where(AuditEntry.action == "refused")
    assert [entry.detail["page"] for entry in session.scalars(knocked)] == ["staff.pupil"]


def test_a_paid_file_that_differs_from_the_ledger_opens_a_list_for_each_kind(
    session: Session, county: StaffCounty, open_page: Opener
) -> None:
    desk = open_page(DESK)
    enter(desk, "cnty")
    desk.goto("/staff/intake/awards")
    lines = (HEAD, GOOD.replace(",500,", ",300,").replace("王丽", "陈明"), GOOD.replace("王小雨", "张三"))
    file = {"name": "受助名单.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    desk.get_by_label("文件").set_input_files(file)
    desk.get_by_label("数据截至哪一天").fill("2026-09-06")
    press(desk, "导入")
    desk.get_by_role("link", name="下一步：看发放与差异").click(timeout=20_000)
    page = desk.get_by_role("main")
    expect(page).to_contain_text("数据截至 2026-09-06", timeout=20_000)
    expect(page).to_contain_text("已发放 1 笔，300 元")
    page.get_by_role("link", name="与台账不同").click()
    for kind, words in (
        ("少发", "应发500元，已发300元，少200元"),
        ("收款人不对", "收款账户户主不是学生本人"),
        ("人不对", "证件号与学籍一致而姓名不同"),
    ):
        desk.get_by_role("link", name=f"{kind} 1", exact=True).click()
        expect(page).to_contain_text(words)
    desk.goto("/staff/awards/owed")
    desk.get_by_role("link", name="示例县实验小学", exact=True).click()
    expect(page).to_contain_text("还差 200 元，1 人")
    desk.get_by_role("link", name="四年级(2)班 1 人的名单").click()
    expect(page).to_contain_text("义务教育家庭经济困难学生生活补助 2026年秋季学期 200 元")
    session.expire_all()
    assert session.scalars(select(Entitlement.paid_yuan).where(Entitlement.id == county.ours.row.id)).one() == 300
