"""What WeChat and 企业微信 push: their published vectors, and everything that only looks like it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.outreach.gateways.doors import NotGenuine, Push
from portal.outreach.gateways.pushes import Seal, signature
from portal.outreach.gateways.wechat import WechatDoor, read
from portal.vocabulary import Channel, MessageState, Undelivered

APP = "wxba5fad812f8e6fb9"
SEAL = Seal("AAAAA", "A" * 43, APP)
SEALED = (Path(__file__).parent / "wechat_push.txt").read_text(encoding="ascii").strip()
STAMP = 1714112445
OPENID = "oDF3iYyVlek46AyTBbMRVV8VZVlI"


def pushed(seal: Seal = SEAL, sealed: str = SEALED, **fields: str) -> Push:
    said = {
        "timestamp": str(STAMP),
        "nonce": "415670741",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
        **fields,
    }
    body = f"<xml><ToUserName>{APP}</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    return Push("POST", said, {}, body, datetime.fromtimestamp(STAMP, UTC))


@pytest.mark.parametrize(
    ("stamp", "nonce", "proof"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    ],
)
def test_the_plain_vectors_that_wechat_publishes(stamp: str, nonce: str, proof: str) -> None:
    assert signature("AAAAA", stamp, nonce) == proof


def test_the_sealed_vector_that_wechat_publishes() -> None:
    assert b'"Event":"debug_demo","debug_str":"hello world"' in SEAL.open(pushed(), SEALED)


def test_the_vector_that_wecom_publishes() -> None:
    seal = Seal("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
    sealed = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    proof = {"timestamp": "1409659589", "nonce": "263014780"}
    push = pushed(**proof, msg_signature="5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3")

    assert seal.open(push, sealed) == b"1616140317555161061"


@pytest.mark.parametrize(
    "push",
    [
        pushed(msg_signature="0" * 40),
        pushed(msg_signature=""),
        pushed(nonce="1"),
        pushed(sealed=SEALED[:-8] + "AAAAAAA="),
        pushed(sealed=""),
    ],
    ids=["forged", "unsigned", "another nonce", "changed", "empty"],
)
def test_what_is_not_sealed_and_signed_is_not_believed(push: Push) -> None:
    with pytest.raises(NotGenuine):
        WechatDoor(SEAL).open(push)


def test_a_push_for_another_account_is_not_believed() -> None:
    with pytest.raises(NotGenuine, match="receiver"):
        Seal("AAAAA", "A" * 43, "wx-another").open(pushed(), SEALED)


def test_a_push_of_an_hour_ago_is_not_believed() -> None:
    old = Push("POST", pushed().fields, {}, pushed().body, datetime.fromtimestamp(STAMP, UTC) + timedelta(hours=1))
    with pytest.raises(NotGenuine, match="timestamp"):
        WechatDoor(SEAL).open(old)


def test_a_bomb_of_entities_is_no_push() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    push = Push("POST", pushed().fields, {}, bomb, datetime.fromtimestamp(STAMP, UTC))
    with pytest.raises(NotGenuine):
        WechatDoor(SEAL).open(push)


def test_the_console_is_answered_when_it_asks_whether_the_address_is_ours() -> None:
    proof = {"timestamp": "1714036504", "nonce": "1514711492", "echostr": "4375120948345356249"}
    fields = {**proof, "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696"}
    greeting = Push("GET", fields, {}, b"", datetime.fromtimestamp(1714036504, UTC))

    assert WechatDoor(SEAL).open(greeting).answer == "4375120948345356249"


@pytest.mark.parametrize(
    ("status", "state", "why"),
    [
        ("success", MessageState.DELIVERED, None),
        ("failed:user block", MessageState.FAILED, Undelivered.BLOCKED),
        ("failed: system failed", MessageState.FAILED, Undelivered.UNSAID),
    ],
)
def test_the_result_of_a_template_message(status: str, state: MessageState, why: Undelivered | None) -> None:
    event = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163836", "Status": status, "FromUserName": OPENID}
    (report,) = read(event).reports

    assert (report.vendor_id, report.phone, report.state, report.why) == ("200163836", OPENID, state, why)


def test_what_a_family_writes_is_a_reply_by_wechat() -> None:
    (reply,) = read({"MsgType": "text", "Content": "退订", "MsgId": "1", "FromUserName": OPENID}).replies

    assert (reply.sender, reply.text, reply.channel) == (OPENID, "退订", Channel.WECHAT)
