"""工作端: pages for school aid officers, bureaus and inspectors, each within their scope."""

from portal.blueprints.staff import (
    audit_trail,
    board,
    intakes,
    ledger,
    matched,
    matching,
    messages,
    people,
    pupil_acts,
    pupils,
    registers,
    sign_in,
    slips,
    take_in,
    today,
)
from portal.blueprints.staff.blueprint import staff

__all__ = [
    "audit_trail",
    "board",
    "intakes",
    "ledger",
    "matched",
    "matching",
    "messages",
    "people",
    "pupil_acts",
    "pupils",
    "registers",
    "sign_in",
    "slips",
    "staff",
    "take_in",
    "today",
]
