"""这条短信是真的吗 (G5): what is answered to whom, and what is not."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, Message, TryCount
from portal.outreach.genuine import same_number
from tests.builders import A_MONDAY, a_school
from tests.families.forms import post
from tests.families.people import a_listed_child, a_message

pytestmark = pytest.mark.usefixtures("monday")

OURS, NOT_OURS = "对得上，我们发过", "没有对上"


@pytest.fixture
def sent(session: Session) -> Message:
    a_message(session, a_listed_child(session))
    session.expire_all()
    return session.scalars(select(Message)).one()


def ask(
    client: FlaskClient, day: str = "2026-09-07", school: str = "实验小学", number: str = "10690000", **more: str
) -> str:
    return post(client, "/message", page="/message", day=day, school=school, number=number, **more).text


def test_a_message_of_ours_is_known_with_its_wording_and_version(client: FlaskClient, sent: Message) -> None:
    page = ask(client)
    assert OURS in page
    assert "【示例县教育局】×同学(×年级)可享某项资助××元/学期,不用交证明、不交钱" in page
    assert f"第{sent.template_version}版说法" in page


def test_the_answer_tells_nothing_of_who_got_it(client: FlaskClient, sent: Message) -> None:
    page = ask(client)
    personal = ("王", "四年级", "500", "李老师", sent.phone or "?", "低保")
    assert [word for word in personal if word in page] == []


@pytest.mark.parametrize(
    "wrong", [{"day": "2026-09-06"}, {"school": "第一中学"}, {"number": "10680000"}], ids=["day", "school", "number"]
)
def test_any_one_thing_wrong_gets_the_same_answer(
    session: Session, client: FlaskClient, sent: Message, wrong: dict[str, str]
) -> None:
    a_school(session, code="3299010002", name="示例县第一中学")
    session.commit()
    page = ask(client, **wrong)
    assert NOT_OURS in page
    assert "【示例县教育局】" not in page


def test_what_was_planned_and_not_sent_is_not_ours(session: Session, client: FlaskClient, sent: Message) -> None:
    sent.sent_at = None
    session.commit()
    assert NOT_OURS in ask(client)


def test_a_wording_no_longer_kept_is_told_by_its_version_alone(
    session: Session, client: FlaskClient, sent: Message
) -> None:
    sent.template_version = 99
    session.commit()
    assert "第99版说法，请打学校电话核对内容" in ask(client)


def test_schools_of_one_name_are_offered_to_choose_from(session: Session, client: FlaskClient, sent: Message) -> None:
    a_school(session, code="3299010003", name="示例县第二实验小学")
    session.commit()
    page = ask(client)
    assert "示例县第二实验小学" in page
    assert OURS not in page
    assert OURS in ask(client, picked="3299010001")
    assert NOT_OURS in ask(client, picked="3299010003")


def test_an_unknown_school_is_told_beside_the_field(client: FlaskClient, sent: Message) -> None:
    assert "请照学校大门上的牌子写" in ask(client, school="%")


def test_nothing_of_the_question_is_kept(session: Session, client: FlaskClient, sent: Message) -> None:
    before = session.scalars(select(AuditEntry.id)).all()
    ask(client)
    session.expire_all()
    assert session.scalars(select(AuditEntry.id)).all() == before
    assert session.scalars(select(TryCount.count)).all() == [1]


def test_asking_on_and_on_waits(client: FlaskClient, sent: Message) -> None:
    for _ in range(60):
        ask(client)
    assert "试的次数太多了" in ask(client)
    with time_machine.travel(A_MONDAY + timedelta(minutes=2)):
        assert OURS in ask(client)


@pytest.mark.parametrize("typed", ["10690000", "1069 0000 23", "+86 10690000", "１０６９００００"])
def test_the_number_may_be_typed_as_phones_show_it(typed: str) -> None:
    assert same_number(typed, "10690000")


@pytest.mark.parametrize("typed", ["", "1069", "95555", "13810690000", "²1069"])
def test_another_number_is_not_ours(typed: str) -> None:
    assert not same_number(typed, "10690000")
