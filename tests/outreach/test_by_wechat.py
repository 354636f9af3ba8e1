"""A family that bound its WeChat is told there first; what does not arrive there goes by SMS at once, never twice."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.wechat import bind, unbind
from portal.models import Pupil, SupplierTemplate
from portal.models import Reply as AReply
from portal.outreach.delivery import record
from portal.outreach.dispatch import tick
from portal.outreach.gateways.protocol import SMS, Reply, Report
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.gateways.wechat import Wechat
from portal.outreach.messages import template
from portal.outreach.reminders import plan
from portal.outreach.replies import receive
from portal.suppliers import Apps
from portal.vocabulary import Channel, MessageState, Undelivered
from tests.builders import A_MONDAY
from tests.outreach.cases import a_matched_pupil, messages, sessions, states
from tests.outreach.gateways.servers import Asked, supplier

APPID, OPENID = "wx1", "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
APPS = Apps(appid=APPID)
DAY = timedelta(days=1)
BY_TEXT = replace(Sandbox(), channels=SMS)
ARRIVED = {"errcode": 0, "msgid": 7}


def answering(result: object) -> Callable[[Asked], object]:
    return lambda asked: {"access_token": "t", "expires_in": 7200} if asked.path.endswith("stable_token") else result


def a_bound_family(session: Session) -> Pupil:
    pupil = a_matched_pupil(session)
    bind(session, APPID, OPENID, [pupil.id], A_MONDAY - 9 * DAY)
    name, text = "enrolment_not_confirmed.neutral", template("enrolment_not_confirmed.neutral").wordings[0]
    for ours, theirs in (("{signature}", "{{thing1.DATA}}"), ("{date}", "{{d.DATA}}"), ("{landline}", "{{p.DATA}}")):
        text = text.replace(ours, theirs)
    session.add(
        SupplierTemplate(
            supplier="wechat", code="tmpl-1", template=name, template_version=1, text=text,
            approved_on=A_MONDAY.date(), recorded_at=A_MONDAY, recorded_by="cnty",
        )
    )  # fmt: skip
    session.commit()
    return pupil


def remind(answer: object, *days: int) -> list[Asked]:
    """What WeChat was asked to send on these days."""
    with supplier(answering(answer)) as (url, heard):
        for day in days:
            tick(sessions(), (Wechat(APPID, "hidden", url), BY_TEXT), A_MONDAY + day * DAY, apps=APPS)
    return [asked for asked in heard if asked.path.endswith("/send")]


def ways(session: Session) -> list[tuple[Channel, int, MessageState]]:
    return [(message.channel, message.step, message.state) for message in messages(session)]


def test_the_first_goes_by_wechat_in_neutral_words_and_the_next_by_sms(session: Session) -> None:
    a_bound_family(session)

    sent = remind(ARRIVED, 0, 1, 4)

    assert [json.loads(asked.body)["touser"] for asked in sent] == [OPENID]
    assert "王" not in (messages(session)[0].text or "王")
    assert ways(session) == [
        (Channel.WECHAT, 1, MessageState.ACCEPTED),
        (Channel.SMS, 2, MessageState.DELIVERED),
    ]


@pytest.mark.parametrize("refusal", [43004, 43019, 40003, 43101])
def test_whom_wechat_does_not_reach_gets_the_sms_at_once_and_each_step_once(session: Session, refusal: int) -> None:
    a_bound_family(session)

    sent = remind({"errcode": refusal}, 0, 0, 0)

    assert len(sent) == 1
    assert ways(session) == [(Channel.WECHAT, 1, MessageState.FAILED), (Channel.SMS, 2, MessageState.DELIVERED)]


def test_a_family_that_blocked_the_account_gets_the_sms_when_wechat_says_so(session: Session) -> None:
    a_bound_family(session)
    remind(ARRIVED, 0)
    blocked = Report(None, MessageState.FAILED, "failed:user-block", Undelivered.BLOCKED, "7", phone=OPENID)

    assert record(session, "wechat", blocked, A_MONDAY)
    session.commit()
    remind(ARRIVED, 0)

    assert ways(session) == [(Channel.WECHAT, 1, MessageState.FAILED), (Channel.SMS, 2, MessageState.DELIVERED)]


def test_what_was_bound_for_another_account_or_is_unbound_is_not_used(session: Session) -> None:
    pupil = a_bound_family(session)
    unbind(session, [pupil.id], A_MONDAY)
    session.commit()

    assert remind(ARRIVED, 0) == []
    assert ways(session) == [(Channel.SMS, 1, MessageState.DELIVERED)]


def test_unbound_after_planning_wechat_is_silent_and_the_sms_goes(session: Session) -> None:
    pupil = a_bound_family(session)
    plan(session, A_MONDAY, "sandbox", apps=APPS)
    unbind(session, [pupil.id], A_MONDAY)
    session.commit()

    assert remind(ARRIVED, 0, 0) == []
    assert ways(session) == [(Channel.WECHAT, 1, MessageState.SUPPRESSED), (Channel.SMS, 2, MessageState.DELIVERED)]


def test_what_wechat_could_not_be_given_for_a_day_goes_by_sms(session: Session) -> None:
    a_bound_family(session)
    plan(session, A_MONDAY, "sandbox", apps=APPS)
    session.commit()

    tick(sessions(), (BY_TEXT,), A_MONDAY + 1.1 * DAY, apps=APPS)

    assert ways(session) == [(Channel.WECHAT, 1, MessageState.FAILED), (Channel.SMS, 2, MessageState.DELIVERED)]


def test_a_refusal_written_in_wechat_stops_wechat_and_not_the_sms(session: Session) -> None:
    a_bound_family(session)
    plan(session, A_MONDAY, "sandbox", apps=APPS)
    receive(session, "wechat", Reply(OPENID, "退订", "k1", Channel.WECHAT), A_MONDAY)
    session.commit()

    assert remind(ARRIVED, 0, 0) == []
    assert states(session) == {MessageState.SUPPRESSED: 1, MessageState.DELIVERED: 1}


def test_an_answer_in_wechat_finds_the_message_it_answers(session: Session) -> None:
    a_bound_family(session)
    remind(ARRIVED, 0)

    receive(session, "wechat", Reply(OPENID, "收到，谢谢老师", "k1", Channel.WECHAT), A_MONDAY + DAY)
    session.commit()

    assert session.scalars(select(AReply.message_id)).one() == messages(session)[0].id
