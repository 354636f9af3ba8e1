"""The sandbox ends as the number says, within the range for trying out."""

from uuid import uuid4

import pytest

from portal.outreach.gateways.protocol import Handed, Outgoing
from portal.outreach.gateways.sandbox import Sandbox
from portal.vocabulary import MessageState


@pytest.mark.parametrize(
    ("phone", "handed", "reported"),
    [
        ("19900003001", Handed.ACCEPTED, [MessageState.DELIVERED]),
        ("19900003002", Handed.ACCEPTED, [MessageState.FAILED]),
        ("19900003003", Handed.RETRY, []),
        ("19900003004", Handed.UNKNOWN, []),
        ("13800138002", Handed.ACCEPTED, [MessageState.DELIVERED]),
        ("051000000000", Handed.REFUSED, []),
    ],
)
def test_the_last_three_digits_decide(phone: str, handed: Handed, reported: list[MessageState]) -> None:
    outcome = Sandbox().send(Outgoing(uuid4(), phone, "【示例县教育局】您好"))

    assert outcome.handed is handed
    assert [report.state for report in outcome.reports] == reported
