"""Reminders through Kannel by four dispatchers, two of them killed with one in hand; every report finds its message."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.outreach import outbox, reminders
from portal.outreach.dispatch import AHEAD, THREADS
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.conftest import Databases
from tests.outreach.cases import matched_pupils, messages, sessions, states
from tests.outreach.kannel import PASSWORD, USERNAME, Running, free_ports, kannel, wait_for
from tests.outreach.processes import dispatching, serving

log = logging.getLogger(__name__)

HOW_MANY = 140  # more than four claims of 32
UNDER_WAY = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


@pytest.fixture
def running() -> Iterator[Running]:
    with kannel() as running:
        yield running


@pytest.fixture
def environment(app: Flask, databases: Databases, database: str, running: Running) -> dict[str, str]:
    return environment_of(databases, database, running, free_ports(1)[0])


def environment_of(databases: Databases, database: str, running: Running, port: int) -> dict[str, str]:
    """What the portal's processes are told: this test's database, Kannel, and where reports come in."""
    return {
        **os.environ,
        "PORTAL_INSTANCE": str(databases.instance),
        "DATABASE_URL": databases.server.url_for(database, "portal_app"),
        "DATABASE_OWNER_URL": databases.server.url_for(database, "portal_owner"),
        "PORTAL_GATEWAY": "kannel",
        "KANNEL_URL": running.url,
        "KANNEL_USERNAME": USERNAME,
        "KANNEL_PASSWORD": PASSWORD,
        "PORTAL_REPORTS_URL": f"http://127.0.0.1:{port}",
    }


def test_two_killed_dispatchers_of_four_neither_double_nor_lose_a_message(
    session: Session, running: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    matched_pupils(session, HOW_MANY)
    with ExitStack() as stack:
        stack.enter_context(serving(tmp_path / "web.log", environment))
        logs = [tmp_path / f"dispatcher-{n}.log" for n in range(4)]
        dispatchers = [stack.enter_context(dispatching(log, environment)) for log in logs]
        wait_for(lambda: all(log.exists() and "dispatcher started" in log.read_text() for log in logs))

        with running.frozen(running.smsbox):
            planned = reminders.plan(session, A_MONDAY, "kannel")
            session.commit()
            wait_for(lambda: states(session)[MessageState.SENDING] == 4 * THREADS * AHEAD)
            for killed in dispatchers[:2]:
                killed.kill()
                killed.join()
            left_behind = states(session)
        with sessions().begin() as later:
            reaped = outbox.reap(later, A_MONDAY + timedelta(hours=1))
        wait_for(lambda: not any(states(session)[state] for state in UNDER_WAY))
        wait_for(lambda: states(session)[MessageState.DELIVERED] == sum(running.count().values()))

    operator = running.count()
    ends = states(session)
    log.info("killed at %s, reaped %s, in the end %s, operator got %s", left_behind, reaped, ends, operator.total())
    assert planned.messages == HOW_MANY
    assert min(left_behind[state] for state in UNDER_WAY) > 0
    assert reaped.requeued > 0 and reaped.unknown > 0
    assert max(operator.values()) == 1
    assert set(ends) <= {MessageState.DELIVERED, MessageState.UNKNOWN}
    assert ends.total() == HOW_MANY
    assert ends[MessageState.DELIVERED] == len(operator)
    for message in messages(session):
        assert (message.state is MessageState.DELIVERED) == (message.phone in operator)


def test_the_text_arrives_at_the_operator_letter_by_letter(
    session: Session, running: Running, environment: dict[str, str]
) -> None:
    matched_pupils(session, 1)
    reminders.plan(session, A_MONDAY, "kannel")
    session.commit()
    with dispatching(Path(os.devnull), environment):
        wait_for(lambda: states(session)[MessageState.ACCEPTED] == 1)
        wait_for(lambda: bool(running.received()))

    one = messages(session)[0]
    assert running.received() == [(one.phone, one.text)]


def test_a_frozen_gateway_leaves_the_result_unknown_until_its_report_comes(
    session: Session, running: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    matched_pupils(session, 1)
    reminders.plan(session, A_MONDAY, "kannel")
    session.commit()
    with ExitStack() as stack:
        stack.enter_context(serving(tmp_path / "web.log", environment))
        with running.frozen(running.bearerbox):
            stack.enter_context(dispatching(tmp_path / "dispatcher.log", environment))
            wait_for(lambda: states(session)[MessageState.UNKNOWN] == 1)
        wait_for(lambda: states(session)[MessageState.DELIVERED] == 1)

    assert messages(session)[0].attempts == 1
    assert sum(running.count().values()) == 1


def test_what_a_frozen_gateway_never_took_stays_unknown_and_is_not_sent_again(
    session: Session, running: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    matched_pupils(session, 1)
    reminders.plan(session, A_MONDAY, "kannel")
    session.commit()
    with dispatching(tmp_path / "dispatcher.log", environment):
        with running.frozen(running.smsbox):
            wait_for(lambda: states(session)[MessageState.UNKNOWN] == 1)
        with sessions().begin() as later:
            assert outbox.reap(later, A_MONDAY + timedelta(hours=1)) == outbox.Reaped(0, 0)

    assert messages(session)[0].attempts == 1
    assert sum(running.count().values()) <= 1
