"""The door where gateways report: only with its secret, only by its method, and no report can do harm."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access import tries
from portal.access.tries import Limit
from portal.models import Message
from portal.outreach import outbox
from portal.outreach.gateway import report_secret
from portal.outreach.reminders import plan
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import a_matched_pupil, messages, started_now

ME = "here:1:a"


@pytest.fixture
def sent(session: Session) -> Message:
    a_matched_pupil(session)
    plan(session, A_MONDAY, "kannel")
    (message_id,) = outbox.claim(session, ME, A_MONDAY)
    started_now(session, [message_id], ME, "kannel", A_MONDAY)
    session.commit()
    return messages(session)[0]


def door(message_id: object, secret: str | None = None, report: str = "1") -> str:
    return f"/reports/kannel/{secret or report_secret('kannel')}?id={message_id}&type={report}"


def test_a_report_with_the_secret_settles_its_message(client: FlaskClient, session: Session, sent: Message) -> None:
    assert client.get(door(sent.id)).status_code == 200
    assert messages(session)[0].state is MessageState.DELIVERED


@pytest.mark.parametrize("secret", ["x", "0" * 32, "%E4%B8%AD"])
def test_a_forged_report_finds_no_door(client: FlaskClient, session: Session, sent: Message, secret: str) -> None:
    assert client.get(door(sent.id, secret)).status_code == 404
    assert messages(session)[0].state is MessageState.SENDING


def test_a_gateway_that_is_not_there_has_no_door(client: FlaskClient, session: Session) -> None:
    assert client.get(f"/reports/sandbox/{report_secret('sandbox')}").status_code == 404


def test_a_report_by_post_settles_its_message_as_the_contract_says(
    client: FlaskClient, session: Session, sent: Message
) -> None:
    address = f"/reports/kannel/{report_secret('kannel')}"
    assert client.post(address, data={"id": str(sent.id), "type": "1"}).status_code == 200
    assert messages(session)[0].state is MessageState.DELIVERED


def test_another_method_than_the_gateways_is_refused(client: FlaskClient, session: Session, sent: Message) -> None:
    assert client.put(door(sent.id)).status_code == 405
    assert messages(session)[0].state is MessageState.SENDING


@pytest.mark.parametrize("message_id", ["3f0c2c1e-7d55-4d0c-9a53-0b6f5e0a9b11", "", "1 OR 1=1", "x" * 2000])
def test_a_report_of_no_message_is_answered_like_any_other(
    client: FlaskClient, session: Session, message_id: str
) -> None:
    assert client.get(door(message_id)).status_code == 200


def test_ten_megabytes_are_not_read(client: FlaskClient, session: Session, sent: Message) -> None:
    assert client.get(door(sent.id), data=b"x" * 10_000_000).status_code == 413
    assert messages(session)[0].state is MessageState.SENDING


def test_who_keeps_on_guessing_has_to_wait(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tries.LIMITS, "delivery report", Limit(2, tries.LIMITS["delivery report"].within))

    assert [client.get(door(uuid4(), "0" * 32)).status_code for _ in range(4)] == [404, 404, 429, 429]
