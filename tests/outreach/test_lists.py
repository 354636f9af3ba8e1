"""What pages show of messages."""

import pytest
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.outreach.dispatch import tick
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.lists import count_by_state, messages_of_pupil, phones, recent_messages, why_not
from portal.vocabulary import MessageState
from tests.builders import A_MONDAY, a_county, a_school
from tests.outreach.cases import a_matched_pupil, sessions


def test_a_pupils_page_shows_the_message_with_a_masked_number(session: Session) -> None:
    pupil = a_matched_pupil(session)
    tick(sessions(), (Sandbox(),), A_MONDAY)

    (shown,) = messages_of_pupil(session, pupil.id)

    assert (shown.phone, shown.state, shown.step) == ("199****0001", MessageState.DELIVERED, 1)
    assert shown.text.startswith("【示例县教育局】王同学")
    assert shown.template == "enrolment_not_confirmed.own v1"


def test_the_sandboxs_phone_shows_what_arrived_there(session: Session) -> None:
    a_matched_pupil(session)
    a_matched_pupil(session, name="赵远", id_number="419901201510010067", phone="19900000002")
    tick(sessions(), (Sandbox(),), A_MONDAY)

    (phone,) = phones(session, scope_of(a_county(session)))

    assert phone.phone == "199****0001"
    assert len(phone.messages) == 1


def test_a_school_sees_its_own_messages_only(session: Session) -> None:
    a_matched_pupil(session)
    other = scope_of(a_school(session, code="3299010002", name="示例县第二小学"))
    tick(sessions(), (Sandbox(),), A_MONDAY)

    assert len(recent_messages(session, scope_of(a_school(session)))) == 1
    assert recent_messages(session, other) == ()
    assert phones(session, other) == ()
    assert count_by_state(session, scope_of(a_county(session)))[MessageState.DELIVERED] == 1


def test_a_suppressed_message_says_why_in_words(session: Session) -> None:
    for n in range(9):
        a_matched_pupil(session, name=f"王{chr(0x5B50 + n)}", id_number=None, guardian=f"李{chr(0x5B50 + n)}")
    tick(sessions(), (Sandbox(),), A_MONDAY)

    (shown,) = recent_messages(session, scope_of(a_county(session)), MessageState.SUPPRESSED)

    assert "共用" in shown.because
    assert shown.text == ""


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("关机、不在服务区或收不进（sandbox:failed）", "关机、不在服务区或收不进"),
        ("网关拒收（isv.OUT_OF_SERVICE 余额不足）", "网关拒收（isv.OUT_OF_SERVICE 余额不足）"),
        ("网关没有回答（模拟）", "网关没有回答（模拟）"),
        ("没有说原因（）", "没有说原因"),
        (None, ""),
    ],
)
def test_a_suppliers_own_code_is_no_word_for_a_desk(kept: str | None, said: str) -> None:
    assert why_not(kept) == said
