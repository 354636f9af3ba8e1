"""The breaker, the rate and the failover that all dispatchers share."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AuditEntry, GatewayTrouble, Message
from portal.outreach import health
from portal.outreach.gateways.protocol import Handed, Limits, Outcome
from portal.vocabulary import Channel, MessageState
from tests.builders import A_MONDAY
from tests.outreach.cases import messages, states
from tests.outreach.fake_gateway import (
    ACCEPTED,
    AWAY,
    BROKE,
    HOUR,
    LOST,
    MINUTE,
    SECOND,
    STRANGE,
    Fake,
    away_for_six_hours,
    planned,
    rounds,
)


def test_a_gateway_that_is_away_is_left_alone_and_tried_again_with_one_message(session: Session) -> None:
    planned(session, 15)
    one = Fake("one", AWAY)
    rounds(A_MONDAY, one)
    tried = len(one.given)
    rounds(A_MONDAY + 31 * SECOND, one)

    assert tried == health.MOST_IN_A_ROW
    assert len(one.given) == tried + 1
    assert states(session) == {MessageState.QUEUED: 15}


def test_after_it_has_taken_one_message_it_is_given_the_others(session: Session) -> None:
    planned(session, 15)
    one = Fake("one", AWAY)
    rounds(A_MONDAY, one)
    one.answer = ACCEPTED
    rounds(A_MONDAY + HOUR, one)

    assert states(session) == {MessageState.ACCEPTED: 15}


@pytest.mark.parametrize("answer", [AWAY, BROKE])
def test_another_supplier_takes_over_what_was_proved_not_sent(session: Session, answer: Outcome) -> None:
    planned(session, 15)
    one, other = Fake("one", answer), Fake("other")
    for minute in range(0, 20, 5):
        rounds(A_MONDAY + minute * MINUTE, one, other)

    assert states(session) == {MessageState.ACCEPTED: 15}
    assert sorted(m.id for m in other.given) == sorted(m.id for m in messages(session))


def test_what_may_have_been_sent_is_never_given_to_another_supplier(session: Session) -> None:
    planned(session, 15)
    one, other = Fake("one", LOST), Fake("other")
    rounds(A_MONDAY, one, other)

    assert {m.id for m in one.given}.isdisjoint(m.id for m in other.given)
    assert states(session) == {MessageState.UNKNOWN: 10, MessageState.ACCEPTED: 5}


def test_a_code_that_somebody_must_mend_stops_the_gateway_until_he_says_so(session: Session) -> None:
    planned(session, 3)
    one = Fake("one", BROKE)
    rounds(A_MONDAY, one)
    one.answer = ACCEPTED
    rounds(A_MONDAY + 5 * MINUTE, one)
    assert len(one.given) == 1

    health.reopen(session, "one", "admin", A_MONDAY + 6 * MINUTE)
    session.commit()
    rounds(A_MONDAY + 6 * MINUTE, one)
    assert states(session) == {MessageState.ACCEPTED: 3}
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "gateway_reopened"


def test_an_unknown_code_stops_nothing_and_is_shown(session: Session) -> None:
    planned(session, 15)
    rounds(A_MONDAY, Fake("one", STRANGE))

    shown = session.scalars(select(GatewayTrouble)).one()
    assert states(session) == {MessageState.UNKNOWN: 15}
    assert (shown.code, shown.known, shown.times) == ("isv.NEVER_SEEN", False, 15)


def test_a_number_that_had_too_much_is_left_in_peace_for_a_day(session: Session) -> None:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one", Outcome(Handed.HOLD, "isv.BUSINESS_LIMIT_CONTROL", "今天收得太多")))

    assert messages(session)[0].due_at == A_MONDAY + 24 * HOUR


def test_four_dispatchers_together_keep_to_its_rate(session: Session) -> None:
    planned(session, 40)
    one = Fake("one", limits=Limits(per_second=5))
    taken = []
    for second in range(8):
        before = len(one.given)
        for _ in range(4):
            rounds(A_MONDAY + second * SECOND, one, most=1)
        taken.append(len(one.given) - before)

    assert taken == [5] * 8


@pytest.mark.parametrize("before", [ACCEPTED, AWAY])
def test_a_clock_that_is_set_back_shuts_no_gateway(session: Session, before: Outcome) -> None:
    planned(session, 20)
    one = Fake("one", before)
    rounds(A_MONDAY + 9 * HOUR, one, most=1)
    one.answer = ACCEPTED
    rounds(A_MONDAY + 2 * HOUR, one)

    assert len(one.given) == 20


def test_after_six_hours_away_it_drains_at_its_rate_and_at_night_nothing_leaves(session: Session) -> None:
    away_for_six_hours(session, 60, 10)


def test_a_slow_gateway_comes_after_another(session: Session) -> None:
    planned(session, 21)
    slow, other = Fake("one"), Fake("other")
    rounds(A_MONDAY, slow, other)
    health.take(session, turn(session, A_MONDAY, slow), 0, A_MONDAY)
    health.look(session, A_MONDAY + 10 * MINUTE)

    assert turn(session, A_MONDAY + HOUR, slow, other).gateway is other
    assert turn(session, A_MONDAY + HOUR, slow).gateway is slow


def turn(session: Session, now: datetime, *gateways: Fake) -> health.Turn:
    found = health.choose(session, gateways, Channel.SMS, now, 10)
    assert found is not None
    return found


def test_nothing_is_given_to_a_gateway_of_another_channel(session: Session) -> None:
    assert health.choose(session, [Fake("one")], Channel.WECHAT, A_MONDAY, 10) is None
    assert session.scalars(select(Message)).first() is None
