"""What Kannel's answers and silences prove; each beside a server that gives them."""

import socket
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from portal.outreach.gateways.doors import Arrival, Push
from portal.outreach.gateways.kannel import Kannel, KannelDoor
from portal.outreach.gateways.protocol import Handed, Outgoing, Report
from portal.vocabulary import MessageState, Undelivered
from tests.builders import A_MONDAY
from tests.outreach.gateways.servers import (
    ACCEPTED,
    drips,
    hangs_up,
    hangs_up_in_the_middle,
    says,
    server,
    stays_silent,
)

DEADLINE = 1.5


def gateway(url: str) -> Kannel:
    return Kannel(url, "portal", "portal-pw", "http://127.0.0.1:9/reports/kannel/secret", deadline=DEADLINE)


def a_message(text: str = "【示例县教育局】王同学有学生资助待确认", phone: str = "19900000001") -> Outgoing:
    return Outgoing(UUID("b1a1f0de-0000-4000-8000-000000000001"), phone, text)


@pytest.mark.parametrize(
    ("status", "text", "handed"),
    [
        ("202 Accepted", "0: Accepted for delivery", Handed.ACCEPTED),
        ("202 Accepted", "3: Queued for later delivery", Handed.ACCEPTED),
        ("400 Bad Request", "Number(s) has/have been denied", Handed.REFUSED),
        ("403 Forbidden", "Authorization failed for sendsms", Handed.STOP),
        ("503 Service Unavailable", "Temporal failure, try again later.", Handed.RETRY),
        ("503 Service Unavailable", "<html>proxy</html>", Handed.UNKNOWN),
        ("500 Internal Server Error", "", Handed.UNKNOWN),
        ("202 Accepted", "whatever", Handed.UNKNOWN),
        ("302 Found", "", Handed.UNKNOWN),
    ],
)
def test_an_answer_proves_what_the_table_says(status: str, text: str, handed: Handed) -> None:
    with server(says(status, text)) as (url, heard):
        outcome = gateway(url).send(a_message())

    assert outcome.handed is handed
    assert len(heard) == 1


@pytest.mark.parametrize(
    "answer",
    [hangs_up, hangs_up_in_the_middle, stays_silent, drips(ACCEPTED), drips(b"HTTP/1.1 202 OK\r\n\r\n0: ")],
    ids=["lost answer", "cut answer", "silence", "dripping head", "dripping body"],
)
def test_without_a_whole_answer_the_result_is_unknown_within_the_deadline_and_nothing_is_tried_again(
    answer: Callable[[socket.socket], None],
) -> None:
    began = time.monotonic()
    with server(answer) as (url, heard):
        outcome = gateway(url).send(a_message())

    assert outcome.handed is Handed.UNKNOWN
    assert len(heard) == 1
    assert time.monotonic() - began < 10 * DEADLINE  # a dripping server would hold it for a minute


def test_a_refused_connection_proves_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert gateway(f"http://127.0.0.1:{port}/cgi-bin/sendsms").send(a_message()).handed is Handed.RETRY


def test_number_text_and_password_travel_outside_the_address() -> None:
    with server(says("202 Accepted", "0: Accepted for delivery")) as (url, heard):
        gateway(url).send(a_message())

    first_line = heard[0].split(b"\r\n")[0]
    assert first_line == b"POST /cgi-bin/sendsms HTTP/1.1"
    assert b"X-Kannel-To: 19900000001\r\n" in heard[0]
    assert b"X-Kannel-Coding: 2\r\n" in heard[0]


def test_surroundings_do_not_lead_it_to_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with server(says("202 Accepted", "0: Accepted for delivery")) as (url, _):
        assert gateway(url).send(a_message()).handed is Handed.ACCEPTED


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (a_message(phone="13800138000 13900139000"), "before:number"),
        (a_message(phone="051000000000"), "before:number"),
        (a_message(text=" "), "before:empty"),
        (a_message(text="好" * 135), "before:parts"),
        (a_message(text="𬱖" * 40), "before:surrogates"),
        (a_message(text="坏\ud800"), "before:lone"),
    ],
)
def test_what_kannel_would_silently_spoil_never_gets_there(message: Outgoing, code: str) -> None:
    outcome = gateway("http://127.0.0.1:9/").send(message)

    assert (outcome.handed, outcome.code) == (Handed.REFUSED, code)


def test_neither_password_nor_text_shows_when_printed() -> None:
    assert "portal-pw" not in repr(gateway("http://127.0.0.1:9/"))
    assert "secret" not in repr(gateway("http://127.0.0.1:9/"))
    assert "王同学" not in repr(a_message())


def pushed(fields: dict[str, str], method: str = "GET", body: bytes = b"", **headers: str) -> Arrival:
    push = Push(method, fields, {name.replace("_", "-"): value for name, value in headers.items()}, body, A_MONDAY)
    return KannelDoor().open(push)


def test_a_report_names_its_message_and_state() -> None:
    message_id = uuid4()
    report = Report(message_id, MessageState.FAILED, "16", Undelivered.UNSAID)

    assert pushed({"id": str(message_id), "type": "16"}).reports == (report,)


@pytest.mark.parametrize("fields", [{}, {"id": "x", "type": "1"}, {"id": str(uuid4()), "type": "3"}])
def test_an_unreadable_report_is_left_out(fields: dict[str, str]) -> None:
    assert pushed(fields) == Arrival()


@pytest.mark.parametrize(
    ("content_type", "charset"), [("text/plain; charset=UTF-8", "utf-8"), ("text/plain; charset=UTF-16BE", "utf-16-be")]
)
def test_an_incoming_text_is_read_in_its_own_letters(content_type: str, charset: str) -> None:
    arrival = pushed({}, "POST", "退订".encode(charset), x_kannel_from="+8619900000001", content_type=content_type)

    assert [(reply.sender, reply.text) for reply in arrival.replies] == [("19900000001", "退订")]
