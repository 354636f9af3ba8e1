"""J8: from eighteen the student alone; her parents no longer, by slip, code or visit."""

from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from portal.access.households import is_grown_up, only_guardians_act
from portal.coverage.ledger import open_rows
from portal.models import Guardian, Pupil, Unit
from portal.vocabulary import Basis, Decision, Stage, UnitLevel
from tests.builders import A_MONDAY, a_county, a_pupil, a_unit, an_entry
from tests.coverage.builders import CATALOGUE, a_match, a_run
from tests.families.forms import post, sign_in
from tests.families.people import a_listed_child, a_slip, press, show_slip
from tests.pages import PHONE, Opener, look_plain, small_targets

pytestmark = pytest.mark.usefixtures("monday")

HER_NUMBER = "329901200702140054"


def a_college(session: Session) -> Unit:
    city = a_county(session).parent
    return a_unit(
        session, "3299000001", UnitLevel.SCHOOL, city, name="示例市高等职业学院",
        stages=[Stage.COLLEGE.value], landline="0510-00000005",
    )  # fmt: skip


def a_student(session: Session) -> Pupil:
    """李𬱖, nineteen, an orphan by the list of 2024, with her own phone; her aunt 王丽 stands beside her."""
    student = a_pupil(
        session, a_college(session), "李𬱖", HER_NUMBER, phone="19900000004", guardian="李𬱖",
        stage=Stage.COLLEGE, grade="二年级", grade_number=2,
    )  # fmt: skip
    student.guardians[0].relation = "本人"
    aunt = Guardian(pupil_id=student.id, school_id=student.school_id, position=2, relation="姨", name="王丽")
    aunt.phone = "19900000001"
    session.add(aunt)
    entry = an_entry(session, "李𬱖", HER_NUMBER, "ORPHAN", batch="2024-08", valid_to=date(2028, 6, 30))
    a_match(session, student, entry)
    session.flush()
    return student


@pytest.mark.parametrize("elder", [False, True])
def test_j8_the_student_sees_herself_what_to_apply_for_and_until_when(
    session: Session, open_page: Opener, elder: bool
) -> None:
    student = a_student(session)
    open_rows(session, a_run(session, a_county(session).parent), CATALOGUE, A_MONDAY)
    phone = open_page(PHONE)
    if elder:
        phone.goto("/")
        press(phone, "大字")
    show_slip(phone, a_slip(session, student), "20070214")
    said = phone.locator("main")
    for words in ("李𬱖", "示例市高等职业学院", "大学助学金", "江苏学生资助", "每年9月30日前", "不用交证明"):
        expect(said).to_contain_text(words)
    expect(said).not_to_contain_text("孤儿证")
    look_plain(phone, f"student-{'elder' if elder else 'phone'}")
    assert small_targets(phone, 60 if elder else 48) == []


def test_j8_the_page_speaks_to_the_student_of_herself(session: Session, client: FlaskClient) -> None:
    student = a_student(session)
    open_rows(session, a_run(session, a_county(session).parent), CATALOGUE, A_MONDAY)
    sign_in(client, a_slip(session, student), "20070214")
    said = client.get("/child").text
    listed = "因为您在示例县民政局2024年8月名单里，有效期到2028年6月30日"
    for words in ("您在校吗？需要资助吗？", "我在校，需要资助", listed):
        assert words in said
    assert "孩子在" not in said
    assert "您不在这所学校了" in client.get("/child/1/correct").text


def test_j8_what_was_taken_down_and_what_came_of_it_is_said_to_her_too(session: Session, client: FlaskClient) -> None:
    student = a_student(session)
    sign_in(client, a_slip(session, student), "20070214")
    post(client, "/child/1/correct", page="/child/1/correct", about="not_in_school", words="休学了")
    assert "学校会核实您在哪里上学" in client.get("/child").text
    assert "告诉市里" in client.get("/child").text
    for page in ("proof", "erase"):
        assert "市资助中心" in client.get(f"/child/1/{page}").text, page
    assert "您登录查看" in client.get("/child/1/history").text
    for page in ("/child", "/child/1/history", "/child/1/proof"):
        said = client.get(page).text.partition("<main")[2].partition("</main>")[0]
        assert ("孩子" in said, "家里" in said) == (False, False), page


def test_j8_a_student_of_a_citys_own_school_is_sent_to_the_city_everywhere(
    session: Session, client: FlaskClient
) -> None:
    student = a_student(session)
    a_match(session, student, an_entry(session, "王丽", None), Decision.HOUSEHOLD, Basis.GUARDIAN)
    sign_in(client, a_slip(session, student), "20070214")
    said = client.get("/child").text
    assert "未在名单——市里正在核对" in said
    for page in ("/child", "/child/1/correct", "/child/1/proof", "/child/1/rights", "/privacy", "/policies/UG-NG"):
        answer = client.get(page)
        assert (answer.status_code, "县里" in answer.text, "县资助中心" in answer.text) == (200, False, False), page


def test_j8_after_the_last_day_she_reads_that_it_is_over_and_whom_to_ring(
    session: Session, client: FlaskClient
) -> None:
    student = a_student(session)
    open_rows(session, a_run(session, a_county(session).parent), CATALOGUE, A_MONDAY)
    code = a_slip(session, student)
    with time_machine.travel(A_MONDAY.replace(month=10, day=12), tick=True):
        sign_in(client, code, "20070214")
        said = client.get("/child").text
    assert "2026年9月30日前要申请，已经过了；还能不能补，请打本页的电话问" in said
    assert "每年9月30日前" not in said


def test_j8_her_aunt_signing_in_for_a_child_does_not_see_her(session: Session, phone: Page) -> None:
    a_student(session)
    show_slip(phone, a_slip(session, a_listed_child(session)))
    expect(phone.locator("main")).to_contain_text("王小雨")
    expect(phone.locator("main")).not_to_contain_text("李𬱖")


@pytest.mark.parametrize(
    ("born", "day", "guardians_only", "grown_up"),
    [
        ("2012-09-08", date(2026, 9, 7), True, False),
        ("2012-09-07", date(2026, 9, 7), False, False),
        ("2008-09-08", date(2026, 9, 7), False, False),
        ("2008-09-07", date(2026, 9, 7), False, True),
        ("2008-02-29", date(2026, 2, 28), False, False),
        ("2008-02-29", date(2026, 3, 1), False, True),
        ("2012-02-29", date(2026, 2, 28), True, False),
        (None, date(2026, 9, 7), True, False),
    ],
)
def test_fourteen_and_eighteen_are_counted_to_the_day(
    session: Session, born: str | None, day: date, guardians_only: bool, grown_up: bool
) -> None:
    pupil = Pupil(birth_date_text=born)
    assert (only_guardians_act(pupil, day), is_grown_up(pupil, day)) == (guardians_only, grown_up)


def test_on_her_eighteenth_birthday_her_sister_no_longer_shows_her(session: Session, open_page: Opener) -> None:
    a_pupil(session, name="王小燕", id_number="329901200809080021")
    code = a_slip(session, a_listed_child(session))
    today, tomorrow = open_page(PHONE), open_page(PHONE)
    show_slip(today, code)
    expect(today.locator("main")).to_contain_text("王小燕")
    with time_machine.travel(A_MONDAY + timedelta(days=1), tick=True):
        show_slip(tomorrow, code)
        expect(tomorrow.locator("main")).not_to_contain_text("王小燕")
