"""What families send back: kept once, read for 退订, shown to the school that it answers and to no other."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import NotInScope, Scope
from portal.clock import SchoolTerm
from portal.coverage.history import history_of
from portal.models import AuditEntry, ContactTask, Entitlement, Message, OptOut, Reply, Unit
from portal.outreach import replies
from portal.outreach.gateways.protocol import Handed, Outcome
from portal.outreach.gateways.protocol import Reply as Brought
from portal.outreach.opt_outs import asks_to_stop
from portal.outreach.reach import count_unreached
from portal.vocabulary import Channel, EntitlementState, MessageState, ReplyKind
from tests.builders import A_MONDAY, TERM, a_bureau, a_pupil
from tests.coverage.builders import CATALOGUE
from tests.outreach.cases import messages
from tests.outreach.fake_gateway import Fake, planned, rounds

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
    replies.handle(session, scope, shown.id, True, "sch1", LATER)
    assert replies.unhandled(session, scope) == ()
    assert replies.replies_to(session, [sent.id])[0].handled_at == LATER


def unreached(session: Session, message: Message) -> int:
    return count_unreached(session, scope_of(session, message), SchoolTerm.parse(TERM))


def family_reads(session: Session, row: Entitlement) -> list[str]:
    return [event.words for event in history_of(session, row.pupil_id, CATALOGUE)]


def test_who_answers_was_reached_and_who_writes_to_stop_was_not(session: Session, sent: Message) -> None:
    row = session.scalars(select(Entitlement)).one()
    row.state = EntitlementState.VERIFIED
    replies.receive(session, "one", Brought(PHONE, "退订", "1"), LATER)
    assert (unreached(session, sent), row.state) == (1, EntitlementState.VERIFIED)

    replies.receive(session, "one", Brought(PHONE, "好的，谢谢老师", "2"), LATER)
    assert (unreached(session, sent), row.state) == (0, EntitlementState.REACHED)
    assert "您回复了短信" in family_reads(session, row)


def test_when_somebody_else_answered_the_family_is_told_by_a_person(session: Session, sent: Message) -> None:
    row, scope = session.scalars(select(Entitlement)).one(), scope_of(session, sent)
    row.state = EntitlementState.VERIFIED
    replies.receive(session, "one", Brought(PHONE, "发错了，我不是", "1"), LATER)
    (shown,) = replies.unhandled(session, scope)
    replies.handle(session, scope, shown.id, False, "staff:sch1", LATER)

    assert (unreached(session, sent), row.state) == (1, EntitlementState.VERIFIED)
    assert session.scalars(select(ContactTask)).one().because == "回复的不是家长"
    assert "学校查明，不是您回复的短信" in family_reads(session, row)


def test_a_reply_from_a_number_of_several_families_proves_nothing(session: Session, sent: Message) -> None:
    a_pupil(session, name="赵远", id_number=None, phone=PHONE, guardian="赵父")
    replies.receive(session, "one", Brought(PHONE, "好的", "1"), LATER)

    assert unreached(session, sent) == 1
    assert len(replies.unhandled(session, scope_of(session, sent))) == 1


def test_the_same_reply_brought_twice_is_kept_once(session: Session, sent: Message) -> None:
    brought = Brought(PHONE, "退订", "1")

    assert [replies.receive(session, "one", brought, LATER) for _ in range(2)] == [True, False]
    assert len(session.scalars(select(Reply)).all()) == len(session.scalars(select(OptOut)).all()) == 1
    trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "opted_out"))
    assert [(entry.actor, entry.unit_id) for entry in trail] == [("family", sent.school_id)]


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
        replies.handle(session, Scope(bureau.id, bureau.path), reply_id, True, "bureau", LATER)


def test_a_number_on_the_suppliers_own_list_counts_as_opted_out(session: Session) -> None:
    planned(session, 1)
    rounds(A_MONDAY, Fake("one", Outcome(Handed.OPTED_OUT, "FailedOperation.PhoneNumberInBlacklist", "退订过")))

    out = session.scalars(select(OptOut)).one()
    assert session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "opted_out")).all() == ["portal"]
    assert (out.channel, out.source, messages(session)[0].state) == (Channel.SMS, "one", MessageState.FAILED)
