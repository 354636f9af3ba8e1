import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, ContactRecord
from tests.builders import A_MONDAY
from tests.families.forms import TOKEN, post, sign_in
from tests.families.people import a_listed_child, a_slip

pytestmark = pytest.mark.usefixtures("monday")


def test_the_right_code_and_date_open_the_childs_page(session: Session, client: FlaskClient) -> None:
    answer = sign_in(client, a_slip(session, a_listed_child(session)))
    assert (answer.status_code, answer.location) == (302, "/child")
    assert session.scalars(select(ContactRecord.reached)).all() == [True]


def test_code_and_date_are_never_in_an_address(session: Session, client: FlaskClient) -> None:
    code = a_slip(session, a_listed_child(session))
    assert sign_in(client, code).location == "/child"
    assert client.get(f"/sign-in?code={code}&birth_date=20160305").status_code == 302


def test_an_unknown_code_and_a_wrong_date_get_the_same_bytes(session: Session, client: FlaskClient) -> None:
    code = a_slip(session, a_listed_child(session))
    wrong_code = sign_in(client, "1" * 10)
    wrong_date = sign_in(client, code, "20160306")
    bodies = {
        TOKEN.sub("", answer.text).replace(code, "?").replace("1" * 10, "?") for answer in (wrong_code, wrong_date)
    }
    assert {wrong_code.status_code, wrong_date.status_code} == {200}
    assert len({body.replace("20160306", "20160305") for body in bodies}) == 1


def test_what_cannot_be_a_code_or_a_date_is_said_beside_its_field_and_is_no_try(client: FlaskClient) -> None:
    for _ in range(7):
        answer = sign_in(client, "123", "yesterday")
    assert answer.status_code == 200
    assert "号码是10个数字，现在是3个" in answer.text
    assert "请写孩子的出生日期" in answer.text


def test_the_sixth_try_is_refused_with_the_time_even_with_the_right_date(session: Session, client: FlaskClient) -> None:
    code = a_slip(session, a_listed_child(session))
    for _ in range(5):
        sign_in(client, code, "20160306")
    answer = sign_in(client, code)
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600


def test_signing_out_ends_the_visit_on_the_server(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    cookie = client.get_cookie("sid")
    assert cookie
    post(client, "/sign-out", page="/child")
    client.set_cookie("sid", cookie.value)
    assert client.get("/child").location == "/sign-in"
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in actions if action.startswith("signed")] == ["signed_in", "signed_out"]


def test_after_twenty_idle_minutes_the_slip_is_asked_for_again(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    with time_machine.travel(A_MONDAY.replace(minute=21)):
        assert client.get("/child").location == "/sign-in"
        assert "已经自动退出，请再登录一次" in client.get("/sign-in").text
        assert "已经自动退出" not in client.get("/sign-in").text


def test_whoever_taps_before_that_has_another_twenty_minutes(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_slip(session, a_listed_child(session)))
    for minute in (19, 38):
        with time_machine.travel(A_MONDAY.replace(minute=minute)):
            assert client.get("/child/stay").status_code == 204
