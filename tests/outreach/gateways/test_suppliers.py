"""The suppliers' adapters against a supplier on this machine: what each code proves, what never gets there."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.outreach.gateways import aliyun, tencent, wechat, wecom
from portal.outreach.gateways.aliyun import Aliyun
from portal.outreach.gateways.codes import judge
from portal.outreach.gateways.protocol import Answering, Gateway, Handed, Outcome, Outgoing
from portal.outreach.gateways.tencent import Tencent
from portal.outreach.gateways.trial import KEPT_BACK, Trial
from portal.outreach.gateways.wechat import Wechat
from portal.outreach.gateways.wecom import Wecom
from portal.vocabulary import MessageState, Undelivered
from tests.builders import A_MONDAY
from tests.outreach.gateways.cases import BY_FIELD, BY_NAME, BY_NUMBER, MESSAGE_ID, TEXT, a_message
from tests.outreach.gateways.servers import Asked, drips, hangs_up, server, stays_silent, supplier

OPENID, PARENT = "oDF3iYyVlek46AyTBbMRVV8VZVlI", "parent_01"
SMS = a_message("19900000001", TEXT, BY_NAME, BY_NUMBER)
BY_WECHAT, BY_WECOM = a_message(OPENID, TEXT, BY_FIELD), a_message(PARENT)


def all_four(url: str, deadline: float = 10) -> list[tuple[Gateway, Outgoing]]:
    return [
        (Aliyun("id", "hidden", url, deadline=deadline), SMS),
        (Tencent("id", "hidden", "1400006666", url, deadline=deadline), a_message("19900000001", TEXT, BY_NUMBER)),
        (Wechat("wx1", "hidden", url, deadline=deadline), BY_WECHAT),
        (Wecom("ww1", "hidden", "7", url, deadline=deadline), BY_WECOM),
    ]


def with_token(told: object) -> Callable[[Asked], object]:
    """A supplier that first hands out a token."""
    return lambda asked: {"access_token": "t", "expires_in": 7200} if "oken" in asked.path else told


@pytest.mark.parametrize(
    ("codes", "code", "handed"),
    [
        (aliyun.CODES, "Throttling.User", Handed.RETRY),
        (aliyun.CODES, "isv.BUSINESS_LIMIT_CONTROL", Handed.HOLD),
        (aliyun.CODES, "isv.AMOUNT_NOT_ENOUGH", Handed.STOP),
        (aliyun.CODES, "isv.SMS_SIGNATURE_SCENE_ILLEGAL", Handed.STOP),
        (aliyun.CODES, "isv.MOBILE_NUMBER_ILLEGAL", Handed.REFUSED),
        (aliyun.CODES, "isv.NEVER_SEEN", Handed.UNKNOWN),
        (tencent.CODES, "InternalError.Timeout", Handed.UNKNOWN),
        (tencent.CODES, "LimitExceeded.DeliveryFrequencyLimit", Handed.RETRY),
        (tencent.CODES, "LimitExceeded.PhoneNumberSameContentDailyLimit", Handed.HOLD),
        (tencent.CODES, "AuthFailure.SignatureExpire", Handed.STOP),
        (tencent.CODES, "FailedOperation.PhoneNumberInBlacklist", Handed.OPTED_OUT),
        (tencent.CODES, "InvalidParameterValue.IncorrectPhoneNumber", Handed.REFUSED),
        (wechat.CODES, "45009", Handed.STOP),
        (wechat.CODES, "43004", Handed.REFUSED),
        (wechat.CODES, "43101", Handed.OPTED_OUT),
        (wecom.CODES, "301002", Handed.STOP),
        (wecom.CODES, "99999", Handed.UNKNOWN),
    ],
)
def test_a_code_proves_what_the_table_says(codes: Any, code: str, handed: Handed) -> None:
    outcome = judge(codes, code)

    assert (outcome.handed, outcome.code) == (handed, code)
    assert outcome.known == (code not in ("isv.NEVER_SEEN", "99999"))


def test_a_code_that_is_no_code_is_not_repeated() -> None:
    assert judge(aliyun.CODES, "王小雨 19900000001").code == "unreadable"


@pytest.mark.parametrize("answer", [hangs_up, stays_silent, drips(b"HTTP/1.1 200 OK\r\n\r\n")])
@pytest.mark.parametrize("which", [0, 1])
def test_without_a_whole_answer_the_result_is_unknown_and_nothing_is_tried_again(answer: Any, which: int) -> None:
    with server(answer) as (url, heard):
        gateway, message = all_four(url.removesuffix("/cgi-bin/sendsms"), deadline=1.0)[which]
        outcome = gateway.send(message)

    assert outcome.handed is Handed.UNKNOWN
    assert len(heard) == 1


@pytest.mark.parametrize("which", [2, 3])
def test_without_a_token_nothing_was_sent(which: int) -> None:
    with server(hangs_up) as (url, _):
        gateway, message = all_four(url.removesuffix("/cgi-bin/sendsms"))[which]
        assert gateway.send(message).handed is Handed.RETRY


@pytest.mark.parametrize("which", range(4))
def test_what_nobody_can_read_may_have_been_sent(which: int) -> None:
    with supplier(with_token(["garbage"]), status=500) as (url, _):
        gateway, message = all_four(url)[which]
        outcome = gateway.send(message)

    assert (outcome.handed, outcome.known) == (Handed.UNKNOWN, False)


@pytest.mark.parametrize("which", range(4))
def test_where_nobody_listens_nothing_was_sent(which: int) -> None:
    gateway, message = all_four("http://127.0.0.1:9")[which]

    assert gateway.send(message).handed is Handed.RETRY


@pytest.mark.parametrize("which", range(3))
def test_a_text_that_no_approved_template_says_never_gets_there(which: int) -> None:
    gateway, message = all_four("http://127.0.0.1:9")[which]
    changed = Outgoing(MESSAGE_ID, message.to, TEXT.replace("不交钱", "不要钱"), message.templates)

    assert (gateway.send(changed).handed, gateway.send(changed).code) == (Handed.REFUSED, "before:template")


def test_a_refusal_for_the_one_number_inside_a_yes_is_a_refusal() -> None:
    told = {"Response": {"SendStatusSet": [{"Code": "FailedOperation.ContainSensitiveWord", "SerialNo": ""}]}}
    with supplier(lambda _: told) as (url, _):
        gateway, message = all_four(url)[1]
        assert gateway.send(message).handed is Handed.REFUSED


def test_aliyun_is_asked_for_a_numbers_day_and_our_message_is_found_among_the_others() -> None:
    rows = [{"OutId": "x", "SendStatus": 3}, {"OutId": str(MESSAGE_ID), "SendStatus": 2, "ErrCode": "INVALID_NUMBER"}]
    with supplier(lambda _: {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}) as (url, heard):
        outcome = Aliyun("id", "hidden", url).ask(SMS, A_MONDAY, A_MONDAY)

    assert heard[0].query["SendDate"] == "20260907"
    assert outcome is not None
    assert [(r.state, r.why) for r in outcome.reports] == [(MessageState.FAILED, Undelivered.UNREACHABLE)]


def test_tencent_is_asked_for_a_numbers_messages_and_ours_is_found_among_the_others() -> None:
    rows = [{"SessionContext": str(MESSAGE_ID), "ReportStatus": "SUCCESS", "SerialNo": "2640:1"}]
    with supplier(lambda _: {"Response": {"PullSmsSendStatusSet": rows}}) as (url, _):
        outcome = Tencent("id", "secret", "1", url).ask(SMS, A_MONDAY, A_MONDAY)

    assert outcome is not None
    assert [(r.state, r.vendor_id) for r in outcome.reports] == [(MessageState.DELIVERED, "2640:1")]


@pytest.mark.parametrize("which", range(2))
def test_a_supplier_that_knows_nothing_of_a_message_proves_nothing(which: int) -> None:
    with supplier(lambda _: {"Code": "OK", "Response": {}}) as (url, _):
        gateway, message = all_four(url)[which]
        assert isinstance(gateway, Answering)
        assert gateway.ask(message, A_MONDAY, A_MONDAY) is None


@pytest.mark.parametrize(("which", "minutes"), [(2, 9), (3, 29)])
def test_the_same_is_sent_again_only_while_the_supplier_sends_it_once(which: int, minutes: int) -> None:
    with supplier(with_token({"errcode": 0, "msgid": 7})) as (url, heard):
        gateway, message = all_four(url)[which]
        assert isinstance(gateway, Answering)
        first, again = gateway.send(message), gateway.ask(message, A_MONDAY, A_MONDAY + timedelta(minutes=minutes - 1))
        late = gateway.ask(message, A_MONDAY, A_MONDAY + timedelta(minutes=minutes))

    assert (first, late) == (again, None)
    assert [asked.body for asked in heard[1:]] == [heard[1].body] * 2


@pytest.mark.parametrize(("which", "stale"), [(2, 40001), (3, 42001)])
def test_a_token_that_ran_out_is_fetched_once_more_and_no_oftener(which: int, stale: int) -> None:
    with supplier(with_token({"errcode": stale})) as (url, heard):
        gateway, message = all_four(url)[which]
        outcome = gateway.send(message)

    assert outcome.handed is Handed.STOP
    assert len(heard) == 4


def test_wechat_gets_its_fields_and_our_id() -> None:
    with supplier(with_token({"errcode": 0, "msgid": 7})) as (url, heard):
        outcome = Wechat("wx1", "hidden", url).send(BY_WECHAT)

    token, sent = (json.loads(asked.body) for asked in heard)
    assert (heard[0].path, token["force_refresh"]) == ("/cgi-bin/stable_token", False)
    assert (sent["client_msg_id"], sent["touser"], outcome.vendor_id) == (str(MESSAGE_ID), OPENID, "7")
    assert sent["data"]["date3"] == {"value": "9月21日"}


def test_a_parent_whom_wecom_does_not_know_is_told_apart() -> None:
    with supplier(with_token({"errcode": 0, "invalid_parent_userid": [PARENT]})) as (url, heard):
        assert Wecom("ww1", "secret", "7", url).send(BY_WECOM).handed is Handed.REFUSED

    assert json.loads(heard[1].body)["text"]["content"].endswith(f"〔通知编号 {MESSAGE_ID.hex[:8]}〕")


def test_on_trial_only_guests_are_written_to() -> None:
    with supplier(lambda _: {"Code": "OK"}) as (url, heard):
        gateway = Trial(Aliyun("id", "hidden", url), frozenset({"19900000001"}))
        outcomes = [gateway.send(a_message(to, TEXT, BY_NAME)) for to in ("19900000001", "13800138000")]

    assert (outcomes[0].handed, outcomes[1]) == (Handed.ACCEPTED, KEPT_BACK)
    assert len(heard) == 1


@pytest.mark.parametrize("which", range(4))
def test_secrets_numbers_and_words_do_not_show_when_printed(which: int) -> None:
    gateway, message = all_four("http://127.0.0.1:9")[which]
    shown = f"{gateway}{message}{Outcome(Handed.RETRY, 'x', 'x')}"

    assert "hidden" not in shown
    assert message.to not in shown
    assert "王同学" not in shown
