"""企业微信 学校通知 (家校沟通): parents read it in ordinary WeChat; nobody reports back, so «accepted» is the end.

The same words are sent once within half an hour (``enable_duplicate_check``), so each notice ends with its own number.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from requests import RequestException

from portal.outreach.gateways.call import DEADLINE, Call
from portal.outreach.gateways.codes import Codes, judge
from portal.outreach.gateways.doors import read_json
from portal.outreach.gateways.protocol import USUAL, WECOM, Handed, Limits, Outcome, Outgoing, refused
from portal.outreach.gateways.token import Fresh, NoToken, Token
from portal.vocabulary import Channel

CODES: Codes = (
    ("0", Handed.ACCEPTED, "企业微信已收下"),
    ("-1", Handed.RETRY, "企业微信系统繁忙"),
    ("40001", Handed.STOP, "企业微信的密钥不对，请管理员核对设置"),
    ("40013", Handed.STOP, "企业微信的企业编号不对，请管理员核对设置"),
    ("40014", Handed.STOP, "企业微信不认我们的凭证"),
    ("42001", Handed.STOP, "企业微信不认我们的凭证"),
    ("40056", Handed.STOP, "应用编号不对，请管理员核对设置"),
    ("45009", Handed.STOP, "企业微信的调用次数用完了"),
    ("45033", Handed.RETRY, "发得太快，企业微信请我们慢一点"),
    ("60020", Handed.STOP, "这台服务器的地址不在企业微信的白名单里"),
    ("301002", Handed.STOP, "应用没有家校沟通的权限"),
    ("48002", Handed.STOP, "应用没有家校沟通的权限"),
    ("81013", Handed.REFUSED, "企业微信里没有这位家长，或家长没有关注学校通知；改发短信"),
    ("40003", Handed.REFUSED, "企业微信里没有这位家长；改发短信"),
    ("invalid", Handed.REFUSED, "企业微信里没有这位家长；改发短信"),
)
STALE = ("40014", "42001")
SENT_ONCE = timedelta(minutes=29)
WINDOW = 1800  # seconds, the supplier's own default
PARENT = re.compile(r"[\w.@-]{1,64}", re.ASCII)
TO_PARENTS = 1
LONGEST = 2048  # octets


@dataclass(frozen=True)
class Wecom:
    """``secret`` is that of the app of one's own which the school lists under 家长可使用的应用."""

    corp_id: str
    secret: str = field(repr=False)
    agent_id: str
    url: str
    deadline: float = DEADLINE
    name: str = "wecom"
    limits: Limits = USUAL
    channels: frozenset[Channel] = WECOM
    token: Token = field(default_factory=Token, repr=False, compare=False)

    def send(self, message: Outgoing) -> Outcome:
        if not PARENT.fullmatch(message.to):
            return refused("parent", "不是企业微信的家长编号")
        if not message.text.strip() or len(_content(message).encode("utf-8", "replace")) > LONGEST:
            return refused("length", "通知没有内容或太长")
        with Call(self.deadline) as call:
            try:
                answered = self._send(call, message)
                if answered.code in STALE:
                    answered = self._send(call, message)
            except (RequestException, OSError):
                return call.lost
            except NoToken as problem:
                return judge(CODES, str(problem))
        return answered

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        """The same notice again while the supplier drops what it has had."""
        return self.send(message) if now - sent_at < SENT_ONCE else None

    def take_token(self, call: Call) -> str:
        """Raises NoToken."""
        return self.token.take(lambda: self._fresh(call))

    def _send(self, call: Call, message: Outgoing) -> Outcome:
        token = self.take_token(call)
        body = {
            "recv_scope": TO_PARENTS,
            "to_parent_userid": [message.to],
            "msgtype": "text",
            "agentid": int(self.agent_id),
            "text": {"content": _content(message)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": WINDOW,
        }
        text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        address = f"{self.url}/cgi-bin/externalcontact/message/send?{urlencode({'access_token': token})}"
        answered = read_answer(call.post(address, {"Content-Type": "application/json"}, text)[1])
        if answered is None:
            return Outcome(Handed.UNKNOWN, "unreadable", "企业微信的回答看不懂", known=False)
        code = str(answered.get("errcode"))
        if code in STALE:
            self.token.drop(token)
        return judge(CODES, "invalid" if code == "0" and answered.get("invalid_parent_userid") else code)

    def _fresh(self, call: Call) -> Fresh:
        asked = urlencode({"corpid": self.corp_id, "corpsecret": self.secret})
        try:
            answered = read_answer(call.get(f"{self.url}/cgi-bin/gettoken?{asked}")[1]) or {"errcode": -1}
        except (RequestException, OSError) as problem:
            raise NoToken("-1") from problem
        if not answered.get("access_token"):
            raise NoToken(str(answered.get("errcode")))
        return Fresh(str(answered["access_token"]), float(answered.get("expires_in", 0)))


def _content(message: Outgoing) -> str:
    return f"{message.text}\n〔通知编号 {message.id.hex[:8]}〕"


def read_answer(text: str) -> dict[str, Any] | None:
    """None for what is no object of JSON."""
    found = read_json(text.encode())
    return found if isinstance(found, dict) else None
