"""J5, J8 and J9 from the desk, in a browser: a brother, a student at the city's college, a child from elsewhere."""

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.models import Entitlement, MatchPair, RegisterEntry
from portal.vocabulary import Role, Stage, UnitLevel
from tests.builders import a_county, a_pupil, a_staff_member, a_unit, an_entry
from tests.enrolment.doubts import a_household, compare
from tests.families.people import a_listed_child
from tests.pages import look_plain
from tests.staff.browsing import enter, press


def test_j5_the_county_settles_the_brother_and_the_gap_is_twice_five_hundred(
    session: Session, monday: None, desk: Page
) -> None:
    sister = a_listed_child(session)
    brother = a_household(session).pupil_id
    a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    before = session.scalars(select(Entitlement.state).where(Entitlement.pupil_id == sister.id)).all()
    session.commit()
    enter(desk, "cnty")
    expect(desk.get_by_role("main")).to_contain_text("还差（元）500")
    desk.get_by_role("link", name="去核实").click()
    desk.get_by_role("link", name="对照：王*川").click()
    press(desk, "孩子随家庭认定")
    desk.goto("/staff/")
    expect(desk.get_by_role("main")).to_contain_text("还差（元）1,000")
    look_plain(desk, "j5-desk")
    assert session.scalars(select(Entitlement.state).where(Entitlement.pupil_id == sister.id)).all() == before
    assert session.scalars(select(Entitlement.due_yuan).where(Entitlement.pupil_id == brother)).all() == [500]


def test_j8_the_student_of_the_citys_college_is_the_citys_to_see(session: Session, monday: None, desk: Page) -> None:
    county = a_county(session)
    college = a_unit(
        session, "3299000001", UnitLevel.SCHOOL, county.parent, name="示例市高等职业学院", stages=[Stage.COLLEGE.value]
    )
    number, of_grade = "329901200702140054", {"stage": Stage.COLLEGE, "grade": "高职二年级", "grade_number": 2}
    student = a_pupil(session, college, "李𬱖", number, guardian="李𬱖", class_name="(1)班", **of_grade)
    an_entry(session, "李𬱖", number, "ORPHAN")
    compare(session, unit=college)
    for account, role, unit in (
        ("cnty", Role.COUNTY_OFFICER, county),
        ("city", Role.CITY_OFFICER, county.parent),
        ("coll", Role.SCHOOL_OFFICER, college),
    ):
        a_staff_member(session, account, role, unit)
    session.commit()
    enter(desk, "cnty")
    assert desk.goto(f"/staff/pupils/{student.id}").status == 404
    desk.goto("/staff/")
    press(desk, "退出")
    for account, name in (("city", "李*"), ("coll", "李𬱖")):
        enter(desk, account)
        desk.goto(f"/staff/pupils/{student.id}")
        expect(desk.get_by_role("heading", level=1)).to_have_text(name)
        expect(desk.get_by_role("main")).to_contain_text("国家助学金")
        expect(desk.get_by_role("main")).to_contain_text("消息和页面给学生本人")
        expect(desk.get_by_role("main")).to_contain_text("孤儿")
        press(desk, "退出")


def test_j9_a_child_from_another_province_stays_whoever_compares_and_its_aid_goes_on(
    session: Session, monday: None, desk: Page
) -> None:
    child = a_pupil(session, name="赵远", id_number="419901201510010067", grade="五年级", grade_number=5)
    child.hukou_division = "419901"
    an_entry(session, "赵远", "419901201510010067")
    a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    for _ in range(3):
        compare(session)
    session.commit()
    enter(desk, "cnty")
    desk.goto("/staff/rolls/outside")
    expect(desk.get_by_role("main")).to_contain_text("赵*")
    desk.goto("/staff/statistics?by=origin")
    expect(desk.get_by_role("row", name="省外户籍")).to_contain_text("500")
    session.execute(update(MatchPair).values(register_entry_id=None))
    session.execute(delete(RegisterEntry))
    compare(session)
    session.commit()
    desk.goto("/staff/rolls/missed")
    expect(desk.get_by_role("main")).to_contain_text("台账没有停")
    look_plain(desk, "j9-desk")
    row = session.scalars(select(Entitlement)).one()
    assert (row.closed_on, row.due_yuan) == (None, 500)
