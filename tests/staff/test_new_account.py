"""新建账号 on the page of whoever keeps the accounts: a random password, shown once."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.access.accounts import make_account
from portal.models import AuditEntry, StaffMember
from portal.vocabulary import Role
from tests.builders import A_MONDAY
from tests.conftest import Stranger
from tests.outreach.cases import in_context, is_waiting_for_a_lock
from tests.outreach.kannel import wait_for
from tests.staff.county import StaffCounty, sign_in, token_on

LI = {"name": "李老师", "account": "li.s", "unit": "3299010001", "role": "teacher"}


def make(client: FlaskClient, **changed: str) -> TestResponse:
    sign_in(client, "keeper")
    data = {"csrf_token": token_on(client, "/staff/password"), **LI, **changed}
    return client.post("/staff/people/new", data=data)


def test_the_new_colleague_signs_in_with_the_password_that_was_shown(app: Flask, county: StaffCounty) -> None:
    keeper, other = Stranger(app, app.response_class), Stranger(app, app.response_class)
    password = make(keeper).text.partition('revealed">')[2].partition("<")[0]
    data = {"account": "li.s", "password": password, "csrf_token": token_on(other, "/staff/sign-in")}
    assert other.post("/staff/sign-in", data=data).headers["Location"] == "/staff/my-pupils"


def test_who_made_the_account_is_in_the_trail(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    make(client)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account_made")).one()
    assert (entry.actor, entry.detail) == ("staff:keeper", {"account": "li.s", "role": "teacher"})


def test_a_unit_of_the_next_county_is_not_there(client: FlaskClient, session: Session, county: StaffCounty) -> None:
    answer = make(client, unit="4199010001")
    assert answer.status_code == 422 and "本单位和下属单位里没有这个代码" in answer.text
    assert session.scalars(select(StaffMember).where(StaffMember.account == "li.s")).all() == []


def test_what_was_typed_stays_when_it_does_not_do(client: FlaskClient, county: StaffCounty) -> None:
    for changed, said in (
        ({"account": "sch1"}, "已经有人用了"),
        ({"account": "Li"}, "账号用小写字母开头"),
        ({"account": "li s"}, "账号用小写字母开头"),
        ({"role": Role.COUNTY_OFFICER.value}, "不能设在学校级单位"),
    ):
        answer = make(client, **changed)
        assert answer.status_code == 422 and said in answer.text
        assert 'value="李老师"' in answer.text


def test_a_name_of_blanks_is_none_and_blanks_around_one_are_not_kept(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    assert "请写姓名" in make(client, name="  ").text
    make(client, name=" 李老师 ")
    assert session.scalars(select(StaffMember.display_name).where(StaffMember.account == "li.s")).one() == "李老师"


def test_of_two_who_make_the_same_account_at_once_the_second_is_told(
    client: FlaskClient, session: Session, county: StaffCounty
) -> None:
    make_account(session, "li.s", "李老师", Role.TEACHER, county.units["school"], "a password", A_MONDAY)
    with ThreadPoolExecutor() as pool:
        second = pool.submit(make, client)
        wait_for(in_context(is_waiting_for_a_lock))
        session.commit()

    assert second.result().status_code == 422 and "已经有人用了" in second.result().text


def test_who_has_no_desk_is_led_from_its_front_door_to_the_own_first_page(
    client: FlaskClient, county: StaffCounty
) -> None:
    sign_in(client, "mz")
    assert client.get("/staff/").headers["Location"] == "/staff/questions"
