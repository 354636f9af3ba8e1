"""阿里云短信 (Dysmsapi 2017-05-25): signed with ACS3-HMAC-SHA256; asked twice, it sends twice.

Like the vendor's own SDK, and because the interface knows no other way, number and words travel in the address, under
TLS: no proxy that logs addresses may stand between.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from requests import RequestException

from portal.clock import SHANGHAI, now
from portal.outreach.gateways.call import DEADLINE, Call
from portal.outreach.gateways.codes import Codes, Endings, judge, plain, why
from portal.outreach.gateways.doors import Arrival, Push, an_id, chinese_time, domestic, entries, read_json
from portal.outreach.gateways.protocol import (
    SMS,
    USUAL,
    Handed,
    Limits,
    Outcome,
    Outgoing,
    Reply,
    Report,
    by_template,
)
from portal.vocabulary import Channel, MessageState, Undelivered

CODES: Codes = (
    ("OK", Handed.ACCEPTED, "阿里云已收下"),
    ("isp.SYSTEM_ERROR", Handed.RETRY, "阿里云暂时出错"),
    ("isp.GATEWAY_ERROR", Handed.UNKNOWN, "阿里云的下游没有回答"),
    ("Throttling*", Handed.RETRY, "发得太快，阿里云请我们慢一点"),
    ("isv.BUSINESS_LIMIT_CONTROL", Handed.HOLD, "这个号码今天收得太多"),
    ("isv.DAY_LIMIT_CONTROL", Handed.STOP, "今天的总量用完了，请在阿里云控制台调整"),
    ("isv.MONTH_LIMIT_CONTROL", Handed.STOP, "本月的总量用完了，请在阿里云控制台调整"),
    ("isv.AMOUNT_NOT_ENOUGH", Handed.STOP, "阿里云账户余额不足"),
    ("isv.OUT_OF_SERVICE", Handed.STOP, "阿里云短信服务已停，请续费或联系客服"),
    ("isv.ACCOUNT_*", Handed.STOP, "阿里云账户异常"),
    ("isv.PRODUCT_UN*", Handed.STOP, "阿里云短信服务没有开通"),
    ("isp.RAM_PERMISSION_DENY", Handed.STOP, "密钥没有发短信的权限"),
    ("isv.SMS_SIGN*", Handed.STOP, "签名没有报备或已失效"),
    ("isv.SIGN_STATE_ILLEGAL", Handed.STOP, "签名没有报备或已失效"),
    ("isv.SMS_TEMPLATE_ILLEGAL", Handed.STOP, "模板没有审核通过或已失效"),
    ("isv.DENY_IP_RANGE", Handed.STOP, "这台服务器的地址不在阿里云的白名单里"),
    ("SignatureDoesNotMatch", Handed.STOP, "密钥不对，请管理员核对设置"),
    ("InvalidAccessKeyId*", Handed.STOP, "密钥不对，请管理员核对设置"),
    ("InvalidTimeStamp*", Handed.STOP, "服务器时钟不准，请校时"),
    ("isv.MOBILE_NUMBER_ILLEGAL", Handed.REFUSED, "阿里云认为号码不对"),
    ("isv.TEMPLATE_*", Handed.REFUSED, "填进模板的内容不全或不合规"),
    ("isv.INVALID_JSON_PARAM", Handed.REFUSED, "填进模板的内容不全或不合规"),
    ("isv.INVALID_PARAMETERS", Handed.REFUSED, "填进模板的内容不全或不合规"),
    ("isv.PARAM_*", Handed.REFUSED, "填进模板的内容太长或不合规"),
    ("isv.BLACK_KEY_CONTROL_LIMIT", Handed.REFUSED, "内容里有阿里云不让发的字"),
    ("isv.SMS_CONTENT_*", Handed.REFUSED, "内容里有阿里云不让发的字"),
)

ENDINGS: Endings = (
    ("MOBILE_NOT_ON_SERVICE", Undelivered.WRONG_NUMBER),
    ("MK:0001", Undelivered.WRONG_NUMBER),
    ("INVALID_NUMBER", Undelivered.UNREACHABLE),  # 关机、停机、空号不分
    ("MOBLLE_TERMINAL_ERROR", Undelivered.UNREACHABLE),
    ("MOBILE_TERMINAL_ERROR", Undelivered.UNREACHABLE),
    ("UNDELIV", Undelivered.UNREACHABLE),
    ("EXPIRED", Undelivered.UNREACHABLE),
    ("MOBILE_IN_BLACK", Undelivered.BLOCKED),
    ("REJECTD", Undelivered.BLOCKED),
    ("PORT_NOT_REGISTERED", Undelivered.OURS),
    ("CONTENT_*", Undelivered.OURS),
    ("IS_CLOSED", Undelivered.OURS),
)
SENT, LOST = "3", "2"  # SendStatus of QuerySendDetails; 1 is still on its way
VERSION = "2017-05-25"


@dataclass(frozen=True)
class Aliyun:
    key_id: str
    secret: str = field(repr=False)
    url: str
    deadline: float = DEADLINE
    name: str = "aliyun"
    limits: Limits = USUAL
    channels: frozenset[Channel] = SMS

    def send(self, message: Outgoing) -> Outcome:
        fitted = by_template(message, self.limits)
        if isinstance(fitted, Outcome):
            return fitted
        asked = {
            "PhoneNumbers": message.to,
            "SignName": fitted.signature,
            "TemplateCode": fitted.code,
            "TemplateParam": json.dumps(fitted.fields, ensure_ascii=False),
            "OutId": str(message.id),
        }
        answered = self._call("SendSms", asked)
        if isinstance(answered, Outcome):
            return answered
        return judge(CODES, answered["Code"], answered.get("BizId"))

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        """All of that number's day, looked through for our id."""
        asked = {
            "PhoneNumber": message.to,
            "SendDate": f"{sent_at.astimezone(SHANGHAI):%Y%m%d}",
            "PageSize": "50",
            "CurrentPage": "1",
        }
        answered = self._call("QuerySendDetails", asked)
        if isinstance(answered, Outcome) or answered["Code"] != "OK":
            return None
        rows = (answered.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
        mine = next((row for row in rows if row.get("OutId") == str(message.id)), None)
        return mine and _told(message, str(mine.get("SendStatus")), str(mine.get("ErrCode")))

    def _call(self, action: str, asked: Mapping[str, str]) -> dict[str, Any] | Outcome:
        """What the interface answered with a code of its own; an Outcome where there was none."""
        host = urlsplit(self.url).netloc
        headers = signed(self.key_id, self.secret, host, action, asked, now(), uuid4().hex)
        with Call(self.deadline) as call:
            try:
                status, text = call.post(f"{self.url}/?{canonical_query(asked)}", headers, b"")
            except (RequestException, OSError):
                return call.lost
        found = read_json(text.encode())
        if isinstance(found, dict) and isinstance(found.get("Code"), str):
            return found
        return Outcome(Handed.UNKNOWN, str(status), "阿里云的回答看不懂，等状态报告", known=False)


def _told(message: Outgoing, status: str, code: str) -> Outcome:
    state = {SENT: MessageState.DELIVERED, LOST: MessageState.FAILED}.get(status)
    reports = (_report(message, state, code),) if state else ()
    return Outcome(Handed.ACCEPTED, f"query:{plain(status)}", "阿里云查到已发出", reports=reports)


def _report(message: Outgoing, state: MessageState, code: str) -> Report:
    return Report(message.id, state, plain(code), why(ENDINGS, code) if state is MessageState.FAILED else None)


def signed(
    key_id: str,
    secret: str,
    host: str,
    action: str,
    query: Mapping[str, str],
    at: datetime,
    nonce: str,
    version: str = VERSION,
) -> dict[str, str]:
    """The headers of a POST without a body."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    headers["Authorization"] = authorization(key_id, secret, headers, query)
    return headers


def authorization(key_id: str, secret: str, headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """Of a POST to ``/`` whose signed headers (in small letters) are these."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", canonical_query(query), lines, names, headers["x-acs-content-sha256"]])
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"


def canonical_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


@dataclass(frozen=True)
class AliyunDoor:
    """SmsReport and SmsUp in lists; nothing in them is signed, so number and time must fit the message."""

    methods: frozenset[str] = frozenset({"GET", "POST"})

    def open(self, push: Push) -> Arrival:
        if push.method == "GET":
            return Arrival(answer='{"code":0,"msg":"成功"}', greeting=True)
        reports, replies = [], []
        for each in entries(push.body):
            phone = domestic(each.get("phone_number", ""))
            message_id = an_id(each.get("out_id", ""))
            if phone and "content" in each:
                key = each.get("sequence_id") or f"{each.get('send_time')}|{phone}|{each['content']}"
                replies.append(Reply(phone, each["content"], key))
            elif phone and message_id:
                state = MessageState.DELIVERED if each.get("success", "").lower() == "true" else MessageState.FAILED
                report = _report(Outgoing(message_id, phone, ""), state, each.get("err_code", ""))
                reports.append(replace(report, phone=phone, at=chinese_time(each.get("send_time", ""))))
        return Arrival(tuple(reports), tuple(replies), '{"code":0,"msg":"接收成功"}')
