"""告知单 codes: every pupil of a school has one, so it brands nobody; with the birth date it opens the child's page."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from secrets import randbelow
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.tries import Asker, TooManyTries, count_try, forgive, take_back
from portal.database import reach_pupils, set_reach
from portal.models import Pupil, Slip

DIGITS = 10
NOBODY = UUID(int=0)


class NotFound(Exception):
    """Wrong code, wrong date or no such child; never told which."""


def issue_slips(session: Session, pupils: Iterable[Pupil], now: datetime) -> dict[UUID, Slip]:
    """The standing slip of each pupil, made where there is none."""
    school_of = {pupil.id: pupil.school_id for pupil in pupils}
    slips = _standing(session, school_of)
    without = {pupil_id: school for pupil_id, school in school_of.items() if pupil_id not in slips}
    if not without:
        return slips
    make_slips(session, without, now)
    return slips | _standing(session, without)


def make_slips(session: Session, school_of: Mapping[UUID, UUID], now: datetime) -> None:
    """For pupils that have none, by id with their school's.

    Among millions two codes drawn are alike now and then, and the other may be out of reach: then another is drawn.
    """
    left = dict(school_of)
    made = insert(Slip).on_conflict_do_nothing(index_elements=[Slip.code_index]).returning(Slip.pupil_id)
    while left:
        for pupil_id in session.scalars(made, [_drawn(*whose, now) for whose in left.items()]).all():
            del left[pupil_id]


def _standing(session: Session, pupils: Iterable[UUID]) -> dict[UUID, Slip]:
    standing = session.scalars(select(Slip).where(Slip.pupil_id.in_(pupils), Slip.withdrawn_at.is_(None)))
    return {slip.pupil_id: slip for slip in standing}


def _drawn(pupil_id: UUID, school_id: UUID, now: datetime) -> dict[str, Any]:
    slip, code = Slip(id=uuid4()), _new_code()
    return {
        "id": slip.id, "pupil_id": pupil_id, "school_id": school_id, "issued_at": now,
        "code_sealed": Slip.code.seal(slip, code), "code_index": Slip.code.digest(code),
    }  # fmt: skip


def find_pupil(session: Session, code: str, birth_date: date, asker: Asker, now: datetime) -> Pupil:
    """Raise NotFound or TooManyTries, after the same work whatever was wrong (security.md §6.3); the caller commits."""
    digits = tidy_code(code)
    try:
        for what, who in (*asker.counted, ("family sign-in by slip", digits)):
            count_try(session, what, who, now)
    except TooManyTries:
        audit.record(session, "nobody", "sign_in_failed", source=asker.source, because="too many tries")
        raise
    index = Slip.code.digest(digits or "-")
    standing = select(Slip.pupil_id).where(Slip.code_index == index, Slip.withdrawn_at.is_(None))
    pupil_id = session.scalar(standing) or NOBODY
    set_reach(session, reach_pupils([pupil_id]))
    if _birth_date_of(session, pupil_id) != birth_date:
        audit.record(session, "nobody", "sign_in_failed", source=asker.source, because="no such slip and date")
        raise NotFound
    pupil = session.get_one(Pupil, pupil_id)
    for what, who in asker.counted:
        take_back(session, what, who)
    forgive(session, "family sign-in by slip", digits)
    audit.record(session, "family", "signed_in", pupil_id=pupil.id, unit_id=pupil.school_id, source=asker.source)
    return pupil


def _birth_date_of(session: Session, pupil_id: UUID) -> date | None:
    """One value is fetched and opened, whether there is such a pupil or not."""
    sealed = session.scalar(select(Pupil.birth_date_text_sealed).where(Pupil.id == pupil_id))
    one = Pupil(id=pupil_id)
    one.birth_date_text_sealed = sealed or Pupil.birth_date_text.seal(one, date.min.isoformat())
    day = one.birth_date
    return day if sealed else None


def tidy_code(text: str) -> str:
    """Digits only; full-width ones, blanks and dashes are as good."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")


def spaced(code: str) -> str:
    """As printed: 381 942 7705."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def _new_code() -> str:
    return f"{randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)}"
