"""How a supplier's code is read: its table from top to bottom; what is not in it stops nothing and is shown."""

import re

from portal.outreach.gateways.protocol import Handed, Outcome
from portal.vocabulary import Undelivered

Codes = tuple[tuple[str, Handed, str], ...]
"""A code, or with ``*`` how codes begin; what it proves; the sentence for staff. The first that fits holds."""

Endings = tuple[tuple[str, Undelivered], ...]
"""Codes of reports in the same manner, and why nothing arrived."""

PLAIN = re.compile(r"[\w.:/-]{1,60}", re.ASCII)


def judge(codes: Codes, code: str, vendor_id: str | None = None) -> Outcome:
    """A code of which we know nothing may stand for a message that was sent."""
    for wanted, handed, sentence in codes:
        if fits(code, wanted):
            return Outcome(handed, plain(code), sentence, vendor_id)
    return Outcome(Handed.UNKNOWN, plain(code), "供应商的代码没见过，等状态报告", vendor_id, known=False)


def why(endings: Endings, code: str) -> Undelivered:
    return next((why for wanted, why in endings if fits(code, wanted)), Undelivered.UNSAID)


def fits(code: str, wanted: str) -> bool:
    return code.startswith(wanted[:-1]) if wanted.endswith("*") else code == wanted


def plain(code: str) -> str:
    """What is shown and logged; a text that is no code may quote a number or a name."""
    return code if PLAIN.fullmatch(code) else "unreadable"
