"""J9, J10 and the bureau's answer in a browser: what an officer sees of children whom only a careful match finds."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.slips import issue_slips
from portal.coverage.keepers import KEEPERS
from portal.models import EnrolmentRecord, Entitlement, MatchPair, Message, Pupil, Unit
from portal.privacy.masking import mask_name
from portal.vocabulary import Boarding, IntakeKind, Role, Stage, UnitLevel
from tests.builders import A_MONDAY, a_bureau, a_county, a_school, a_staff_member, a_unit
from tests.enrolment.doubts import a_doubt, compare
from tests.families.people import a_message, show_slip
from tests.intake.arrivals import arrive
from tests.intake.files import csv
from tests.pages import look_plain
from tests.staff.browsing import enter, press

ZHAO_YUAN, SUN_AN = "419901201510010067", "329901201408080075"

pytestmark = pytest.mark.usefixtures("monday")


def enrolled(session: Session, school: Unit, line: dict[str, str]) -> Pupil:
    arrive(session, IntakeKind.ROSTER, school, csv(tuple(line), tuple(line.values())))
    return session.scalars(select(Pupil)).one()


def delivered(session: Session, by: Unit, line: dict[str, str], batch: str = "2026-08") -> None:
    data = csv(tuple(line), tuple(line.values()))
    arrive(session, IntakeKind.REGISTER, by, data, batch, keepers=KEEPERS, replaces=True)


def test_j9_a_provincial_run_does_not_remove_a_child_from_another_province(session: Session, desk: Page) -> None:
    county = a_county(session)
    province = a_unit(session, "32", UnitLevel.PROVINCE)
    a_staff_member(session, "prov", Role.PROVINCE_OFFICER, province)
    a_staff_member(session, "cnty", Role.COUNTY_OFFICER, county)
    child = {
        "姓名": "赵远",
        "身份证件号": ZHAO_YUAN,
        "年级": "五年级",
        "班级": "(1)班",
        "户口所在地行政区划码": "419901",
    }
    pupil = enrolled(session, a_school(session), child)
    national = {"数据来源": "全国系统下发", "困难类别": "脱贫户", "姓名": "赵远", "身份证件号": ZHAO_YUAN}
    delivered(session, province, national)
    enter(desk, "prov")
    for _ in range(3):
        desk.goto("/staff/matching")
        press(desk, "运行比对")
        expect(desk.get_by_role("main")).to_contain_text("0 人不在任何名单里", timeout=20_000)
    press(desk, "退出")
    enter(desk, "cnty")
    desk.goto("/staff/rolls/outside")
    expect(desk.get_by_role("row").filter(has_text=mask_name("赵远"))).to_contain_text("2026年8月")
    look_plain(desk, "j9-outside")
    (row,) = session.scalars(select(Entitlement).where(Entitlement.pupil_id == pupil.id)).all()
    assert (row.policy, row.due_yuan) == ("CMP-LIVE", 500)

    delivered(session, province, national | {"姓名": "李大", "身份证件号": "419901201510010083"})
    compare(session)
    session.commit()
    desk.goto("/staff/rolls/missed")
    expect(desk.get_by_role("row").filter(has_text=mask_name("赵远"))).to_contain_text("台账没有停")


def test_j10_a_child_taught_at_home_is_found_by_the_disability_certificate(
    session: Session, desk: Page, phone: Page
) -> None:
    school = a_school(session, code="3299010003", name="示例县特殊教育学校")
    a_staff_member(session, "sch3", Role.SCHOOL_OFFICER, school)
    child = {
        "姓名": "孙安", "身份证件号": SUN_AN, "年级": "六年级", "班级": "(1)班", "就读方式": "送教上门",
        "监护人1关系": "母亲", "监护人1姓名": "孙丽", "监护人1电话": "19900000006",
    }  # fmt: skip
    pupil = enrolled(session, school, child)
    delivered(session, a_bureau(session), {"困难类别": "残疾", "姓名": "孙安", "残疾证号": f"{SUN_AN}43"})
    enter(desk, "sch3")
    desk.goto("/staff/matching")
    press(desk, "运行比对")
    desk.goto("/staff/matched?decision=certain")
    expect(desk.get_by_role("row").filter(has_text=mask_name("孙安"))).to_contain_text("已匹配", timeout=20_000)
    slip = issue_slips(session, [pupil], A_MONDAY)[pupil.id].code or ""
    a_message(session, pupil)
    show_slip(phone, slip, "20140808")
    said = phone.get_by_role("main")
    expect(said).to_contain_text("孙安")
    expect(said).to_contain_text("您不用做任何事，也不用交证明")
    look_plain(phone, "j10-child")
    session.expire_all()
    (record,) = session.scalars(select(EnrolmentRecord)).all()
    assert (record.stage, record.boarding) == (Stage.PRIMARY, Boarding.AT_HOME)
    texts = [message.text or "" for message in session.scalars(select(Message))]
    assert texts and not any(word in text for text in texts for word in ("残疾", "残联", "困难"))


def test_what_the_county_asks_the_bureau_answers_and_the_county_settles(session: Session, desk: Page) -> None:
    pair = a_doubt(session)
    a_staff_member(session, "mz", Role.BUREAU_OFFICER, a_bureau(session))
    a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    session.commit()
    enter(desk, "cnty")
    desk.goto(f"/staff/review/{pair.id}")
    press(desk, "请部门核实")
    press(desk, "退出")
    enter(desk, "mz")
    desk.goto("/staff/questions")
    look_plain(desk, "questions")
    desk.get_by_role("link", name="答复：").click()
    expect(desk.get_by_role("main")).not_to_contain_text("王小雨")
    press(desk, "显示完整的姓名和号码")
    expect(desk.get_by_role("main")).to_contain_text("王小雨")
    look_plain(desk, "question")
    press(desk, "答复")
    expect(desk.get_by_text("请选一个答复")).to_be_visible()
    desk.get_by_label("是", exact=True).check()
    desk.get_by_label("说明").fill("名单上写错一字")
    press(desk, "答复")
    for closed in (f"/staff/pupils/{pair.pupil_id}", "/staff/ledger", "/staff/messages", f"/staff/review/{pair.id}"):
        answer = desk.goto(closed)
        assert answer and answer.status in (403, 404)
    desk.goto("/staff/questions")
    press(desk, "退出")
    enter(desk, "cnty")
    desk.get_by_role("link", name="去核实").click()
    expect(desk.get_by_role("main")).to_contain_text("部门答复：是（名单上写错一字）")
    look_plain(desk, "answered")
    desk.get_by_role("link", name="对照：").click()
    press(desk, "同一人")
    session.expire_all()
    assert session.get_one(MatchPair, pair.id).settlement is not None
    assert session.scalars(select(Entitlement)).all()
