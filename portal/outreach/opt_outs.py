"""退订: a number that wants no more reminders by a channel; the duty to tell the family goes to a person."""

import unicodedata
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import OptOut
from portal.vocabulary import Channel

LETTERS = frozenset({"R", "TD", "T", "N"})
"""What operators tell people to reply, now or in former years (gateways.md §5)."""
SHORT = 8
"""A longer text with 退订 in it may well be a question about it."""


def asks_to_stop(text: str) -> bool:
    """In whatever width and case, with whatever marks around it."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    return bare in LETTERS or ("退订" in bare and len(bare) <= SHORT)


def opt_out(session: Session, phone_index: bytes, channel: Channel, source: str, now: datetime) -> None:
    """Said twice it holds since the first time; after a change of mind since the second."""
    said = insert(OptOut).values(phone_index=phone_index, channel=channel, source=source, at=now)
    session.execute(
        said.on_conflict_do_update(
            index_elements=["phone_index", "channel"],
            set_={"source": source, "at": now, "ended_at": None},
            where=OptOut.ended_at.is_not(None),
        )
    )
