"""就学信息确认: two questions, one answer a term, one receipt, on however many phones it is tapped (N4-4)."""

from datetime import datetime
from secrets import randbelow
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from stdnum import luhn

from portal import audit
from portal.enrolment import corrections, waivers
from portal.models import Confirmation, Pupil

RECEIPT_DIGITS = 8
TRIES = 20
"""For a receipt number nobody has; with a million confirmations one try in ninety meets a taken one."""


class NoReceiptLeft(RuntimeError):
    """The numbers are used up; more digits are needed."""


def confirm(
    session: Session, pupil: Pupil, term: str, in_school: bool, wants_aid: bool, by: str, now: datetime
) -> Confirmation:
    """The standing confirmation of the term, made where there was none.

    A no is kept as a correction and ends no aid by itself; a later yes takes it back, at any time (A1). That nothing
    is wanted counts as 自愿放弃 once it was said twice, see ``waivers``.
    """
    standing = standing_confirmation(session, pupil.id, term)
    confirmation = standing or _first(session, pupil, term, in_school, wants_aid, by, now)
    if in_school and wants_aid:
        corrections.settle(session, pupil.id, term, corrections.NOES, now)
        waivers.take_back(session, pupil.id, term, by, now)
    elif not in_school:
        corrections.record(session, pupil, term, "not_in_school", "", by, now)
    else:
        corrections.record(session, pupil, term, "no_aid_wanted", "", by, now)
        waivers.say(session, pupil, term, by, now)
    return confirmation


def withdraw(session: Session, pupil: Pupil, term: str, by: str, now: datetime) -> None:
    """我没同意: the recorded answer is gone, a yes or a no, the trail keeps that it was there (J6)."""
    waivers.take_back(session, pupil.id, term, by, now)
    standing = standing_confirmation(session, pupil.id, term)
    if standing is not None:
        audit.record(
            session, by, "confirmation_denied", unit_id=pupil.school_id, pupil_id=pupil.id, recorded_by=standing.by
        )
        session.delete(standing)
        session.flush()


def standing_confirmation(session: Session, pupil_id: UUID, term: str) -> Confirmation | None:
    """The first answer of the term."""
    statement = select(Confirmation).where(Confirmation.pupil_id == pupil_id, Confirmation.term == term)
    return session.scalars(statement).first()


def spaced(receipt: str) -> str:
    """As shown and read aloud: 381 942 770."""
    return " ".join(receipt[start : start + 3] for start in range(0, len(receipt), 3))


def _first(
    session: Session, pupil: Pupil, term: str, in_school: bool, wants_aid: bool, by: str, now: datetime
) -> Confirmation:
    """Whoever comes second waits for the first and takes its row; only a taken receipt number is tried again."""
    for _ in range(TRIES):
        row = Confirmation(
            pupil_id=pupil.id,
            school_id=pupil.school_id,
            term=term,
            in_school=in_school,
            wants_aid=wants_aid,
            receipt=_new_receipt(),
            said_at=now,
            by=by,
        )
        values = {column.key: getattr(row, column.key) for column in Confirmation.__table__.columns}
        made = session.scalar(insert(Confirmation).values(values).on_conflict_do_nothing().returning(Confirmation.id))
        standing = standing_confirmation(session, pupil.id, term)
        if made and standing:
            audit.record(
                session, by, "confirmed",
                unit_id=pupil.school_id, pupil_id=pupil.id, term=term, in_school=in_school, wants_aid=wants_aid,
            )  # fmt: skip
        if standing:
            return standing
    raise NoReceiptLeft


def _new_receipt() -> str:
    """Eight random digits and a check digit, so that a slip of the tongue on the phone is noticed."""
    digits = f"{randbelow(9 * 10 ** (RECEIPT_DIGITS - 1)) + 10 ** (RECEIPT_DIGITS - 1)}"
    return digits + luhn.calc_check_digit(digits)
