"""Kannel's smsbox: the open-source gateway between HTTP and an operator's line (gateways.md §1.1).

POST with headers, because its form of GET would leave password, number and text in every address log on the way.
Its answers, each seen with Kannel 1.4.5.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from requests import RequestException

from portal.outreach.gateways.call import DEADLINE, Call
from portal.outreach.gateways.doors import Arrival, Push, an_id, domestic
from portal.outreach.gateways.protocol import SMS, USUAL, Handed, Limits, Outcome, Outgoing, Reply, Report, refusal
from portal.vocabulary import Channel, MessageState, Undelivered

ANSWERS = (
    # status, what the text begins with: what it proves, the sentence for staff
    (202, "0:", Handed.ACCEPTED, "网关已收下"),
    (202, "3:", Handed.ACCEPTED, "运营商线路暂断，网关已排队"),
    (400, "", Handed.REFUSED, "网关认为号码或内容不对"),
    (401, "", Handed.STOP, "网关不认账号或密码，请管理员核对设置"),
    (403, "", Handed.STOP, "网关不认账号或密码，请管理员核对设置"),
    (404, "", Handed.STOP, "网关地址不对，请管理员核对设置"),
    (503, "Temporal failure", Handed.RETRY, "网关暂时不能收"),
)
REPORTS = {
    # dlr-mask bit: what the operator says
    "1": MessageState.DELIVERED,
    "2": MessageState.FAILED,
    "4": MessageState.ACCEPTED,
    "8": MessageState.ACCEPTED,
    "16": MessageState.FAILED,
}
EVERY_REPORT = "31"


@dataclass(frozen=True)
class Kannel:
    """``reports_to`` is the address of the portal's door for reports, with its secret."""

    url: str
    username: str
    password: str = field(repr=False)
    reports_to: str = field(repr=False)
    deadline: float = DEADLINE
    name: str = "kannel"
    limits: Limits = USUAL
    channels: frozenset[Channel] = SMS

    def send(self, message: Outgoing) -> Outcome:
        refused = refusal(message, self.limits)
        if refused is not None:
            return refused
        with Call(self.deadline) as call:
            try:
                status, text = call.post(self.url, self._headers(message), message.text.encode())
            except (RequestException, OSError):
                return call.lost
        return read_answer(status, text)

    def _headers(self, message: Outgoing) -> dict[str, str]:
        return {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self.username,
            "X-Kannel-Password": self.password,
            "X-Kannel-To": message.to,
            "X-Kannel-Coding": "2",
            "X-Kannel-DLR-Mask": EVERY_REPORT,
            # %d is Kannel's; %A would put the operator's words, with the text's first characters, into address logs.
            "X-Kannel-DLR-Url": f"{self.reports_to}?id={quote(str(message.id))}&type=%d",
        }


def read_answer(status: int, text: str) -> Outcome:
    """What is not in the table may have been sent."""
    for wanted, beginning, handed, sentence in ANSWERS:
        if status == wanted and text.startswith(beginning):
            return Outcome(handed, _code(status, text), sentence)
    return Outcome(Handed.UNKNOWN, _code(status, text), "网关的回答看不懂，等状态报告", known=False)


def _code(status: int, text: str) -> str:
    number = re.match(r"\d{1,3}(?=:)", text)
    return f"{status} {number.group()}" if number else str(status)


@dataclass(frozen=True)
class KannelDoor:
    """One report a request, in the address; an incoming text by POST, with its sender in a header.

    smsbox fetches a dlr-url with GET and cannot be told otherwise: docs/decisions/0007. Incoming texts need
    ``post-url`` with this very address, ``send-sender = true`` and ``mo-recode = true`` in the sms-service group.
    """

    methods: frozenset[str] = frozenset({"GET", "POST"})

    def open(self, push: Push) -> Arrival:
        sender = domestic(push.headers.get("x-kannel-from", ""))
        if push.method == "POST" and sender is not None:
            text = push.body.decode(_charset(push), "replace").strip()
            key = f"{push.headers.get('x-kannel-time', '')}|{sender}|{text}"
            return Arrival(replies=(Reply(sender, text, key),), answer="")
        state, message_id = REPORTS.get(push.fields.get("type", "")), an_id(push.fields.get("id", ""))
        if state is None or message_id is None:
            return Arrival()
        why = Undelivered.UNSAID if state is MessageState.FAILED else None
        return Arrival(reports=(Report(message_id, state, push.fields["type"], why),))


def _charset(push: Push) -> str:
    """UCS-2 unless ``mo-recode`` made UTF-8 of it."""
    return "utf-16-be" if "utf-16" in push.headers.get("content-type", "").lower() else "utf-8"
