"""退订: a number that wants no more reminders by a channel; the duty to tell the family goes to a person."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.models import Guardian, MessagePupil, OptOut, Pupil, Reply, WechatBinding
from portal.privacy.masking import mask_phone
from portal.vocabulary import Channel

REPLY = "reply"
"""Said by the family itself; any other source is the supplier that keeps it on a list."""

LETTERS = frozenset({"R", "TD", "T", "N"})
"""What operators tell people to reply, now or in former years (gateways.md §5)."""
SHORT = 8
"""A longer text with 退订 in it may well be a question about it."""


def asks_to_stop(text: str) -> bool:
    """In whatever width and case, with whatever marks around it."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    return bare in LETTERS or ("退订" in bare and len(bare) <= SHORT)


@dataclass(frozen=True)
class Refusal:
    """``number`` is which of the pupil's numbers it is, as a code; ``whose`` is masked."""

    number: str
    whose: str
    channel: Channel
    by_supplier: bool
    """On the supplier's list: it refuses the number whatever we say, until the family has it taken off there."""
    at: datetime


def opt_out(
    session: Session, phone_index: bytes, channel: Channel, source: str, now: datetime, answers: UUID | None = None
) -> None:
    """Said twice it holds since the first time; after a change of mind since the second. ``answers`` is a message."""
    said = insert(OptOut).values(phone_index=phone_index, channel=channel, source=source, at=now)
    anew = said.on_conflict_do_update(
        index_elements=["phone_index", "channel"],
        set_={"source": source, "at": now, "ended_at": None},
        where=OptOut.ended_at.is_not(None),
    )
    if session.scalar(anew.returning(OptOut.phone_index)) is None:
        return
    by = "family" if source == REPLY else "portal"
    for told in session.scalars(select(MessagePupil).where(MessagePupil.message_id == answers)):
        audit.record(session, by, "opted_out", unit_id=told.school_id, pupil_id=told.pupil_id, channel=channel.value)


def refusals(session: Session, pupil: Pupil) -> list[Refusal]:
    """Which of the pupil's numbers are not written to; the scope was looked at before."""
    numbers = _numbers(session, pupil)
    standing = select(OptOut).where(OptOut.phone_index.in_(numbers), OptOut.ended_at.is_(None)).order_by(OptOut.at)
    return [
        Refusal(*numbers[one.phone_index], one.channel, one.source != REPLY, one.at)
        for one in session.scalars(standing)
    ]


def opt_in(session: Session, pupil: Pupil, number: str, by: str, now: datetime) -> list[str]:
    """The family says that it wants to hear again on this number; the sources of what stood against it."""
    indexes = [index for index, (code, _) in _numbers(session, pupil).items() if code == number]
    standing = update(OptOut).where(OptOut.phone_index.in_(indexes), OptOut.ended_at.is_(None))
    ended = session.execute(standing.values(ended_at=now).returning(OptOut.channel, OptOut.source)).all()
    for channel, _ in ended:
        audit.record(session, by, "opted_in", unit_id=pupil.school_id, pupil_id=pupil.id, channel=channel.value)
    return [source for _, source in ended]


def _numbers(session: Session, pupil: Pupil) -> dict[bytes, tuple[str, str]]:
    """Every way this family is written to: a code, and whose it is in words. A WeChat refuses by its openid."""
    bound = select(WechatBinding).where(WechatBinding.pupil_id == pupil.id, WechatBinding.ended_at.is_(None))
    openids = (Reply.sender.digest(binding.openid) or b"" for binding in session.scalars(bound))
    phones = {
        guardian.phone_index: (f"phone-{guardian.position}", _whose(guardian))
        for guardian in pupil.guardians
        if guardian.phone_index
    }
    return dict.fromkeys(openids, ("wechat", "绑定的微信")) | phones


def _whose(guardian: Guardian) -> str:
    return f"{guardian.relation or '监护人'} {mask_phone(guardian.phone or '')}"
