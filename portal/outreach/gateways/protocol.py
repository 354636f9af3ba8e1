"""What every gateway looks like to the dispatcher, and what it may answer (短信网关)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from portal.vocabulary import Labelled, MessageState

MOBILE = re.compile(r"1[3-9][0-9]{9}")


class Handed(Labelled):
    """What is known after one try; only ``retry`` proves that nothing was sent."""

    ACCEPTED = "accepted", "网关已收下"
    REFUSED = "refused", "网关拒收这一条"
    RETRY = "retry", "没有交出去，可以再发"
    UNKNOWN = "unknown", "不知道是否交出去，不能再发"


@dataclass(frozen=True)
class Report:
    """状态报告 as a gateway gave it; ``code`` holds nothing personal."""

    message_id: UUID
    state: MessageState
    code: str


@dataclass(frozen=True)
class Outcome:
    """``sentence`` is for staff; ``reports`` is what a gateway already tells with its answer."""

    handed: Handed
    code: str
    sentence: str
    vendor_id: str | None = None
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Outgoing:
    """One text to one number; the id travels along so that a report finds its message."""

    id: UUID
    phone: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Limits:
    """``parts`` is the most segments of one text that the gateway passes on whole."""

    parts: int


TWO_PARTS = Limits(parts=2)


class Gateway(Protocol):
    """``send`` never raises for what a network can do, and ends within its deadline of 10 seconds."""

    @property
    def name(self) -> str: ...

    @property
    def limits(self) -> Limits: ...

    def send(self, message: Outgoing) -> Outcome: ...


@dataclass(frozen=True)
class ReportDoor:
    """How a gateway brings its reports: by POST, some by GET as well, and what reads their fields and body."""

    methods: frozenset[str]
    read: Callable[[Mapping[str, str], bytes], Sequence[Report]]


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
        ("number", not MOBILE.fullmatch(message.phone), "不是大陆手机号"),
        ("empty", not message.text.strip(), "短信没有内容"),
        ("parts", segments > limits.parts, f"短信太长，超过{limits.parts}条"),
        ("surrogates", segments > 1 and any(ord(c) > 0xFFFF for c in message.text), "长短信里有会被截断的生僻字"),
        ("lone", any(0xD800 <= ord(c) <= 0xDFFF for c in message.text), "短信里有损坏的字"),
    )
    for code, wrong, sentence in faults:
        if wrong:
            return Outcome(Handed.REFUSED, f"before:{code}", sentence)
    return None
