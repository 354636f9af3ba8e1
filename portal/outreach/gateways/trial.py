"""试发: before a supplier is live it writes to a list of guests alone; real numbers cannot be dialled by accident."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.outreach.gateways.protocol import Answering, Gateway, Handed, Limits, Outcome, Outgoing
from portal.vocabulary import Channel

KEPT_BACK = Outcome(Handed.KEPT_BACK, "before:trial", "试发阶段只发给名单上的人")


@dataclass(frozen=True)
class Trial:
    """Stands before a real gateway, so that no way leads past the list."""

    gateway: Gateway
    guests: frozenset[str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.gateway.name

    @property
    def limits(self) -> Limits:
        return self.gateway.limits

    @property
    def channels(self) -> frozenset[Channel]:
        return self.gateway.channels

    def send(self, message: Outgoing) -> Outcome:
        return self.gateway.send(message) if message.to in self.guests else KEPT_BACK

    def ask(self, message: Outgoing, sent_at: datetime, now: datetime) -> Outcome | None:
        if message.to not in self.guests or not isinstance(self.gateway, Answering):
            return None
        return self.gateway.ask(message, sent_at, now)
