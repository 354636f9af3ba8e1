"""A gateway that answers as it is told, and dispatchers that work with it by a moved clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.outreach import dispatch
from portal.outreach.dispatch import Tick
from portal.outreach.gateways.protocol import SMS, Handed, Limits, Outcome, Outgoing
from portal.outreach.reminders import plan
from portal.vocabulary import Channel, MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import matched_pupils, messages, sessions, states

ACCEPTED = Outcome(Handed.ACCEPTED, "OK", "收下")
AWAY = Outcome(Handed.RETRY, "no connection", "连不上网关，没有交出去")
LOST = Outcome(Handed.UNKNOWN, "no answer", "网关没有回答")
STRANGE = Outcome(Handed.UNKNOWN, "isv.NEVER_SEEN", "没见过", known=False)
BROKE = Outcome(Handed.STOP, "isv.AMOUNT_NOT_ENOUGH", "余额不足")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Fake:
    """A gateway that answers as it is told and remembers what it was given."""

    name: str
    answer: Outcome = ACCEPTED
    limits: Limits = field(default_factory=Limits)
    channels: frozenset[Channel] = SMS
    given: list[Outgoing] = field(default_factory=list)

    def send(self, message: Outgoing) -> Outcome:
        self.given.append(message)
        return self.answer


def planned(session: Session, count: int) -> None:
    matched_pupils(session, count)
    plan(session, A_MONDAY, "one")
    session.commit()


def rounds(now: datetime, *gateways: Fake, most: int = 100) -> Tick:
    """Dispatch at that moment until nothing more is taken."""
    done = Tick()
    with dispatch.working(sessions(), 1, lambda: now) as worker:
        while most and dispatch.dispatch(worker, gateways, done):
            most -= 1
    return done


def away_for_six_hours(session: Session, count: int, per_second: int) -> None:
    planned(session, count)
    one, now = Fake("one", AWAY, Limits(per_second=per_second)), A_MONDAY + 5 * HOUR  # 15:00
    left: dict[datetime, int] = {}

    def step(length: timedelta) -> None:
        nonlocal now
        before = len(one.given)
        rounds(now, one)
        left[now] = len(one.given) - before
        now += length

    while now < A_MONDAY + 11 * HOUR:  # 21:00
        step(10 * MINUTE)
    one.answer = ACCEPTED
    while now < A_MONDAY + 23 * HOUR:  # 09:00 of the next day
        step(HOUR)
    began = now
    while states(session)[MessageState.ACCEPTED] < count and now < began + HOUR:
        step(SECOND)

    assert states(session) == {MessageState.ACCEPTED: count}
    assert all(count == 0 for moment, count in left.items() if A_MONDAY + 10 * HOUR <= moment < began)
    assert max(count for moment, count in left.items() if moment >= began) <= per_second
    assert len({m.id for m in messages(session)}) == count
