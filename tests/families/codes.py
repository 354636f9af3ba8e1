"""What the dispatcher's next look brings: the codes that were sent, to which numbers."""

import re
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from portal import clock
from portal.database import EVERYTHING
from portal.outreach.gateways.protocol import Outcome, Outgoing
from portal.outreach.gateways.sandbox import Sandbox
from portal.outreach.sign_in_codes import send_codes


@dataclass(frozen=True)
class Heard(Sandbox):
    """The sandbox, with what was handed to it."""

    sent: list[Outgoing] = field(default_factory=list)

    def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        return super().send(message)


def look(session: Session) -> list[Outgoing]:
    session.commit()
    gateway = Heard()
    send_codes(sessionmaker(session.get_bind(), info={"reach": EVERYTHING}), [gateway], clock.now)
    return gateway.sent


def code_in(message: Outgoing) -> str:
    found = re.search(r"\d{6}", message.text)
    assert found
    return found[0]
