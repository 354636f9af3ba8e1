"""What staff do: sign in and out, see a number, give a reason, record a contact, take a list away, keep accounts."""

import io
import zipfile
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, Confirmation, ContactRecord, Entitlement, Pupil, SignIn, StaffMember
from portal.vocabulary import EntitlementState, Role
from tests.conftest import Stranger
from tests.staff.county import StaffCounty, sign_in, token_on


def a_browser(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


def post(client: FlaskClient, path: str, **data: object):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": token_on(client, "/staff/password"), **data})


def entries(session: Session, action: str) -> list[AuditEntry]:
    session.commit()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_wrong_account_and_wrong_password_get_the_same_answer(client: FlaskClient, county: StaffCounty) -> None:
    answers = []
    for account in ("sch1", "nobody-here"):
        data = {"account": account, "password": "wrong", "csrf_token": token_on(client, "/staff/sign-in")}
        answers.append(client.post("/staff/sign-in", data=data).text.replace(account, ""))
    assert "账号或密码不对" in answers[0]
    assert len(answers[0]) == len(answers[1])


def test_the_sixth_try_waits(client: FlaskClient, county: StaffCounty) -> None:
    data = {"account": "sch1", "password": "wrong", "csrf_token": token_on(client, "/staff/sign-in")}
    statuses = [client.post("/staff/sign-in", data=data).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_signing_out_ends_the_sign_in_on_the_server(app: Flask, client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    cookie = client.get_cookie("sid")
    post(client, "/staff/sign-out")
    thief = a_browser(app)
    thief.set_cookie("sid", cookie.value if cookie else "")
    assert thief.get("/staff/").headers["Location"] == "/staff/sign-in"


def test_a_new_password_ends_every_sign_in_and_opens_the_next(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    new = "three-quiet-otters"
    post(client, "/staff/password", old="correct-horse-battery", new=new, again=new)
    assert client.get("/staff/").status_code == 302
    data = {"account": "sch1", "password": new, "csrf_token": token_on(client, "/staff/sign-in")}
    assert client.post("/staff/sign-in", data=data).headers["Location"] == "/staff/"


def test_a_teacher_can_still_leave(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "t4")
    assert post(client, "/staff/sign-out").headers["Location"] == "/staff/sign-in"


def test_opening_a_pupil_is_in_the_trail(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    page = client.get(f"/staff/pupils/{county.ours.pupil.id}").text
    assert "王小雨" in page
    assert "329*************15" in page
    assert [(entry.actor, entry.pupil_id) for entry in entries(session, "read")] == [
        ("staff:sch1", county.ours.pupil.id)
    ]


def test_who_may_not_reveal_sees_the_name_masked(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "insp")
    page = client.get(f"/staff/pupils/{county.ours.pupil.id}").text
    assert "王*雨" in page
    assert "王小雨" not in page


def test_a_number_is_shown_for_a_purpose_and_noted(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    path = f"/staff/pupils/{county.ours.pupil.id}/reveal"
    assert "19900000001" not in post(client, path, what="phone-1").text
    assert "19900000001" in post(client, path, what="phone-1", purpose="contact").text
    assert [entry.detail for entry in entries(session, "revealed")] == [{"what": "phone-1", "purpose": "contact"}]


def test_the_fifty_first_reveal_of_an_hour_waits(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    path, token = f"/staff/pupils/{county.ours.pupil.id}/reveal", token_on(client, "/staff/password")
    data = {"what": "slip", "purpose": "visit", "csrf_token": token}
    statuses = [client.post(path, data=data).status_code for _ in range(51)]
    assert statuses == [200] * 50 + [429]


def reason(client: FlaskClient, row: Entitlement, **data: object):  # type: ignore[no-untyped-def]
    fields = {f"{row.id}-{name}": value for name, value in data.items()}
    return post(client, f"/staff/entitlements/{row.id}/reason", **fields)


def test_a_reason_from_the_list_is_kept(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    assert reason(client, county.ours.row, code="R14", words="名额已满").status_code == 302
    session.refresh(county.ours.row)
    assert (county.ours.row.reason, county.ours.row.closed_on) == ("R14", None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "R16"}, "请填写预计办完的日期"),
        ({"code": "R99"}, "请用一句话说明情况"),
        ({"code": "R99", "words": "材料不全"}, "不能作为未资助原因"),
        ({"code": "R08"}, "不是有效的选择"),
        ({}, "请从列表里选一个原因"),
    ],
)
def test_a_reason_that_cannot_be_is_refused_beside_the_field(
    client: FlaskClient, county: StaffCounty, given: dict[str, str], sentence: str
) -> None:
    sign_in(client, "sch1")
    answer = reason(client, county.ours.row, **given)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_what_the_family_said_by_phone_counts(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    path = f"/staff/pupils/{county.ours.pupil.id}/contacts"
    post(client, path, channel="phone", reached="yes", answer="yes", words="奶奶接的，说打 19900000002 也行")
    session.commit()
    contact = session.scalars(select(ContactRecord)).one()
    assert contact.outcome == "口头回答：在校，需要资助（电话口头同意）；奶奶接的，说打 [手机号] 也行"
    assert session.scalars(select(Confirmation.by)).one() == "staff:sch1"
    assert session.get_one(Entitlement, county.ours.row.id).state is EntitlementState.REACHED


def test_nobody_answers_who_was_not_reached(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    path = f"/staff/pupils/{county.ours.pupil.id}/contacts"
    answer = post(client, path, channel="phone", reached="no", answer="yes")
    assert "没有联系上，就没有家长的回答" in answer.text
    assert session.scalars(select(ContactRecord)).all() == []


def test_a_file_about_a_pupil_is_refused_and_noted(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    path = f"/staff/pupils/{county.ours.pupil.id}/contacts"
    answer = post(client, path, proof=(io.BytesIO(b"x"), "低保证.jpg"))
    assert answer.status_code == 422
    assert "不用交证明" in answer.text
    assert [entry.pupil_id for entry in entries(session, "proof_refused")] == [county.ours.pupil.id]


def test_what_a_family_said_waits_until_somebody_looked(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    assert "1 家说：姓名、年级、班级等信息不对" in client.get("/staff/").text
    post(client, f"/staff/corrections/{county.ours.correction.id}/settle")
    assert "1 家说：姓名、年级、班级等信息不对" not in client.get("/staff/").text


def test_an_export_has_masked_names_a_purpose_and_an_entry(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    sign_in(client, "sch1")
    answer = post(client, "/staff/matched/export", purpose="check", form="csv")
    assert unquote(answer.headers["Content-Disposition"]).endswith("比对名单-2026-autumn.csv")
    assert "王*雨" in answer.text
    assert "王小雨" not in answer.text
    assert [entry.detail["purpose"] for entry in entries(session, "exported")] == ["check"]
    assert post(client, "/staff/matched/export", form="csv").status_code == 422


def test_no_cell_of_an_export_is_a_formula(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    pupil = session.get_one(Pupil, county.ours.pupil.id)
    pupil.name = "=1+1"
    session.commit()
    sign_in(client, "sch1")
    lines = post(client, "/staff/matched/export", purpose="check", form="csv").text.splitlines()
    assert any(",'=**1," in line for line in lines)
    book = zipfile.ZipFile(io.BytesIO(post(client, "/staff/matched/export", purpose="check", form="xlsx").data))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_fourth_export_of_a_day_waits(client: FlaskClient, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    statuses = [post(client, "/staff/matched/export", purpose="check", form="csv").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_a_changed_role_is_felt_with_the_next_click(app: Flask, session: Session, county: StaffCounty) -> None:
    officer, keeper = a_browser(app), a_browser(app)
    sign_in(officer, "sch1")
    sign_in(keeper, "keeper")
    member = session.scalars(select(StaffMember).where(StaffMember.account == "sch1")).one()
    post(keeper, f"/staff/people/{member.id}/role", role=Role.TEACHER.value)
    assert officer.get("/staff/").headers["Location"] == "/staff/sign-in"
    session.refresh(member)
    assert member.role is Role.TEACHER


def test_a_closed_account_opens_nothing(app: Flask, session: Session, county: StaffCounty) -> None:
    keeper, other = a_browser(app), a_browser(app)
    sign_in(keeper, "keeper")
    post(keeper, f"/staff/people/{county.ours.member.id}/close")
    sign_in(other, county.ours.member.account)
    assert other.get("/staff/").headers["Location"] == "/staff/sign-in"
    assert session.scalars(select(SignIn).where(SignIn.staff_id == county.ours.member.id)).all() == []
    assert [entry.actor for entry in entries(session, "account_closed")] == ["staff:keeper"]


def test_a_reset_password_is_shown_once_and_opens(app: Flask, session: Session, county: StaffCounty) -> None:
    keeper, other = a_browser(app), a_browser(app)
    sign_in(keeper, "keeper")
    page = post(keeper, f"/staff/people/{county.ours.member.id}/password").text
    password = page.partition('revealed">')[2].partition("<")[0]
    account, token = county.ours.member.account, token_on(other, "/staff/sign-in")
    other.post("/staff/sign-in", data={"account": account, "password": password, "csrf_token": token})
    assert other.get("/staff/").status_code == 200
    assert [entry.actor for entry in entries(session, "password_reset")] == ["staff:keeper"]


def test_a_keeper_does_not_touch_the_own_account(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "keeper")
    own = session.scalars(select(StaffMember).where(StaffMember.account == "keeper")).one()
    assert post(client, f"/staff/people/{own.id}/close").status_code == 403


def test_every_pupil_of_a_class_gets_a_slip_alike(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    sign_in(client, "sch1")
    page = post(client, "/staff/slips", in_class="四年级|(2)班").text
    assert page.count('<article class="slip">') == 1
    assert "王小雨同学家长收" in page
    assert "低保" not in page
    assert [entry.detail for entry in entries(session, "slips_printed")] == [{"slips": 1}]


def test_a_transfer_sent_back_without_a_word_loses_nothing_of_the_form(
    client: FlaskClient, county: StaffCounty
) -> None:
    path = f"/staff/moves/{county.ours.move.id}/end"
    sign_in(client, "cnty")
    answer = post(client, path, because="不在我们这里")
    assert (answer.status_code, "请选怎么办结" in answer.text, "不在我们这里" in answer.text) == (422, True, True)
    answer = post(client, path, how="sent_back", because=" ")
    assert (answer.status_code, "请写一句话：为什么不是本校的学生" in answer.text) == (422, True)
