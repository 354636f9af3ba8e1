"""What is unknown is asked about, decided by a person, or left; never sent again by itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, Scope
from portal.clock import SchoolTerm
from portal.models import Message, Unit
from portal.outreach import dispatch, settling
from portal.outreach.delivery import NO_REPORT, record, time_out
from portal.outreach.gateways.protocol import Handed, Outcome, Outgoing, Report
from portal.outreach.reach import traces
from portal.vocabulary import MessageState, Undelivered
from tests.builders import A_MONDAY, TERM, a_bureau
from tests.outreach.cases import messages, sessions
from tests.outreach.fake_gateway import LOST, Fake, planned, rounds

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Asked(Fake):
    """A gateway whose supplier can be asked."""

    found: Outcome | None = None
    questions: list[Outgoing] = field(default_factory=list)

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        self.questions.append(message)
        return self.found


def unknown(session: Session) -> Message:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one", LOST))
    return messages(session)[0]


def ask(gateway: Fake, now: datetime) -> int:
    return dispatch.ask(sessions(), (gateway,), lambda: now)


def scope_of(session: Session, message: Message) -> Scope:
    school = session.get_one(Unit, message.school_id)
    return Scope(school.id, school.path)


def test_what_the_supplier_knows_settles_it(session: Session) -> None:
    message = unknown(session)
    delivered = Report(message.id, MessageState.DELIVERED, "DELIVERED")
    ask(Asked("one", found=Outcome(Handed.ACCEPTED, "query", "查到", reports=(delivered,))), A_MONDAY + MINUTE)

    assert messages(session)[0].state is MessageState.DELIVERED


@pytest.mark.parametrize("found", [None, Outcome(Handed.RETRY, "-1", "繁忙"), LOST])
def test_a_supplier_that_cannot_say_leaves_it_unknown(session: Session, found: Outcome | None) -> None:
    unknown(session)
    ask(Asked("one", found=found), A_MONDAY + MINUTE)

    assert messages(session)[0].state is MessageState.UNKNOWN


def test_it_is_asked_about_seldomer_and_seldomer_and_not_at_night(session: Session) -> None:
    unknown(session)
    gateway = Asked("one")
    asked_at = [minute for minute in range(0, 60 * 60, 5) if ask(gateway, A_MONDAY + minute * MINUTE)]

    assert asked_at == [5, 10, 30, 120, 360, 24 * 60, 48 * 60]


def test_a_supplier_that_cannot_be_asked_is_not(session: Session) -> None:
    unknown(session)

    assert ask(Fake("one"), A_MONDAY + HOUR) == 0


def test_a_person_may_send_it_again_after_a_day_and_it_is_recorded(session: Session) -> None:
    message = unknown(session)
    scope = scope_of(session, message)
    with pytest.raises(settling.NotUnknown, match="24小时"):
        settling.send_again(session, scope, message.id, "sch1", A_MONDAY + HOUR)

    settling.send_again(session, scope, message.id, "sch1", A_MONDAY + DAY)
    session.commit()
    other = Fake("other")
    rounds(A_MONDAY + DAY, other)
    assert len(other.given) == 1


def test_what_is_sent_again_has_all_its_time_once_more(session: Session) -> None:
    message = unknown(session)
    message.asked = len(settling.ASK_AFTER)
    settling.send_again(session, scope_of(session, message), message.id, "sch1", A_MONDAY + 4 * DAY)
    session.commit()
    rounds(A_MONDAY + 4 * DAY, Fake("one", Outcome(Handed.RETRY, "busy", "繁忙")))

    assert (messages(session)[0].state, messages(session)[0].asked) == (MessageState.QUEUED, 0)


def test_the_first_attempt_stays_in_the_proof_with_who_sent_it_again(session: Session) -> None:
    message = unknown(session)
    pupil_id = message.pupils[0].pupil_id
    settling.send_again(session, scope_of(session, message), message.id, "staff:sch1", A_MONDAY + DAY)
    first, again = traces(session, pupil_id, SchoolTerm.parse(TERM))

    assert (first.at, first.who[:6], first.came_of_it[:5]) == (A_MONDAY, "门户 · 第", "结果待查；")
    assert "工作人员决定再发一次" in first.came_of_it and again.came_of_it.startswith("待发")


def test_what_is_settled_is_not_sent_again_by_a_person_either(session: Session) -> None:
    message = unknown(session)
    record(session, "one", Report(message.id, MessageState.DELIVERED, "1"), A_MONDAY + HOUR)

    with pytest.raises(settling.NotUnknown, match="已经有结果"):
        settling.send_again(session, scope_of(session, message), message.id, "sch1", A_MONDAY + DAY)


def test_a_person_of_another_unit_finds_no_such_message(session: Session) -> None:
    message, bureau = unknown(session), a_bureau(session)

    with pytest.raises(NotInScope):
        settling.send_again(session, Scope(bureau.id, bureau.path), message.id, "bureau", A_MONDAY + DAY)


def test_what_was_taken_and_never_reported_on_goes_to_a_person_after_three_days(session: Session) -> None:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one"))

    assert (time_out(session, A_MONDAY + 3 * DAY), time_out(session, A_MONDAY + 3 * DAY + MINUTE)) == (0, 1)
    session.commit()
    assert (messages(session)[0].state, messages(session)[0].because) == (MessageState.FAILED, NO_REPORT)


def test_a_late_success_still_counts(session: Session) -> None:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one"))
    time_out(session, A_MONDAY + 4 * DAY)
    session.commit()
    record(session, "one", Report(messages(session)[0].id, MessageState.DELIVERED, "1"), A_MONDAY + 5 * DAY)

    assert session.get_one(Message, messages_id(session)).state is MessageState.DELIVERED


def messages_id(session: Session) -> object:
    session.commit()
    return messages(session)[0].id


def sent(session: Session, vendor_id: str | None = None) -> Message:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one", Outcome(Handed.ACCEPTED, "Ok", "收下", vendor_id)))
    return messages(session)[0]


def test_a_report_by_the_suppliers_id_before_we_know_that_id_waits_for_its_message(session: Session) -> None:
    early = Report(None, MessageState.FAILED, "MK:0001", Undelivered.WRONG_NUMBER, "2640:1", "19900005000")
    assert record(session, "one", early, A_MONDAY)
    session.commit()

    message = sent(session, "2640:1")
    assert (message.state, message.because) == (MessageState.FAILED, "空号或停机（MK:0001）")


@pytest.mark.parametrize(
    ("phone", "at", "taken"),
    [
        ("19900005000", A_MONDAY, True),
        ("13800138000", A_MONDAY, False),
        ("19900005000", A_MONDAY - DAY, False),
    ],
)
def test_a_report_that_nobody_signed_must_fit_number_and_time(
    session: Session, phone: str, at: datetime, taken: bool
) -> None:
    message = sent(session)
    report = Report(message.id, MessageState.DELIVERED, "DELIVERED", phone=phone, at=at)

    assert record(session, "one", report, A_MONDAY) is taken
    assert message.state is (MessageState.DELIVERED if taken else MessageState.ACCEPTED)
