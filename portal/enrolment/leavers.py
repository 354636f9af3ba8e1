"""离校后匿名化: whom nobody teaches any more becomes nobody, once the authority has said after how many years (L-09).

Ledger rows, awards and their yuan stay where they were counted. What names a person, or was written of one, goes. The
trail stays, as the law bids: it tells a pupil by an id behind which there is no name then.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import local, previous_term, term_of
from portal.models import (
    Addition,
    Award,
    BureauQuestion,
    ContactRecord,
    Correction,
    DeterminationRecord,
    EnrolmentRecord,
    Entitlement,
    FamilyQuestion,
    FurtherAid,
    Guardian,
    MatchFinding,
    MatchPair,
    Message,
    MessagePupil,
    Move,
    Pupil,
    Reply,
    Slip,
    SystemLine,
    WechatBinding,
    WecomParent,
)
from portal.models.bureau_question import COPIES

NOBODY = "已匿名"
AT_ONCE = 500
A_YEAR = timedelta(days=365.25)
GOES = (Guardian, Slip, WechatBinding, WecomParent, MatchFinding)
"""Rows that are a person's and nothing else."""
EMPTIED: dict[Any, tuple[str, ...]] = {
    Addition: ("words", "because"),
    Award: ("payee",),
    BureauQuestion: (*COPIES, "note"),
    ContactRecord: ("outcome",),
    Correction: ("words", "answer"),
    DeterminationRecord: ("words",),
    Entitlement: ("because",),
    FamilyQuestion: ("words",),
    FurtherAid: ("why",),
    Move: ("words", "name", "categories", "aids", "because"),
    SystemLine: ("name",),
}
"""Of rows that stay, what was written of the person."""
OF_THE_PUPIL = (
    "former_name", "id_number", "student_number", "birth_date_text", "written_birth", "old_number_index",
    "name_birth_index", "name_place_index", "offered_keys", "sex",
)  # fmt: skip


def anonymise(session: Session, years: int, now: datetime) -> int:
    """So many of those who are due, the rest by the next call; how many. The session must reach everything."""
    due = select(Pupil).where(*_left(years, now)).order_by(Pupil.id).limit(AT_ONCE)
    pupils = session.scalars(due.with_for_update(of=Pupil, skip_locked=True)).all()
    _empty_what_was_written(session, [pupil.id for pupil in pupils])
    for pupil in pupils:
        pupil.name, pupil.id_certain, pupil.id_type, pupil.hukou_division = NOBODY, False, "", ""
        for name in OF_THE_PUPIL:
            setattr(pupil, name, None)
        audit.record(session, "portal", "anonymised", unit_id=pupil.school_id, pupil_id=pupil.id)
    session.flush()
    return len(pupils)


def _left(years: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """On no roll of a term that ended since; nothing is open for them, and no family waits for an answer."""
    since = now - years * A_YEAR
    return (
        Pupil.name_index != Pupil.name.digest(NOBODY),
        Pupil.arrived_at < since,
        ~exists().where(EnrolmentRecord.pupil_id == Pupil.id, EnrolmentRecord.term.in_(_terms_since(since, now))),
        ~exists().where(Entitlement.pupil_id == Pupil.id, Entitlement.closed_on.is_(None)),
        ~exists().where(Correction.pupil_id == Pupil.id, Correction.settled_at.is_(None)),
    )


def _terms_since(since: datetime, now: datetime) -> list[str]:
    """Every term that had not ended then, the next one included."""
    term, found = term_of(local(now).date() + A_YEAR / 2), []
    while term.last_day > since.date():
        found.append(term.code)
        term = previous_term(term)
    return found


def _empty_what_was_written(session: Session, ids: Collection[UUID]) -> None:
    for table in GOES:
        session.execute(delete(table).where(table.pupil_id.in_(ids)))
    for table, columns in EMPTIED.items():
        nothing = dict.fromkeys(f"{name}_sealed" for name in columns)
        session.execute(update(table).where(table.pupil_id.in_(ids)).values(nothing))
    session.execute(update(Entitlement).where(Entitlement.pupil_id.in_(ids)).values(person=None))
    sent = select(MessagePupil.message_id).where(MessagePupil.pupil_id.in_(ids))
    to_nobody = {"phone_sealed": None, "openid_sealed": None, "openid_index": None}
    session.execute(update(Message).where(Message.id.in_(sent)).values(to_nobody))
    for reply in session.scalars(select(Reply).where(Reply.message_id.in_(sent))):
        reply.sender, reply.text = NOBODY, None
    for pair in session.scalars(select(MatchPair).where(MatchPair.pupil_id.in_(ids))):
        pair.because = NOBODY  # it quoted both names, and may not be empty
    worded = FurtherAid.pupil_id.in_(ids), FurtherAid.words_sealed.is_not(None)
    for aid in session.scalars(select(FurtherAid).where(*worded)):
        aid.words = NOBODY  # likewise
