"""微信服务号: template messages to families that follow the account, and what WeChat pushes back, sealed with AES.

The only supplier that takes the same message twice for one: for ten minutes the same ``client_msg_id`` is sent once.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from requests import RequestException

from portal.outreach.gateways.approved import Fitted, fit
from portal.outreach.gateways.call import DEADLINE, Call
from portal.outreach.gateways.codes import Codes, judge, plain
from portal.outreach.gateways.doors import Arrival, NotGenuine, Push, read_json
from portal.outreach.gateways.protocol import USUAL, WECHAT, Handed, Limits, Outcome, Outgoing, Reply, Report, refused
from portal.outreach.gateways.pushes import Seal, check_fresh, same, signature
from portal.outreach.gateways.token import Fresh, NoToken, Token
from portal.vocabulary import Channel, MessageState, Undelivered

CODES: Codes = (
    ("0", Handed.ACCEPTED, "微信已收下"),
    ("-1", Handed.RETRY, "微信系统繁忙"),
    ("40001", Handed.STOP, "微信不认我们的凭证，请管理员核对 AppSecret"),
    ("40014", Handed.STOP, "微信不认我们的凭证，请管理员核对 AppSecret"),
    ("42001", Handed.STOP, "微信不认我们的凭证，请管理员核对 AppSecret"),
    ("40125", Handed.STOP, "AppSecret 不对，请管理员核对设置"),
    ("40013", Handed.STOP, "AppID 不对，请管理员核对设置"),
    ("40164", Handed.STOP, "这台服务器的地址不在微信的白名单里"),
    ("45009", Handed.STOP, "今天的微信调用次数用完了"),
    ("45011", Handed.RETRY, "发得太快，微信请我们慢一点"),
    ("48001", Handed.STOP, "服务号没有模板消息的权限"),
    ("50002", Handed.STOP, "服务号被限制，请登录公众平台查看"),
    ("47003", Handed.STOP, "模板与填的内容对不上，请管理员核对模板"),
    ("40037", Handed.STOP, "模板编号不对，请管理员核对模板"),
    ("41028", Handed.STOP, "模板编号不对，请管理员核对模板"),
    ("43004", Handed.REFUSED, "家长没有关注服务号，改发短信"),
    ("43019", Handed.REFUSED, "家长拉黑了服务号，改发短信"),
    ("40003", Handed.REFUSED, "微信里没有这位家长，改发短信"),
    ("43101", Handed.OPTED_OUT, "家长不接收服务号的通知"),
)
STALE = ("40001", "40014", "42001")  # the token ran out or was replaced
SENT_ONCE = timedelta(minutes=9)  # of the ten that WeChat promises
ENDINGS = {
    "success": (MessageState.DELIVERED, None),
    "failed:user block": (MessageState.FAILED, Undelivered.BLOCKED),
    "failed: system failed": (MessageState.FAILED, Undelivered.UNSAID),
}
OPENID = re.compile(r"[\w-]{16,64}", re.ASCII)
LONGEST_FIELD = 20


@dataclass(frozen=True)
class Wechat:
    app_id: str
    secret: str = field(repr=False)
    url: str
    deadline: float = DEADLINE
    name: str = "wechat"
    limits: Limits = USUAL
    channels: frozenset[Channel] = WECHAT
    token: Token = field(default_factory=Token, repr=False, compare=False)

    def send(self, message: Outgoing) -> Outcome:
        if not OPENID.fullmatch(message.to):
            return refused("openid", "不是微信的收件人编号")
        fitted = fit(message.text, message.templates)
        if fitted is None:
            return refused("template", "没有与这段话一字不差的已审模板")
        if any(len(words) > LONGEST_FIELD or "\n" in words for words in fitted.fields.values()):
            return refused("field", f"模板里有一项超过{LONGEST_FIELD}个字")
        with Call(self.deadline) as call:
            try:
                answered = self._send(call, message, fitted)
                if answered.code in STALE:
                    answered = self._send(call, message, fitted)
            except (RequestException, OSError):
                return call.lost
            except NoToken as problem:
                return judge(CODES, str(problem))
        return answered

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        """The same message again while WeChat promises to send it only once."""
        return self.send(message) if now - sent_at < SENT_ONCE else None

    def _send(self, call: Call, message: Outgoing, fitted: Fitted) -> Outcome:
        token = self.token.take(lambda: self._fresh(call))
        body = {
            "touser": message.to,
            "template_id": fitted.code,
            "client_msg_id": str(message.id),
            "data": {name: {"value": words} for name, words in fitted.fields.items()},
        }
        answered = self._call(call, f"/cgi-bin/message/template/send?access_token={quote(token)}", body)
        if answered is None:
            return Outcome(Handed.UNKNOWN, "unreadable", "微信的回答看不懂，等状态报告", known=False)
        code = str(answered.get("errcode"))
        if code in STALE:
            self.token.drop(token)
        vendor_id = answered.get("msgid")
        return judge(CODES, code, str(vendor_id) if vendor_id else None)

    def _fresh(self, call: Call) -> Fresh:
        """Never ``force_refresh``: it would take the token from everybody else, and there are twenty a day."""
        asked = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.secret, "force_refresh": False}
        try:
            answered = self._call(call, "/cgi-bin/stable_token", asked) or {"errcode": -1}
        except (RequestException, OSError) as problem:
            raise NoToken("-1") from problem
        if not answered.get("access_token"):
            raise NoToken(str(answered.get("errcode")))
        return Fresh(str(answered["access_token"]), float(answered.get("expires_in", 0)))

    def _call(self, call: Call, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        text = json.dumps(body, ensure_ascii=False).encode()
        found = read_json(call.post(f"{self.url}{path}", {"Content-Type": "application/json"}, text)[1].encode())
        return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class WechatDoor:
    """Set the account to AES mode (安全模式): what comes in plain is not believed."""

    seal: Seal
    methods: frozenset[str] = frozenset({"GET", "POST"})

    def open(self, push: Push) -> Arrival:
        check_fresh(push)
        if push.method == "GET":
            return self._greet(push)
        words = _words(self.seal.open(push, _words(push.body).get("Encrypt", "")))
        return read(words)

    def _greet(self, push: Push) -> Arrival:
        """The one push that comes unsealed: the console asks whether the address is ours."""
        ours = signature(self.seal.token, push.fields.get("timestamp", ""), push.fields.get("nonce", ""))
        if not same(ours, push.fields.get("signature", "")):
            raise NotGenuine("signature")
        return Arrival(answer=push.fields.get("echostr", "")[:100], greeting=True)


def read(words: Mapping[str, str]) -> Arrival:
    """The result of a template message, or what a family wrote."""
    sender = words.get("FromUserName", "")
    if words.get("Event") == "TEMPLATESENDJOBFINISH" and words.get("Status") in ENDINGS:
        state, reason = ENDINGS[words["Status"]]
        code = plain(words["Status"].replace(": ", ":").replace(" ", "-"))
        report = Report(None, state, code, reason, words.get("MsgID", "")[:80], phone=sender)
        return Arrival(reports=(report,), answer="success")
    if words.get("MsgType") == "text" and OPENID.fullmatch(sender):
        reply = Reply(sender, words.get("Content", ""), words.get("MsgId", ""), Channel.WECHAT)
        return Arrival(replies=(reply,), answer="success")
    return Arrival(answer="success", greeting=True)


def _words(body: bytes) -> dict[str, str]:
    """The elements of ``<xml>``, or what is set to come as JSON; nothing of what cannot be read."""
    found = read_json(body)
    if isinstance(found, dict):
        return {key: str(value) for key, value in found.items()}
    try:
        return {child.tag: child.text or "" for child in fromstring(body)}
    except (ParseError, DefusedXmlException, ValueError):
        return {}
