"""What every gateway looks like to the dispatcher, and what it may answer (短信网关)."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from portal.outreach.gateways.approved import Approved, Fitted, fit
from portal.vocabulary import Channel, Labelled, MessageState, Undelivered

MOBILE = re.compile(r"1[3-9][0-9]{9}")


class Handed(Labelled):
    """What is known after one try; ``accepted`` and ``unknown`` may have been sent, the others surely were not."""

    ACCEPTED = "accepted", "网关已收下"
    UNKNOWN = "unknown", "不知道是否交出去，不能再发"
    RETRY = "retry", "没有交出去，过一会再发"
    HOLD = "hold", "没有交出去，这个号码过一天再发"
    STOP = "stop", "没有交出去，网关要先修好"
    REFUSED = "refused", "网关拒收这一条，不再发"
    OPTED_OUT = "opted_out", "对方已退订"
    KEPT_BACK = "kept_back", "试发阶段，没有交给网关"


@dataclass(frozen=True)
class Report:
    """状态报告 as a gateway gave it; ``code`` holds nothing personal.

    A supplier that does not bring our id back names its own. What it says of number and time must fit the message.
    """

    message_id: UUID | None
    state: MessageState
    code: str
    why: Undelivered | None = None
    vendor_id: str | None = None
    phone: str | None = field(default=None, repr=False)
    at: datetime | None = None


@dataclass(frozen=True)
class Reply:
    """What a family sent back; ``key`` tells one reply from the next when a gateway brings it twice."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    key: str = field(repr=False)
    channel: Channel = Channel.SMS


@dataclass(frozen=True)
class Outcome:
    """``sentence`` is for staff; ``reports`` is what a gateway already tells with its answer.

    ``known`` is false for a code that our table of the supplier lacks: it stops nothing and is shown.
    """

    handed: Handed
    code: str
    sentence: str
    vendor_id: str | None = None
    reports: tuple[Report, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class Outgoing:
    """One text to one family; the id travels along so that a report finds its message.

    ``to`` is a mobile number, or whom the supplier knows the family by (openid, 家长 userid).
    """

    id: UUID
    to: str = field(repr=False)
    text: str = field(repr=False)
    templates: tuple[Approved, ...] = ()
    """What this supplier approved for the wording; those that pass on any text need none."""


@dataclass(frozen=True)
class Limits:
    """``parts`` is the most segments of one text that pass whole; ``per_second`` holds for all dispatchers together."""

    parts: int = 2
    per_second: float = 100


USUAL = Limits()
SMS, WECHAT, WECOM = frozenset({Channel.SMS}), frozenset({Channel.WECHAT}), frozenset({Channel.WECOM})


class Gateway(Protocol):
    """``send`` never raises for what a network can do, and ends within its deadline of 10 seconds."""

    @property
    def name(self) -> str: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def channels(self) -> frozenset[Channel]: ...

    def send(self, message: Outgoing) -> Outcome: ...


@runtime_checkable
class Answering(Protocol):
    """A supplier that can be asked by our id what became of a message; of the others only reports settle an unknown."""

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        """None when it cannot say; an answer that it knows nothing of the message proves nothing."""


def units(text: str) -> int:
    """Length as operators count it: UTF-16 units, so that 𬱖 costs two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(text: str) -> int:
    """Segments billed: one up to 70 units, then 67 each."""
    length = units(text)
    return 1 if length <= 70 else -(-length // 67)


def refusal(message: Outgoing, limits: Limits) -> Outcome | None:
    """What a gateway would do wrong without a word (cut, double, garble) is refused before it gets there."""
    segments = parts(message.text)
    faults = (
        ("number", not MOBILE.fullmatch(message.to), "不是大陆手机号"),
        ("empty", not message.text.strip(), "短信没有内容"),
        ("parts", segments > limits.parts, f"短信太长，超过{limits.parts}条"),
        ("surrogates", segments > 1 and any(ord(c) > 0xFFFF for c in message.text), "长短信里有会被截断的生僻字"),
        ("lone", any(0xD800 <= ord(c) <= 0xDFFF for c in message.text), "短信里有损坏的字"),
    )
    for code, wrong, sentence in faults:
        if wrong:
            return refused(code, sentence)
    return None


def by_template(message: Outgoing, limits: Limits) -> Fitted | Outcome:
    """For a supplier that sends only what it approved: by which of its templates, or why nothing is asked of it."""
    fault = refusal(message, limits)
    if fault is not None:
        return fault
    return fit(message.text, message.templates) or refused("template", "没有与这段话一字不差的已审模板")


def refused(code: str, sentence: str) -> Outcome:
    """By us, before the supplier heard of it."""
    return Outcome(Handed.REFUSED, f"before:{code}", sentence)
