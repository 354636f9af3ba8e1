"""J12(c): the job is started twice, the server dies in the middle, the gateway does not answer, the county pauses."""

from sqlalchemy.orm import Session

from portal.enrolment.confirmation import confirm
from portal.outreach import dispatch, outbox
from portal.outreach.dispatch import Tick
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.pauses import pause
from portal.outreach.reminders import plan
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY, TERM, a_county
from tests.outreach.cases import a_matched_pupil, messages, sessions, started_now, states
from tests.outreach.fake_gateway import HOUR, MINUTE, Fake, rounds

LOST = Outcome(Handed.UNKNOWN, "no answer", "网关没有回答，等状态报告")
FAMILIES = [("王小雨", "329901201603050015"), ("赵远", "419901201510010067"), ("周晓", "32990120130206005X")]


class Asked(Fake):
    """It answers nobody in time, but knows afterwards what it took."""

    def ask(self, message: object, sent_at: object, now: object) -> Outcome:
        return Outcome(Handed.ACCEPTED, "query", "查到已发出")


def test_each_family_has_at_most_one_message_and_what_is_unknown_is_asked_about(session: Session) -> None:
    pupils = [
        a_matched_pupil(session, name=name, id_number=number, phone=f"1990000000{n}", guardian=f"{name}母")
        for n, (name, number) in enumerate(FAMILIES, 1)
    ]
    confirm(session, pupils[0], TERM, True, True, "family", A_MONDAY - HOUR)
    session.commit()
    planned = [plan(session, A_MONDAY, "one").messages for _ in range(2)]
    session.commit()
    died = outbox.claim(session, "dead:1:a", A_MONDAY, most=1)
    started_now(session, died, "dead:1:a", "one", A_MONDAY)
    session.commit()
    one = Asked("one", LOST)
    rounds(A_MONDAY, one)
    outbox.reap(session, A_MONDAY + 10 * MINUTE)
    session.commit()
    plan(session, A_MONDAY + 10 * MINUTE, "one")
    session.commit()
    rounds(A_MONDAY + 11 * MINUTE, one)
    dispatch.ask(sessions(), (one,), lambda: A_MONDAY + HOUR)

    assert planned == [2, 0]
    assert len(one.given) == 1
    assert {message.id for message in one.given} | set(died) == {message.id for message in messages(session)}
    assert states(session) == {MessageState.ACCEPTED: 2}


def test_nothing_leaves_at_night_and_a_county_pause_holds_with_the_next_message(session: Session) -> None:
    for n, (name, number) in enumerate(FAMILIES, 1):
        a_matched_pupil(session, name=name, id_number=number, phone=f"1990000000{n}", guardian=f"{name}母")
    plan(session, A_MONDAY, "one")
    session.commit()

    desks = sessions()

    class Pausing(Fake):
        """After its first message somebody in the county presses 暂停."""

        def send(self, message):  # type: ignore[no-untyped-def]
            with desks.begin() as desk:
                pause(desk, a_county(desk).id, "核实名单", "cnty", A_MONDAY)
            return super().send(message)

    one = Pausing("one")
    rounds(A_MONDAY + 10 * HOUR, one)  # 20:00
    at_night = len(one.given)
    done: Tick = rounds(A_MONDAY, one)

    assert (at_night, len(one.given), done.handed[Handed.ACCEPTED]) == (0, 1, 1)
    assert states(session) == {MessageState.ACCEPTED: 1, MessageState.QUEUED: 2}
