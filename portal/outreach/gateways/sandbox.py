"""The gateway that sends nothing anywhere: the stored message is the outbox that the phone page shows.

Numbers of the range made for trying out end as their last three digits say; every other number gets its text.
"""

import re
from dataclasses import dataclass

from portal.outreach.gateways.protocol import SMS, WECHAT, Handed, Limits, Outcome, Outgoing, Report, refusal
from portal.vocabulary import Channel, MessageState, Undelivered

INVENTED = re.compile(r"1990000\d{4}")
"""The only numbers that invented people have: 19900000000 to 19900009999."""

FAST = Limits(per_second=10_000)

ENDINGS = {
    # last three digits: what the gateway answers, what the phone reports
    "002": (Handed.ACCEPTED, MessageState.FAILED, "关机（模拟）"),
    "003": (Handed.RETRY, None, "网关暂时不能收（模拟）"),
    "004": (Handed.UNKNOWN, None, "网关没有回答（模拟）"),
}
DELIVERED = (Handed.ACCEPTED, MessageState.DELIVERED, "沙箱已显示")


@dataclass(frozen=True)
class Sandbox:
    name: str = "sandbox"
    limits: Limits = FAST
    channels: frozenset[Channel] = SMS | WECHAT

    def send(self, message: Outgoing) -> Outcome:
        refused = refusal(message, self.limits)
        if refused is not None:
            return refused
        ending = message.to[-3:] if INVENTED.fullmatch(message.to) else ""
        handed, state, sentence = ENDINGS.get(ending, DELIVERED)
        why = Undelivered.UNREACHABLE if state is MessageState.FAILED else None
        reports = (Report(message.id, state, f"sandbox:{state}", why),) if state else ()
        return Outcome(handed, f"sandbox:{handed}", sentence, reports=reports)
