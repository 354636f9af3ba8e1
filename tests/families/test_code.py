"""登录码: only to the number on the roster, and every asker learns as much as the next: nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.models import AuditEntry, CodeRequest, Message, Pupil
from portal.outreach.sign_in_codes import say_code
from portal.outreach.words import lint
from tests.builders import A_MONDAY, a_pupil
from tests.families.codes import code_in, look
from tests.families.forms import TOKEN, post
from tests.families.people import a_brother, a_listed_child
from tests.families.test_grown_up import HER_NUMBER, a_student
from tests.statements import statements

HER = ("王小雨", "329901201603050015")
NOBODY = ("王小雨", "329901201809170039")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(A_MONDAY, tick=True) as clock:
        yield clock


def ask(client: FlaskClient, name: str, number: str) -> TestResponse:
    return post(client, "/sign-in/code", page="/sign-in/code", name=name, number=number)


def enter(client: FlaskClient, code: str) -> TestResponse:
    return post(client, "/sign-in/code/enter", page="/sign-in/code/enter", code=code)


def test_the_code_goes_to_the_number_on_the_roster_and_opens_all_children_once(
    session: Session, client: FlaskClient
) -> None:
    a_listed_child(session)
    a_brother(session)
    assert ask(client, *HER).location == "/sign-in/code/enter"
    (message,) = look(session)
    assert message.to == "19900000001"
    assert enter(client, code_in(message)).location == "/child"
    assert "王小川" in client.get("/child").text
    post(client, "/sign-out", page="/child")
    assert enter(client, code_in(message)).status_code == 200


def test_listed_unlisted_and_unknown_get_the_same_words_for_the_same_statements(
    session: Session, client: FlaskClient
) -> None:
    a_listed_child(session)
    a_pupil(session, name="周晓", id_number="32990120130206005X", guardian="周建", phone="19900000007")
    session.commit()
    answers, work = set(), []
    for name, number in (HER, ("周晓", "32990120130206005X"), NOBODY):
        with statements() as sent:
            asked = ask(client, name, number)
            page = client.get("/sign-in/code/enter").text
        answers.add((asked.status_code, asked.location, TOKEN.sub("", page)))
        work.append(sent)
    assert len(answers) == 1
    assert work[0] == work[1] == work[2]
    assert [message.to for message in look(session)] == ["19900000001", "19900000007"]


def test_a_wrong_code_costs_the_same_whether_one_was_sent_or_not(session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    work, bodies = [], set()
    for name, number in (HER, NOBODY):
        ask(client, name, number)
        look(session)
        with statements() as sent:
            answer = enter(client, "000000")
        bodies.add(TOKEN.sub("", answer.text))
        work.append(sent)
    assert work[0] == work[1]
    assert len(bodies) == 1


def test_a_code_is_bound_to_the_browser_that_asked(app: Flask, session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    ask(client, *HER)
    (message,) = look(session)
    assert enter(app.test_client(), code_in(message)).status_code == 200
    assert enter(client, code_in(message)).location == "/child"


def test_after_five_wrong_tries_the_right_code_is_void(session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    ask(client, *HER)
    (message,) = look(session)
    wrong = "111111" if code_in(message) != "111111" else "222222"
    for _ in range(5):
        assert "登录码不对" in enter(client, wrong).text
    assert enter(client, code_in(message)).status_code == 429


def test_after_five_minutes_it_is_too_late(
    session: Session, client: FlaskClient, clock: time_machine.Traveller
) -> None:
    a_listed_child(session)
    ask(client, *HER)
    (message,) = look(session)
    clock.shift(timedelta(minutes=5))
    assert "登录码不对" in enter(client, code_in(message)).text


@pytest.mark.parametrize("phone", ["19900000001", "0510-1234567", None])
def test_a_number_of_many_families_a_landline_and_none_get_no_code(
    session: Session, client: FlaskClient, phone: str | None
) -> None:
    a_pupil(session, phone=phone)
    for number in range(8):
        a_pupil(session, name=f"同学{number}", id_number=None, guardian=f"家长{number}", phone="19900000001")
    ask(client, *HER)
    assert look(session) == []


def test_from_eighteen_the_code_goes_to_the_student_and_never_to_the_aunt(
    session: Session, client: FlaskClient
) -> None:
    student = a_student(session)
    ask(client, "李𬱖", HER_NUMBER)
    assert [message.to for message in look(session)] == ["19900000004"]
    student.guardians[0].phone = None
    with time_machine.travel(A_MONDAY + timedelta(hours=2), tick=True):
        ask(client, "李𬱖", HER_NUMBER)
        assert look(session) == []


def test_below_fourteen_it_never_goes_to_the_childs_own_number(session: Session, client: FlaskClient) -> None:
    child = a_pupil(session)
    child.guardians[0].relation = "本人"
    ask(client, *HER)
    assert look(session) == []


def test_a_second_request_within_the_minute_waits(session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    assert [ask(client, *HER).status_code for _ in range(2)] == [302, 429]
    assert [ask(client, *NOBODY).status_code for _ in range(2)] == [302, 429]


def test_whoever_asks_too_soon_may_still_write_down_the_first_code(session: Session, client: FlaskClient) -> None:
    a_listed_child(session)
    ask(client, *HER)
    (message,) = look(session)
    again = ask(client, *HER)
    assert "前一个5分钟内还能用" in again.text
    assert 1 <= int(again.headers["Retry-After"]) <= 60
    assert 'action="/sign-in/code/enter"' in again.text
    assert enter(client, code_in(message)).location == "/child"


@pytest.mark.parametrize("between", ["five wrong tries", "another child's", "an hour of them"])
def test_nobody_is_told_of_a_code_that_is_no_longer_good(
    session: Session, client: FlaskClient, clock: time_machine.Traveller, between: str
) -> None:
    a_listed_child(session)
    ask(client, *HER)
    if between == "five wrong tries":
        for _ in range(5):
            enter(client, "000000")
    elif between == "another child's":
        ask(client, *NOBODY)
    else:
        for _ in range(4):
            clock.shift(timedelta(minutes=2))
            ask(client, *HER)
        clock.shift(timedelta(minutes=2))
    again = ask(client, *HER)
    assert again.status_code == 429
    assert "还能用" not in again.text


def test_a_name_that_does_not_agree_gets_nothing_and_nothing_of_it_is_kept(
    session: Session, client: FlaskClient
) -> None:
    a_listed_child(session)
    ask(client, "王大雨", HER[1])
    assert look(session) == []
    request = session.scalars(select(CodeRequest)).one()
    assert (request.name_sealed, request.id_number_sealed, request.code_digest) == (None, None, None)


def test_the_code_is_in_no_row_and_no_trail(session: Session, client: FlaskClient) -> None:
    child: Pupil = a_listed_child(session)
    ask(client, *HER)
    (message,) = look(session)
    assert session.scalars(select(Message)).all() == []
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("code%")).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.pupil_id) for entry in entries] == [("code_asked", None), ("code_sent", child.id)]
    assert code_in(message) not in str([entry.detail for entry in entries])


@pytest.mark.parametrize(("name", "number", "said"), [
    ("", HER[1], "请写孩子的姓名"),
    ("王小雨", "", "请写孩子的身份证件号"),
    ("王小雨", "329901201603050014", "号码写得不对"),
])  # fmt: skip
def test_what_cannot_be_a_name_or_number_is_said_beside_its_field(
    client: FlaskClient, name: str, number: str, said: str
) -> None:
    assert said in ask(client, name, number).text


def test_the_message_says_nothing_but_the_code() -> None:
    text = say_code("381942", "示例县教育局")
    assert lint(text.replace("381942", "")) == []
    assert not any(word in text for word in ("同学", "资助", "孩子"))
