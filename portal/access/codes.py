"""登录码: six digits, five minutes, five tries, bound to the browser that asked (security.md §6.3, ASVS 6.5, 6.6).

Who asks is answered without a look into any register: a row is written, and the dispatcher looks later, where nobody
watches the clock. So the listed, the unlisted and the unknown cost the page the very same work.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import randbelow
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.tries import LIMITS, Asker, TooManyTries, count_try, network_of, take_back
from portal.database import reach_pupils, set_reach
from portal.models import CodeRequest, Pupil
from portal.models.sealed import keyring

DIGITS = 6
LASTS = timedelta(minutes=5)
MOST_TRIES = 5
PER_CHILD = ("code for a child, minute", "code for a child, hour", "code for a child, day")
PER_PHONE = ("code to a phone, minute", "code to a phone, hour", "code to a phone, day")
SLOWED = "code to a phone, slowed"


class WrongCode(Exception):
    """Wrong, too late, tried too often, or never sent; never told which."""


def ask(session: Session, name: str, id_number: str, source: str, now: datetime) -> UUID:
    """Raise TooManyTries; the caller commits in either case. The id belongs in the asker's cookie and nowhere else."""
    try:
        count_try(session, "code by source", network_of(source), now)
        for limit in PER_CHILD:
            count_try(session, limit, id_number, now)
    except TooManyTries:
        audit.record(session, "nobody", "code_asked", source=source, because="too many tries")
        raise
    request = CodeRequest(name=name, id_number=id_number, asked_at=now, ends_at=now + LASTS, children=[], tries=0)
    session.add(request)
    audit.record(session, "nobody", "code_asked", source=source)
    return request.id


def keeps_waiting(session: Session, request_id: UUID, wait: TooManyTries) -> bool:
    """Whether it is this very request that began the minute of ``wait``, and its code may still be written down."""
    request = session.get(CodeRequest, request_id)
    if request is None or request.used_at is not None or request.tries >= MOST_TRIES:
        return False
    return wait.ends_at == request.asked_at + LIMITS[PER_CHILD[0]].within


def find_pupils(session: Session, request_id: UUID | None, code: str, asker: Asker, now: datetime) -> list[Pupil]:
    """The children for whom the code was sent; it is used up. Raise WrongCode or TooManyTries; the caller commits."""
    for what, who in asker.counted:
        count_try(session, what, who, now)
    statement = select(CodeRequest).where(CodeRequest.id == (request_id or UUID(int=0))).with_for_update()
    request = session.scalars(statement).first() or CodeRequest(ends_at=now, tries=MOST_TRIES, children=[])
    request.tries += 1
    right = compare_digest(request.code_digest or b"", digest_of(request.id, code))
    open_still = request.used_at is None and request.tries <= MOST_TRIES and now < request.ends_at
    if not (right and open_still):
        audit.record(session, "nobody", "sign_in_failed", source=asker.source, because="no such code")
        raise WrongCode
    request.used_at = now
    set_reach(session, reach_pupils(request.children))
    pupils = list(session.scalars(select(Pupil).where(Pupil.id.in_(request.children))))
    for what, who in asker.counted:
        take_back(session, what, who)
    for pupil in pupils:
        audit.record(session, "family", "signed_in", pupil_id=pupil.id, unit_id=pupil.school_id, source=asker.source)
    return pupils


def waiting_requests(session: Session, now: datetime, most: int) -> list[CodeRequest]:
    """For one dispatcher alone, oldest first; what came too late is left to be swept away."""
    statement = (
        select(CodeRequest)
        .where(CodeRequest.looked_at.is_(None), CodeRequest.ends_at > now)
        .order_by(CodeRequest.asked_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def looked(request: CodeRequest, now: datetime) -> None:
    """Taken up once and never again; what was asked is forgotten at once."""
    request.looked_at, request.name, request.id_number = now, None, None


def make_code(request: CodeRequest, children: Sequence[UUID]) -> str:
    """The digits, which nothing but the message will ever hold."""
    code = f"{randbelow(10**DIGITS):0{DIGITS}}"
    request.code_digest, request.children = digest_of(request.id, code), list(children)
    return code


def digest_of(request_id: UUID, code: str) -> bytes:
    return keyring().index("sign-in code", f"{request_id}|{code}")
