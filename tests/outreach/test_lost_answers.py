"""One answer in five is lost on the way back: nobody is written to twice, and reports settle what is unknown."""

import random
import re
import socket
from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.outreach import dispatch, reminders
from portal.outreach.delivery import record
from portal.outreach.dispatch import Tick
from portal.outreach.gateways.kannel import Kannel
from portal.outreach.gateways.protocol import Report
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import matched_pupils, sessions, states
from tests.outreach.gateways.servers import ACCEPTED, server

LOST = 0.2


def test_with_a_fifth_of_the_answers_lost_none_is_sent_twice(session: Session) -> None:
    lose_answers(session, 150, 20)


def lose_answers(session: Session, how_many: int, seed: int) -> None:
    matched_pupils(session, how_many)
    reminders.plan(session, A_MONDAY, "kannel")
    session.commit()
    chance, moment = random.Random(seed), A_MONDAY

    def answer(connection: socket.socket) -> None:
        if chance.random() >= LOST:
            connection.sendall(ACCEPTED)

    with server(answer) as (url, heard):
        gateway = Kannel(url, "portal", "portal-pw", "http://127.0.0.1:9/reports")
        while states(session)[MessageState.QUEUED]:
            with dispatch.working(sessions(), 4, lambda moment=moment: moment) as worker:
                dispatch.dispatch(worker, (gateway,), Tick())
            moment += timedelta(seconds=1)

    reached = Counter(UUID(re.findall(rb"\?id=([0-9a-f-]{36})", each)[0].decode()) for each in heard)
    assert (len(reached), max(reached.values())) == (how_many, 1)
    assert how_many * LOST / 2 < states(session)[MessageState.UNKNOWN] < how_many * LOST * 1.5

    for message_id in reached:
        record(session, "kannel", Report(message_id, MessageState.DELIVERED, "1"), moment)
    session.commit()
    assert states(session) == {MessageState.DELIVERED: how_many}
