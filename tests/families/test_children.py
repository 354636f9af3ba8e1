"""J5: the children of one family on one visit, each with what is its own."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Confirmation, ContactRecord, Entitlement
from tests.builders import a_pupil, a_school
from tests.families.forms import post, sign_in
from tests.families.people import a_brother, a_listed_child, a_payment, a_slip, follow, press, show_slip
from tests.pages import PHONE, Opener

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(params=["usual", "elder"])
def mother(request: pytest.FixtureRequest, session: Session, open_page: Opener) -> Page:
    """Signed in with the sister's slip; in elder mode as well."""
    page = open_page(PHONE)
    if request.param == "elder":
        page.goto("/")
        press(page, "大字")
    sister = a_listed_child(session)
    a_brother(session)
    show_slip(page, a_slip(session, sister))
    return page


def test_j5_one_slip_shows_both_children_and_what_each_may_expect(mother: Page) -> None:
    sister, brother = mother.locator("section.child").all()
    for words in ("王小雨", "四年级(2)班", "本学期应得", "500元", "已发放", "0元", "还差"):
        expect(sister).to_contain_text(words)
    for words in ("王小川", "二年级", "可能有 500元", "您家在低保名单里，孩子本人还没有列上。县里核对后"):
        expect(brother).to_contain_text(words)
    assert mother.title() == "学生资助"
    assert mother.url.endswith("/child")


def test_j5_confirming_the_one_changes_nothing_on_the_other(session: Session, mother: Page) -> None:
    follow(mother, "王小雨")
    press(mother, "孩子在校，需要资助")
    expect(mother.locator("main")).to_contain_text("您说：孩子在校，需要资助")
    assert len(session.scalars(select(Confirmation)).all()) == 1
    follow(mother, "我家的2个孩子")
    follow(mother, "王小川")
    expect(mother.locator("main")).not_to_contain_text("您说")
    expect(mother.locator("main")).to_contain_text("县里正在核对，您不用做任何事，也不用交证明")


def test_j5_money_that_did_not_come_asks_which_child(session: Session, mother: Page) -> None:
    a_payment(session)
    mother.reload()
    follow(mother, "钱没收到")
    expect(mother.get_by_role("heading", level=1)).to_have_text("哪个孩子的钱没收到？")
    follow(mother, "王小雨")
    follow(mother, "没收到")
    expect(mother.locator("main")).to_contain_text("2026年9月9日前答复您，2026年10月10日前查清补到")
    press(mother, "没收到")
    expect(mother.locator("main")).to_contain_text("县资助中心9月9日前答复您，10月10日前查清补到")
    expect(mother.locator("main")).to_contain_text("问 示例县教育局 0510-00000000")
    session.expire_all()
    assert session.scalars(select(Entitlement.owner_level)).all() == ["county"]


def test_j5_no_need_of_aid_asks_which_child(mother: Page) -> None:
    follow(mother, "不需要资助")
    expect(mother.get_by_role("heading", level=1)).to_have_text("哪个孩子不需要资助？")
    follow(mother, "王小川")
    expect(mother.get_by_role("heading", level=1)).to_have_text("王小川不需要资助？")


def test_the_visit_is_kept_as_reached_for_every_child(session: Session, client: FlaskClient) -> None:
    sister, brother = a_listed_child(session), a_brother(session)
    sign_in(client, a_slip(session, sister))
    assert set(session.scalars(select(ContactRecord.pupil_id))) == {sister.id, brother.id}


def test_a_brother_at_another_school_is_there_too(session: Session, client: FlaskClient) -> None:
    code = a_slip(session, a_listed_child(session))
    other = a_school(session, code="3299010002", name="示例县第一中学")
    a_pupil(session, other, "王大海", "329901201211110023")
    session.commit()
    sign_in(client, code)
    page = client.get("/child").text
    assert page.index("王大海") < page.index("王小雨")


@pytest.mark.parametrize(("guardian", "phone"), [("王丽", "19900000009"), ("李红", "19900000001"), ("", "19900000001")])
def test_another_guardian_or_another_number_is_another_family(
    session: Session, client: FlaskClient, guardian: str, phone: str
) -> None:
    code = a_slip(session, a_listed_child(session))
    a_pupil(session, name="赵远", id_number="329901201510010068", phone=phone, guardian=guardian)
    session.commit()
    sign_in(client, code)
    assert "赵远" not in client.get("/child").text


def test_whoever_stands_beside_a_whole_class_is_no_family(session: Session, client: FlaskClient) -> None:
    code = a_slip(session, a_listed_child(session))
    for number in range(7):
        a_pupil(session, name=f"同学{number}", id_number=None)
    session.commit()
    sign_in(client, code)
    assert "同学" not in client.get("/child").text


@pytest.mark.parametrize("path", ["/child/0", "/child/2", "/child/9/rights", "/child/which/nothing"])
def test_a_place_that_nobody_has_is_not_found(session: Session, client: FlaskClient, path: str) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    assert client.get(path).status_code == 404


def test_with_one_child_nobody_is_asked_which(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    assert client.get("/child/which/money").location == "/child/1/money"
    assert post(client, "/child/1/confirm", page="/child").location == "/child"
