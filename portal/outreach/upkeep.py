"""What is not kept for ever: words of messages and replies (90 days), ended sign-ins, counted tries, slots (L-09)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlalchemy.orm import Session

from portal.models import CodeRequest, JobSlot, Message, Reply, SignIn, TryCount

WORDS_KEPT = timedelta(days=90)
SIGN_INS_KEPT = timedelta(days=30)
SLOTS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Pruned:
    words: int
    answers: int
    sign_ins: int
    tries: int
    slots: int


def prune(session: Session, now: datetime) -> Pruned:
    """The template and its version tell for good what was said; the words themselves name a child."""
    ours = update(Message).where(Message.planned_at < now - WORDS_KEPT, Message.text_sealed.is_not(None))
    theirs = update(Reply).where(Reply.arrived_at < now - WORDS_KEPT, Reply.text_sealed.is_not(None))
    words = session.scalars(ours.values(text_sealed=None).returning(Message.id)).all()
    answers = session.scalars(theirs.values(text_sealed=None).returning(Reply.id)).all()
    return Pruned(
        len(words),
        len(answers),
        _delete(session, SignIn, SignIn.seen_at < now - SIGN_INS_KEPT),
        _delete(session, TryCount, TryCount.window_ends_at < now),
        _delete(session, JobSlot, JobSlot.slot < now - SLOTS_KEPT),
    )


def forget_codes(session: Session, now: datetime) -> int:
    """登录码 that are over, with whatever was typed to get them: every hour, so none is a day old; how many."""
    return _delete(session, CodeRequest, CodeRequest.ends_at < now)


def _delete(session: Session, table: type[Any], old: ColumnElement[bool]) -> int:
    gone = cast("CursorResult[Any]", session.execute(delete(table).where(old)))
    return gone.rowcount
