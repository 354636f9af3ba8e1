"""Reports of Alibaba and Tencent at their doors: early, late, double, forged, unknown, ten megabytes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.models import DeliveryReport, Message
from portal.outreach import delivery, outbox
from portal.outreach.gateway import report_secret
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.reminders import plan
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import a_matched_pupil, messages, started_now

ME, PHONE = "here:1:a", "19900000001"
DAY = timedelta(days=1)
TAKEN = Outcome(Handed.ACCEPTED, "Ok", "收下", vendor_id="serial-1")
WORDS = {"aliyun": {"code": 0, "msg": "接收成功"}, "tencent": {"result": 0, "errmsg": "OK"}}


@pytest.fixture(params=WORDS)
def gateway(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sent(session: Session, gateway: str) -> Message:
    """Handed over, its answer not kept yet."""
    a_matched_pupil(session, phone=PHONE)
    plan(session, A_MONDAY, gateway)
    claimed = outbox.claim(session, ME, A_MONDAY)
    started_now(session, claimed, ME, gateway, A_MONDAY)
    session.commit()
    return messages(session)[0]


def settled(session: Session, message: Message, gateway: str) -> None:
    outbox.settle(session, {message.id: TAKEN}, ME, gateway, A_MONDAY)
    session.commit()


def a_report(gateway: str, message: Message, **changed: str) -> dict[str, Any]:
    if gateway == "aliyun":
        usual = {
            "phone_number": PHONE, "send_time": "2026-09-07 10:00:05", "success": "true", "err_code": "DELIVERED",
            "out_id": str(message.id),
        }  # fmt: skip
        return usual | {{"phone": "phone_number", "at": "send_time", "id": "out_id"}[k]: v for k, v in changed.items()}
    usual = {
        "mobile": PHONE, "user_receive_time": "2026-09-07 10:00:05", "report_status": "SUCCESS", "errmsg": "DELIVRD",
        "sid": "serial-1",
    }  # fmt: skip
    return usual | {{"phone": "mobile", "at": "user_receive_time", "id": "sid"}[k]: v for k, v in changed.items()}


def push(client: FlaskClient, gateway: str, *reports: dict[str, Any], secret: str = "") -> TestResponse:
    address = f"/reports/{gateway}/{secret or report_secret(gateway)}"
    return client.post(address, data=json.dumps(reports), content_type="application/json")


def test_a_report_settles_its_message_and_the_supplier_hears_its_word(
    client: FlaskClient, session: Session, sent: Message, gateway: str
) -> None:
    settled(session, sent, gateway)

    assert push(client, gateway, a_report(gateway, sent)).get_json() == WORDS[gateway]
    assert messages(session)[0].state is MessageState.DELIVERED


def test_one_before_our_own_answer_is_kept_counts(
    client: FlaskClient, session: Session, sent: Message, gateway: str
) -> None:
    push(client, gateway, a_report(gateway, sent))
    settled(session, sent, gateway)

    assert messages(session)[0].state is MessageState.DELIVERED


def test_one_that_comes_after_it_was_given_up_counts(
    client: FlaskClient, session: Session, sent: Message, gateway: str
) -> None:
    settled(session, sent, gateway)
    assert delivery.time_out(session, A_MONDAY + 4 * DAY) == 1
    session.commit()
    push(client, gateway, a_report(gateway, sent))

    assert messages(session)[0].state is MessageState.DELIVERED


def test_brought_five_times_it_is_one_report(
    client: FlaskClient, session: Session, sent: Message, gateway: str
) -> None:
    settled(session, sent, gateway)
    answers = {push(client, gateway, a_report(gateway, sent)).status_code for _ in range(5)}

    assert answers == {200}
    assert session.scalars(select(DeliveryReport.times)).all() == [5]


@pytest.mark.parametrize("changed", [{"phone": "19900000002"}, {"at": "2026-09-06 10:00:00"}])
def test_one_for_another_number_or_from_before_is_answered_and_moves_nothing(
    client: FlaskClient, session: Session, sent: Message, gateway: str, changed: dict[str, str]
) -> None:
    settled(session, sent, gateway)

    assert push(client, gateway, a_report(gateway, sent, **changed)).status_code == 200
    assert messages(session)[0].state is MessageState.ACCEPTED


def test_one_of_no_message_of_ours_is_answered_and_moves_nothing(
    client: FlaskClient, session: Session, sent: Message, gateway: str
) -> None:
    settled(session, sent, gateway)
    stranger = a_report(gateway, sent, id="3f0c2c1e-7d55-4d0c-9a53-0b6f5e0a9b11")

    assert push(client, gateway, stranger).get_json() == WORDS[gateway]
    assert messages(session)[0].state is MessageState.ACCEPTED


def test_a_forged_one_finds_no_door(client: FlaskClient, session: Session, sent: Message, gateway: str) -> None:
    settled(session, sent, gateway)

    assert push(client, gateway, a_report(gateway, sent), secret="0" * 32).status_code == 404
    assert messages(session)[0].state is MessageState.ACCEPTED


@pytest.mark.parametrize("body", [b"x" * 10_000_000, b"[" * 100_000, b"\xff\xfe", b"null", b'[1, "a", {}]'])
def test_ten_megabytes_and_what_is_no_report_do_no_harm(client: FlaskClient, session: Session, body: bytes) -> None:
    answer = client.post(f"/reports/aliyun/{report_secret('aliyun')}", data=body)

    assert answer.status_code == (413 if len(body) > 1_000_000 else 200)
    assert session.scalars(select(DeliveryReport)).all() == []


def test_aliyuns_console_finds_somebody_there(client: FlaskClient, session: Session) -> None:
    assert client.get(f"/reports/aliyun/{report_secret('aliyun')}").get_json() == {"code": 0, "msg": "成功"}
