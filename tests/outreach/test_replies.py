"""What families send back: kept once, read for 退订, shown to the school that it answers and to no other."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, Scope
from portal.models import Message, OptOut, Reply, Unit
from portal.outreach import replies
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.gateways.protocol import Reply as Brought
from portal.outreach.opt_outs import asks_to_stop
from portal.vocabulary import Channel, MessageState, ReplyKind
from tests.builders import A_MONDAY, a_bureau
from tests.outreach.cases import messages
from tests.outreach.test_health import Fake, planned, rounds

PHONE = "19900005000"
LATER = A_MONDAY + timedelta(hours=1)


@pytest.fixture
def sent(session: Session) -> Message:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one"))
    return messages(session)[0]


def scope_of(session: Session, message: Message) -> Scope:
    school = session.get_one(Unit, message.school_id)
    return Scope(school.id, school.path)


@pytest.mark.parametrize("text", ["R", "r", "ｔｄ", "T", "n", " 退订。", "退订!", "我要退订"])
def test_these_ask_to_stop(text: str) -> None:
    assert asks_to_stop(text)


@pytest.mark.parametrize("text", ["", "收到", "TDX", "怎么退订？我没有订过这个", "Right", "要退学费吗"])
def test_these_do_not(text: str) -> None:
    assert not asks_to_stop(text)


def test_a_question_is_shown_to_the_school_until_somebody_has_dealt_with_it(session: Session, sent: Message) -> None:
    scope = scope_of(session, sent)
    replies.receive(session, "one", Brought(PHONE, "是真的吗", "1"), LATER)
    (shown,) = replies.unhandled(session, scope)

    assert (shown.text, shown.sender, shown.kind) == ("是真的吗", "199****5000", ReplyKind.WORDS)
    replies.handle(session, scope, shown.id, "sch1", LATER)
    assert replies.unhandled(session, scope) == ()
    assert replies.replies_to(session, [sent.id])[0].handled_at == LATER


def test_the_same_reply_brought_twice_is_kept_once(session: Session, sent: Message) -> None:
    brought = Brought(PHONE, "退订", "1")

    assert [replies.receive(session, "one", brought, LATER) for _ in range(2)] == [True, False]
    assert len(session.scalars(select(Reply)).all()) == len(session.scalars(select(OptOut)).all()) == 1


def test_neither_number_nor_words_are_stored_in_clear(session: Session, sent: Message) -> None:
    replies.receive(session, "one", Brought(PHONE, "退订", "1"), LATER)
    stored = session.scalars(select(Reply)).one()

    assert PHONE.encode() not in stored.sender_sealed
    assert "退订".encode() not in (stored.text_sealed or b"")


def test_a_reply_of_a_stranger_is_kept_for_nobody(session: Session, sent: Message) -> None:
    replies.receive(session, "one", Brought("13800138000", "谁啊", "1"), LATER)

    assert replies.unhandled(session, scope_of(session, sent)) == ()
    assert session.scalars(select(Reply.school_id)).one() is None


def test_another_unit_finds_no_such_reply(session: Session, sent: Message) -> None:
    replies.receive(session, "one", Brought(PHONE, "好", "1"), LATER)
    bureau = a_bureau(session)
    reply_id = session.scalars(select(Reply.id)).one()

    with pytest.raises(NotInScope):
        replies.handle(session, Scope(bureau.id, bureau.path), reply_id, "bureau", LATER)


def test_a_number_on_the_suppliers_own_list_counts_as_opted_out(session: Session) -> None:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one", Outcome(Handed.OPTED_OUT, "FailedOperation.PhoneNumberInBlacklist", "退订过")))

    out = session.scalars(select(OptOut)).one()
    assert (out.channel, out.source, messages(session)[0].state) == (Channel.SMS, "one", MessageState.FAILED)
