"""Sign-ins kept on the server: begun, recognised, ended. The cookie holds a random reference and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, select, update
from sqlalchemy.orm import Session

from portal.models import Pupil, SignIn, StaffMember


@dataclass(frozen=True)
class Lasting:
    """How long a sign-in lasts without a click, and at the most (security.md L-31)."""

    idle: timedelta
    at_most: timedelta


STAFF = Lasting(timedelta(minutes=15), timedelta(hours=8))
FAMILY = Lasting(timedelta(minutes=20), timedelta(hours=12))


def begin_for_staff(session: Session, staff: StaffMember, now: datetime) -> str:
    """A fresh reference for the cookie, never one that was used before."""
    return _begin(session, SignIn(staff_id=staff.id), now)


def begin_for_family(session: Session, pupil: Pupil, children: Iterable[UUID], now: datetime) -> str:
    """``pupil`` is the one whose slip or number was shown; ``children`` are all whom the family sees."""
    return _begin(session, SignIn(pupil_id=pupil.id, children=list(children)), now)


def _begin(session: Session, sign_in: SignIn, now: datetime) -> str:
    token = token_urlsafe(32)
    sign_in.token_digest = _digest(token)
    sign_in.began_at = sign_in.seen_at = now
    session.add(sign_in)
    return token


_BY_TOKEN = select(SignIn).where(SignIn.token_digest == bindparam("digest", type_=LargeBinary))


def recognise(session: Session, token: str, now: datetime) -> SignIn | None:
    """The standing sign-in behind a cookie; notes at most once a minute that it was seen."""
    sign_in = session.scalars(_BY_TOKEN, {"digest": _digest(token)}).first()
    if sign_in is None or sign_in.ended_at is not None:
        return None
    lasting = STAFF if sign_in.staff_id else FAMILY
    if now - sign_in.seen_at > lasting.idle or now - sign_in.began_at > lasting.at_most:
        return None
    if now - sign_in.seen_at > timedelta(minutes=1):
        sign_in.seen_at = now
    return sign_in


def end(sign_in: SignIn, now: datetime, because: str) -> None:
    sign_in.ended_at, sign_in.ended_because = now, because


def end_all(session: Session, staff_id: UUID, now: datetime, because: str) -> int:
    """At once, on every device: after a change of role, unit or password, or when an account is closed."""
    ended = session.execute(
        update(SignIn)
        .where(SignIn.staff_id == staff_id, SignIn.ended_at.is_(None))
        .values(ended_at=now, ended_because=because)
        .returning(SignIn.id)
    )
    return len(ended.all())


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
