"""腾讯云短信 (sms 2021-01-11): signed with TC3-HMAC-SHA256; an HTTP 200 may hold a refusal for the one number asked."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from requests import RequestException

from portal.clock import now
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
    ("Ok", Handed.ACCEPTED, "腾讯云已收下"),
    ("InternalError.Timeout", Handed.UNKNOWN, "腾讯云内部超时"),
    ("InternalError.SendAndRecvFail", Handed.UNKNOWN, "腾讯云内部没有回答"),
    ("InternalError.RequestTimeException", Handed.STOP, "服务器时钟不准，请校时"),
    ("AuthFailure.SignatureExpire", Handed.STOP, "服务器时钟不准，请校时"),
    ("InternalError.SigFieldMissing", Handed.STOP, "密钥不对，请管理员核对设置"),
    ("InternalError.SigVerificationFail", Handed.STOP, "密钥不对，请管理员核对设置"),
    ("InternalError*", Handed.UNKNOWN, "腾讯云内部出错"),
    ("AuthFailure*", Handed.STOP, "密钥不对或没有权限，请管理员核对设置"),
    ("UnauthorizedOperation*", Handed.STOP, "密钥没有发短信的权限"),
    ("RequestLimitExceeded*", Handed.RETRY, "发得太快，腾讯云请我们慢一点"),
    ("LimitExceeded.DeliveryFrequencyLimit", Handed.RETRY, "发得太快，腾讯云请我们慢一点"),
    ("LimitExceeded.AppDailyLimit*", Handed.STOP, "今天的总量用完了，请在腾讯云控制台调整"),
    ("LimitExceeded.*", Handed.HOLD, "这个号码今天收得太多，或收过一样的话"),
    ("FailedOperation.InsufficientBalanceInSmsPackage", Handed.STOP, "腾讯云套餐包余量不足"),
    ("FailedOperation.SignatureIncorrectOrUnapproved", Handed.STOP, "签名没有报备或已失效"),
    ("FailedOperation.TemplateIncorrectOrUnapproved", Handed.STOP, "模板没有审核通过或已失效"),
    ("FailedOperation.TemplateUnapprovedOrNotExist", Handed.STOP, "模板没有审核通过或已失效"),
    ("FailedOperation.MarketingSendTimeConstraint", Handed.STOP, "模板被当成营销短信，请核对模板类别"),
    ("FailedOperation.MissingSignature*", Handed.STOP, "签名没有报备或已失效"),
    ("FailedOperation.SignIdNotExist", Handed.STOP, "签名没有报备或已失效"),
    ("FailedOperation.MissingTemplate*", Handed.STOP, "模板没有审核通过或已失效"),
    ("FailedOperation.TemplateIdNotExist", Handed.STOP, "模板没有审核通过或已失效"),
    ("FailedOperation.NotEnterpriseCertification", Handed.STOP, "账号没有完成企业认证"),
    ("FailedOperation.ProhibitSubAccountUse", Handed.STOP, "密钥没有发短信的权限"),
    ("FailedOperation.QualificationIdNotApproved", Handed.STOP, "账号的资质没有审核通过"),
    ("FailedOperation.PhoneNumberInBlacklist", Handed.OPTED_OUT, "对方退订过，或在运营商免打扰名单里"),
    ("FailedOperation.ContainSensitiveWord", Handed.REFUSED, "内容里有腾讯云不让发的字"),
    ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", Handed.REFUSED, "填进模板的内容不全或不合规"),
    ("FailedOperation.PhoneNumberParseFail", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("FailedOperation.JsonParseFail", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("FailedOperation.FailResolvePacket", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("FailedOperation.ParametersOtherError", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("FailedOperation.OtherError", Handed.UNKNOWN, "腾讯云没有说清结果"),
    ("InvalidParameterValue.SdkAppIdNotExist", Handed.STOP, "应用编号不对，请管理员核对设置"),
    ("InvalidParameter.AppidAndBizId", Handed.STOP, "应用编号不对，请管理员核对设置"),
    ("InvalidParameter*", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("MissingParameter*", Handed.REFUSED, "腾讯云认为号码或内容不对"),
    ("UnsupportedOperation.UnsupportedRegion", Handed.STOP, "地域不对，请管理员核对设置"),
    ("UnsupportedOperation*", Handed.REFUSED, "腾讯云不给这个号码发"),
)

ENDINGS: Endings = (
    ("MK:0001", Undelivered.WRONG_NUMBER),
    ("SUBFAIL", Undelivered.WRONG_NUMBER),
    ("UNDELIV", Undelivered.UNREACHABLE),
    ("EXPIRED", Undelivered.UNREACHABLE),
    ("DELETED", Undelivered.UNREACHABLE),
    ("REJECTD", Undelivered.OURS),  # 敏感词、没有报备
)
SERVICE, VERSION, JSON = "sms", "2021-01-11", "application/json"


@dataclass(frozen=True)
class Tencent:
    """``app_id`` is the SdkAppId; ``region`` says which of the vendor's halls answers, not where the text goes."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    url: str
    region: str = "ap-nanjing"
    deadline: float = DEADLINE
    name: str = "tencent"
    limits: Limits = USUAL
    channels: frozenset[Channel] = SMS

    def send(self, message: Outgoing) -> Outcome:
        fitted = by_template(message, self.limits)
        if isinstance(fitted, Outcome):
            return fitted
        asked = {
            "PhoneNumberSet": [f"+86{message.to}"],
            "SmsSdkAppId": self.app_id,
            "TemplateId": fitted.code,
            "SignName": fitted.signature,
            "TemplateParamSet": list(fitted.fields.values()),
            "SessionContext": str(message.id),
        }
        answered = self._call("SendSms", asked)
        if isinstance(answered, Outcome):
            return answered
        one = _first(answered, "SendStatusSet")
        if one is None:
            return judge(CODES, _error(answered))
        return judge(CODES, str(one.get("Code")), str(one.get("SerialNo") or "") or None)

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        """What the number was sent since, looked through for our id."""
        asked = {
            "BeginTime": int(sent_at.timestamp()) - 60,
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": f"+86{message.to}",
            "SmsSdkAppId": self.app_id,
            "EndTime": int(now.timestamp()),
        }
        answered = self._call("PullSmsSendStatusByPhoneNumber", asked)
        rows = [] if isinstance(answered, Outcome) else answered.get("PullSmsSendStatusSet") or []
        mine = next((row for row in rows if row.get("SessionContext") == str(message.id)), None)
        if mine is None:
            return None
        # this interface gives no code of its own for a failure
        report = _report(message.id, str(mine.get("ReportStatus")), "", str(mine.get("SerialNo")))
        return Outcome(Handed.ACCEPTED, "query", "腾讯云查到已发出", report.vendor_id, (report,))

    def _call(self, action: str, asked: Mapping[str, Any]) -> dict[str, Any] | Outcome:
        """What stands under ``Response``; an Outcome where there was nothing to read."""
        body = json.dumps(asked).encode()
        at, host = int(now().timestamp()), urlsplit(self.url).netloc
        headers = {
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": self.region,
            "X-TC-Timestamp": str(at),
            **signed(self.secret_id, self.secret_key, SERVICE, host, at, body),
        }
        with Call(self.deadline) as call:
            try:
                status, text = call.post(f"{self.url}/", headers, body)
            except (RequestException, OSError):
                return call.lost
        found = read_json(text.encode())
        answered = found.get("Response") if isinstance(found, dict) else None
        if isinstance(answered, dict):
            return answered
        return Outcome(Handed.UNKNOWN, str(status), "腾讯云的回答看不懂，等状态报告", known=False)


def _first(answered: dict[str, Any], name: str) -> dict[str, Any] | None:
    rows = answered.get(name)
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None


def _error(answered: dict[str, Any]) -> str:
    error = answered.get("Error")
    return str(error.get("Code")) if isinstance(error, dict) else ""


def signed(
    secret_id: str, secret_key: str, service: str, host: str, at: int, body: bytes, **others: str
) -> dict[str, str]:
    """The signing headers of a POST; ``at`` in seconds since 1970; ``others`` are signed as well (x-tc-action …)."""
    lines = {"content-type": JSON, "host": host} | {name.replace("_", "-"): value for name, value in others.items()}
    names = ";".join(sorted(lines))
    text = "".join(f"{name}:{lines[name].lower()}\n" for name in sorted(lines))
    request = "\n".join(["POST", "/", "", text, names, hashlib.sha256(body).hexdigest()])
    day = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
    scope = f"{day}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for piece in (day, service, "tc3_request"):
        key = hmac.new(key, piece.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    proof = f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {"Content-Type": lines["content-type"], "Host": host, "Authorization": proof}


def _report(message_id: Any, status: str, code: str, vendor_id: str) -> Report:
    state = MessageState.DELIVERED if status == "SUCCESS" else MessageState.FAILED
    reason = why(ENDINGS, code) if state is MessageState.FAILED else None
    return Report(message_id, state, plain(code or status), reason, vendor_id)


@dataclass(frozen=True)
class TencentDoor:
    """Reports in lists, replies one by one; nothing in them is signed.

    Our id comes back as ``ext`` only where the vendor has opened that for the account; otherwise its ``sid`` is ours.
    """

    methods: frozenset[str] = frozenset({"POST"})

    def open(self, push: Push) -> Arrival:
        reports, replies = [], []
        for each in entries(push.body):
            phone = domestic(each.get("mobile", ""))
            if phone and "text" in each:
                replies.append(Reply(phone, each["text"], f"{each.get('time')}|{phone}|{each['text']}"))
            elif phone and each.get("sid"):
                report = _report(
                    an_id(each.get("ext", "")), each.get("report_status", ""), each.get("errmsg", ""), each["sid"][:80]
                )
                reports.append(replace(report, phone=phone, at=chinese_time(each.get("user_receive_time", ""))))
        return Arrival(tuple(reports), tuple(replies), '{"result":0,"errmsg":"OK"}')
