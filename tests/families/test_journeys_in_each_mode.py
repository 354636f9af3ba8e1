"""J1, J3, J6, J7, J9, J10 and J11 on a cheap phone, as it comes and in 大字: the same page, read and tapped alike."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.one_to_one import name_helper
from portal.coverage.contacts import Spoken, record_contact
from portal.models import Confirmation, EnrolmentRecord, Entitlement, Message, Pupil
from portal.vocabulary import Boarding, Channel, Role
from tests.builders import A_MONDAY, TERM, a_pupil, a_school, a_staff_member, an_entry
from tests.coverage.builders import a_match, opened
from tests.families.codes import look
from tests.families.people import a_listed_child, a_message, a_payment, a_slip, follow, press, show_slip
from tests.pages import PHONE, Opener, look_plain, small_targets

pytestmark = pytest.mark.usefixtures("monday")

TARGET = {"usual": 48, "elder": 60}


@pytest.fixture(params=TARGET)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def phone(open_page: Opener, mode: str) -> Page:
    return in_mode(open_page(PHONE), mode)


def in_mode(page: Page, mode: str) -> Page:
    page.goto("/")
    if mode == "elder":
        press(page, "大字")
    return page


def looks_well(page: Page, name: str, mode: str) -> None:
    look_plain(page, f"{name}-{mode}")
    assert small_targets(page, TARGET[mode]) == []


def listed(session: Session, pupil: Pupil, category: str = "DIBAO") -> Pupil:
    a_match(session, pupil, an_entry(session, pupil.name or "", pupil.id_number, category))
    opened(session)
    return pupil


def test_j1_from_the_slip_to_received_in_large_letters(session: Session, open_page: Opener) -> None:
    page = in_mode(open_page(PHONE), "elder")
    show_slip(page, a_slip(session, a_listed_child(session)))
    figure = page.get_by_text("500 元 本学期").bounding_box()
    assert figure and figure["y"] + figure["height"] < PHONE[1] / 2
    for words in (
        "您不用做任何事，也不用交证明",
        "学校办理中，10月15日前到账",
        "苏教助函〔2020〕8号 三（一）",
        "李老师",
    ):
        expect(page.locator("main")).to_contain_text(words)
    press(page, "孩子在校，需要资助")
    a_payment(session)
    page.reload()
    press(page, "收到了")
    session.expire_all()
    assert session.scalars(select(Entitlement.state)).one() == "received"
    looks_well(page, "j1-received", "elder")


def test_j3_illness_and_debt_on_no_list_learn_what_may_be_and_bring_nothing(phone: Page, mode: str) -> None:
    phone.goto("/check")
    press(phone, "初中")
    phone.get_by_text("家里有难处（生病、受灾、欠债等）").click()
    press(phone, "下一步")
    press(phone, "不住校")
    said = phone.locator("main")
    for words in ("已经享受", "可能符合，要学校核对", "向班主任说一声", "可能有 1,250 元 每学年"):
        expect(said).to_contain_text(words)
    expect(phone.locator("input[type=file]")).to_have_count(0)
    looks_well(phone, "j3-result", mode)


def test_j6_what_a_grandfather_agreed_to_on_the_telephone_he_reads_and_can_deny(
    session: Session, phone: Page, mode: str
) -> None:
    child = listed(session, a_pupil(session, name="陈明", id_number="329901201211110023", guardian="陈福"))
    record_contact(session, child, TERM, Spoken(Channel.PHONE, True, "yes", "电话口头同意"), "staff:t4", A_MONDAY)
    show_slip(phone, a_slip(session, child), "20121111")
    expect(phone.locator("main")).to_contain_text("学校按您说的记下：孩子在校，需要资助")
    looks_well(phone, "j6-agreed", mode)
    follow(phone, "信息不对，我要改")
    phone.get_by_text("我没同意过").click()
    press(phone, "提交")
    expect(phone.get_by_role("status")).to_be_visible()
    session.expire_all()
    assert session.scalars(select(func.count()).select_from(Confirmation)).one() == 0
    assert session.scalars(select(Entitlement.owner_level)).all() == ["county"]


def test_j7_a_number_of_23_families_opens_nothing_and_is_sent_nothing(session: Session, phone: Page, mode: str) -> None:
    for n in range(23):
        number = "329901201603050015" if n == 0 else None
        pupil = a_pupil(session, name=f"王{chr(0x5B50 + n)}", id_number=number, guardian=f"李{n}", phone="19900000009")
        a_match(session, pupil)
    opened(session)
    a_message(session, pupil)
    phone.goto("/sign-in/code")
    phone.get_by_label("孩子的姓名").fill("王子")
    phone.get_by_label("孩子的身份证件号").fill("329901201603050015")
    press(phone, "要一个登录码")
    expect(phone.locator("main")).to_contain_text("如果信息与学校登记一致，登录码已发到登记的手机")
    looks_well(phone, "j7-asked", mode)
    assert look(session) == []
    assert session.scalars(select(func.count()).select_from(Message).where(Message.sent_at.is_not(None))).one() == 0


def test_j9_from_another_province_the_roll_decides_and_the_hukou_only_what_is_its_own(
    session: Session, phone: Page, mode: str
) -> None:
    pupil = a_pupil(session, name="赵远", id_number="419901201510010067", guardian="赵梅", phone="19900000005")
    pupil.hukou_division = "419901"
    show_slip(phone, a_slip(session, listed(session, pupil, "TP")), "20151001")
    expect(phone.locator("main")).to_contain_text("500 元 本学期")
    expect(phone.locator("main")).to_contain_text("您不用做任何事，也不用交证明")
    looks_well(phone, "j9-child", mode)
    phone.goto("/policies/LOAN-ORIG")
    expect(phone.locator("main")).to_contain_text("在户籍地办理。户口不在江苏的，请问户口所在地。")


def test_j10_taught_at_home_all_by_keyboard_with_no_word_of_what_the_list_is(
    session: Session, phone: Page, mode: str
) -> None:
    school = a_school(session, code="3299010009", name="示例县特殊教育学校")
    pupil = a_pupil(
        session, school, "孙安", "329901201408080075", "19900000006", "孙梅", grade="六年级", grade_number=6
    )
    session.scalars(select(EnrolmentRecord)).one().boarding = Boarding.AT_HOME
    helper = a_staff_member(session, "t9", Role.TEACHER, school, name="周老师")
    name_helper(session, pupil, helper, "staff:sch1", A_MONDAY)
    show_slip(phone, a_slip(session, listed(session, pupil, "DIS")), "20140808")
    said = phone.locator("main")
    expect(said).to_contain_text("500 元 本学期")
    for word in ("残疾", "残联", "特教"):
        expect(said).not_to_contain_text(word)
    order = phone.evaluate("() => [...document.querySelectorAll('h1, h2, h3')].map((e) => e.tagName)")
    assert order[0] == "H1"
    assert "H3" not in order[: order.index("H2")]
    ring = phone.get_by_role("link", name="打学校电话")
    assert ring.evaluate("(e) => e.compareDocumentPosition(document.querySelector('.aid')) & 4") == 4
    expect(phone.get_by_role("region", name="找人问")).to_contain_text("帮扶老师 周老师")
    for _ in range(30):
        phone.keyboard.press("Tab")
        if phone.evaluate("() => document.activeElement.textContent.trim()") == "孩子在校，需要资助":
            break
    phone.keyboard.press("Enter")
    expect(phone.locator(".receipt")).to_be_visible()
    looks_well(phone, "j10-receipt", mode)


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "李𬱖"])
def test_j11_names_stand_as_the_roster_has_them_in_large_letters(
    session: Session, open_page: Opener, name: str
) -> None:
    page = in_mode(open_page(PHONE), "elder")
    show_slip(page, a_slip(session, a_listed_child(session, name, listed_as=name.replace("·", "•"))))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    looks_well(page, f"j11-{len(name)}", "elder")
