"""A class teacher sees the listed pupils of the own class and nobody else, asks two questions, and rings (J6)."""

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.class_teachers import scope_of_staff
from portal.database import set_reach
from portal.models import Confirmation, ContactRecord, ContactTask, Entitlement, MatchPair, Pupil, Slip, StaffMember
from tests.builders import A_MONDAY, a_pupil
from tests.families.people import follow, show_slip
from tests.families.people import press as tap
from tests.pages import look_plain
from tests.staff.browsing import enter, press
from tests.staff.county import StaffCounty, sign_in

TODAY = A_MONDAY.date()


def the_teacher(session: Session) -> StaffMember:
    return session.scalars(select(StaffMember).where(StaffMember.account == "t4")).one()


def test_the_database_itself_shows_a_teacher_the_listed_pupils_of_the_class_alone(
    session: Session, county: StaffCounty
) -> None:
    a_pupil(session, name="同班同学", id_number=None, phone=None)
    session.commit()
    scope = scope_of_staff(session, the_teacher(session), TODAY)
    set_reach(session, scope.reach)
    session.expire_all()
    assert {pupil.id for pupil in session.scalars(select(Pupil))} == {county.ours.pupil.id}
    assert {task.pupil_id for task in session.scalars(select(ContactTask))} == {county.ours.pupil.id}


def test_a_teacher_without_a_class_sees_nobody(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    other = session.scalars(select(StaffMember).where(StaffMember.account == "other-3299010001")).one()
    other.role = the_teacher(session).role
    session.commit()
    sign_in(client, other.account)
    assert "现在没有要您核实的学生" in client.get("/staff/my-pupils").text
    assert client.get(f"/staff/my-pupils/{county.ours.pupil.id}").status_code == 404


def test_no_page_of_a_teacher_names_a_category(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    assert session.scalars(select(MatchPair).where(MatchPair.pupil_id == county.ours.pupil.id)).all()
    sign_in(client, "t4")
    pupil, task = county.ours.pupil.id, county.ours.task.id
    for path in (f"my-pupils/{pupil}", "my-pupils", "contact-tasks", f"contact-tasks/{task}", f"pupils/{pupil}/script"):
        page = client.get(f"/staff/{path}").text
        assert "小雨" in page or "王*雨" in page or "王同学" in page, path
        assert not any(word in page for word in ("低保", "残疾", "孤儿", "困难群体")), path


def test_the_number_in_the_script_never_breaks_at_its_dash(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "t4")
    for path in (f"contact-tasks/{county.ours.task.id}", f"pupils/{county.ours.pupil.id}/script"):
        assert '<span class="phone">0510-00000001</span>' in client.get(f"/staff/{path}").text, path


def test_that_the_child_is_there_the_teacher_knows_and_what_it_needs_the_family_says(
    session: Session, county: StaffCounty, desk: Page
) -> None:
    enter(desk, "t4")
    desk.get_by_role("link", name="打开：王小雨").click()
    desk.get_by_label("在校", exact=True).check()
    desk.get_by_label("需要", exact=True).check()
    press(desk, "记下")
    expect(desk.get_by_role("main")).to_contain_text("家长的回答要写明是怎么问的")
    desk.get_by_label("还没有问").check()
    press(desk, "记下")
    session.expire_all()
    assert session.get_one(Entitlement, county.ours.row.id).state == "verified"
    assert session.scalars(select(Confirmation)).all() == []


def test_j6_the_teacher_rings_records_what_was_agreed_and_the_family_can_say_no(
    session: Session, county: StaffCounty, desk: Page, phone: Page
) -> None:
    enter(desk, "t4")
    desk.get_by_role("link", name="联系记录").click()
    desk.get_by_role("link", name="去办：王*雨").click()
    expect(desk.get_by_role("main")).to_contain_text("照着说")
    desk.get_by_role("link", name="学生页和电话").click()
    press(desk, "显示家长电话")
    expect(desk.get_by_role("main")).to_contain_text("19900000001")
    look_plain(desk, "j6-teacher")
    desk.get_by_label("在校", exact=True).check()
    desk.get_by_label("需要", exact=True).check()
    desk.get_by_label("怎么问的").select_option(label="电话口头同意")
    press(desk, "记下")
    expect(desk.get_by_role("status")).to_contain_text("已记下")
    look_plain(desk, "j6-my-pupils")
    session.expire_all()
    row = session.get_one(Entitlement, county.ours.row.id)
    said = session.scalars(select(ContactRecord).where(ContactRecord.pupil_id == row.pupil_id)).one()
    assert (row.state, said.by, said.reached) == ("reached", "staff:t4", True)
    assert "电话口头同意" in (said.outcome or "")
    assert session.get_one(ContactTask, county.ours.task.id).closed_by == "staff:t4"

    show_slip(phone, slip_of(session, county))
    follow(phone, "王小雨")
    expect(phone.get_by_role("main")).to_contain_text("学校按您说的记下：孩子在校，需要资助")
    follow(phone, "信息不对，我要改")
    phone.get_by_text("学校记的不是我说的，我没同意过").click()
    tap(phone, "提交")
    session.expire_all()
    assert session.get_one(Entitlement, row.id).next_step == "家长说没有同意过：查明经过，请家长重新确认"


def slip_of(session: Session, county: StaffCounty) -> str:
    slip = session.scalars(select(Slip).where(Slip.pupil_id == county.ours.pupil.id)).one()
    return slip.code or ""
