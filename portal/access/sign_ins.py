"""Sign-ins kept on the server: begun, recognised, ended. The cookie holds a random reference and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Interval, LargeBinary, bindparam, case, literal_column, select, update
from sqlalchemy.orm import Session

from portal.database import announced, has_announced, reach_pupils
from portal.models import Pupil, SignIn, StaffMember


@dataclass(frozen=True)
class Lasting:
    """How long a sign-in lasts without a click, and at the most (security.md L-31)."""

    idle: timedelta
    at_most: timedelta


@dataclass(frozen=True)
class Standing:
    """A sign-in that holds; ``noted``: it was just written down that its visitor was seen, and waits for a commit."""

    id: UUID
    staff_id: UUID | None
    pupil_id: UUID | None
    children: list[UUID]
    """The pupils a family sees on this visit, the eldest first."""
    noted: bool


NOTED_EVERY = timedelta(minutes=1)
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


_NOW = bindparam("now", type_=DateTime(timezone=True))


def _lasts(staff: timedelta, family: timedelta) -> ColumnElement[timedelta]:
    """Of a sign-in of either kind."""
    return case((SignIn.staff_id.is_not(None), _interval(staff)), else_=_interval(family))


def _interval(length: timedelta) -> ColumnElement[timedelta]:
    """Said in the statement itself, for it is always the same."""
    return literal_column(f"INTERVAL '{length.total_seconds():.0f} s'", Interval)


_READ = SignIn.id, SignIn.staff_id, SignIn.pupil_id, SignIn.children, SignIn.seen_at
_STANDING = select(*_READ, announced(SignIn.children)).where(
    SignIn.token_digest == bindparam("digest", type_=LargeBinary),
    SignIn.ended_at.is_(None),
    SignIn.seen_at >= _NOW - _lasts(STAFF.idle, FAMILY.idle),
    SignIn.began_at >= _NOW - _lasts(STAFF.at_most, FAMILY.at_most),
)
"""A family's sign-in is read and its children are reached by one statement; a staff member's reaches none."""


def recognise(session: Session, token: str, now: datetime) -> Standing | None:
    """The standing sign-in behind a cookie; notes at most once a minute that it was seen."""
    found = session.connection().execute(_STANDING, {"digest": _digest(token), "now": now}).first()
    if found is None:
        return None
    if found.pupil_id is not None:
        has_announced(session, reach_pupils(found.children))
    is_news = now - found.seen_at > NOTED_EVERY
    if is_news:
        session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
    return Standing(found.id, found.staff_id, found.pupil_id, found.children, noted=is_news)


def end(session: Session, sign_in: Standing, now: datetime, because: str) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(ended_at=now, ended_because=because))


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
