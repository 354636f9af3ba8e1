"""Kannel with an operator over SMPP: every way in which a message can end, and what a family sends back."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import DeliveryReport, OptOut, Reply
from portal.outreach import delivery, reminders
from portal.vocabulary import MessageState, ReplyKind
from tests.builders import A_MONDAY
from tests.conftest import Databases
from tests.outreach.cases import matched_pupils, messages, sessions
from tests.outreach.kannel import Running, wait_for
from tests.outreach.processes import dispatching, serving
from tests.outreach.test_kannel_loop import environment_of

DELIVERED, FAILED, ACCEPTED = MessageState.DELIVERED, MessageState.FAILED, MessageState.ACCEPTED
ENDS = {"0": DELIVERED, "1": FAILED, "2": FAILED, "3": FAILED, "4": FAILED, "5": DELIVERED, "6": DELIVERED}
ENDS |= {"7": ACCEPTED, "8": DELIVERED, "9": DELIVERED}


def test_delivered_undelivered_rejected_throttled_silent_and_late_each_end_as_they_are(
    session: Session, databases: Databases, database: str, running: Running, port: int, tmp_path: Path
) -> None:
    environment = environment_of(databases, database, running, port)
    matched_pupils(session, 20)
    reminders.plan(session, A_MONDAY, "kannel")
    session.commit()
    with ExitStack() as stack:
        stack.enter_context(serving(tmp_path / "web.log", environment))
        stack.enter_context(dispatching(tmp_path / "dispatcher.log", environment))
        wait_for(lambda: all(m.phone and m.state is ENDS[m.phone[-1]] for m in messages(session)))
        wait_for(lambda: bool(messages(session)) and len(session.scalars(select(OptOut)).all()) == 2)

    assert max(running.got().values()) == 1
    assert {m.attempts for m in messages(session)} == {1}
    assert {reply.kind for reply in session.scalars(select(Reply))} == {ReplyKind.OPT_OUT}
    assert {report.code for report in session.scalars(select(DeliveryReport))} == {"1", "2", "8", "16", "4"}
    with sessions().begin() as later:
        assert delivery.time_out(later, A_MONDAY + timedelta(days=4)) == 2
