"""转入接收: the pupil's row goes over to the new school with whatever is under way; what is past stays where it was.

One child stays one row with one history. Where the new school's roster had the child first, that row is joined to it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from portal.database import lock
from portal.enrolment.moves import MoveRefused, end, leave_roll
from portal.models import (
    Addition,
    Award,
    Confirmation,
    ContactRecord,
    ContactTask,
    Correction,
    DeterminationRecord,
    DoubleEnrolment,
    EnrolmentRecord,
    FamilyQuestion,
    FurtherAid,
    Guardian,
    MatchPair,
    Move,
    Pupil,
    Slip,
    Waiver,
    WechatBinding,
)
from portal.vocabulary import AdditionState, MoveEnd, MoveKind

WITH_THE_PUPIL: tuple[tuple[type[Any], ColumnElement[bool] | None], ...] = (
    # what goes over to the new school: all of it, or what is still under way
    (Guardian, None),
    (Slip, Slip.withdrawn_at.is_(None)),
    (WechatBinding, WechatBinding.ended_at.is_(None)),
    (MatchPair, MatchPair.superseded_at.is_(None)),
    (Confirmation, None),
    (Waiver, Waiver.taken_back_at.is_(None)),
    (Correction, Correction.settled_at.is_(None)),
    (ContactTask, ContactTask.closed_at.is_(None)),
    (FurtherAid, FurtherAid.settled_at.is_(None)),
    (DeterminationRecord, None),
    (Addition, Addition.state.in_((AdditionState.PROPOSED, AdditionState.ADDED))),
)
OF_THE_TWIN: tuple[type[Any], ...] = (Slip, ContactRecord, Correction, FamilyQuestion, DeterminationRecord)
"""What the new school has gathered of a child it had first."""
ONCE: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    # of which a child has one for each
    (Confirmation, ("term",)),
    (Waiver, ("term",)),
    (Award, ("policy", "term", "paid_on")),
)


def arrive(session: Session, move: Move, class_name: str, by: str, now: datetime) -> Pupil:
    """Raise MoveRefused; the session must reach both schools."""
    lock(session, move)
    if move.kind is not MoveKind.TRANSFER or move.to_school is None:
        raise MoveRefused("还不知道转入哪所学校，不能接收")
    end(session, move, MoveEnd.ACCEPTED, by, now)
    pupil, school = session.get_one(Pupil, move.pupil_id), move.to_school
    left = leave_roll(session, pupil.id, move.school_id, move.happened_on)
    twin = _twin(session, pupil, school.id)
    if twin is not None:
        _join(session, twin, pupil, now)
    for before in left:
        _enrol(session, before, school.id, class_name)
    pupil.school = school
    brought = MatchPair.pupil_id == pupil.id, MatchPair.superseded_at.is_(None)
    session.execute(update(MatchPair).where(*brought).values(came_at=None))
    for table, under_way in WITH_THE_PUPIL:
        mine = update(table).where(table.pupil_id == pupil.id, table.school_id == move.school_id)
        session.execute((mine if under_way is None else mine.where(under_way)).values(school_id=school.id))
    session.flush()
    return pupil


def _enrol(session: Session, before: EnrolmentRecord, school_id: UUID, class_name: str) -> None:
    """In the same grade, for each term the old school had; what a roster of the new school says stands."""
    mine = select(EnrolmentRecord).where(
        EnrolmentRecord.pupil_id == before.pupil_id,
        EnrolmentRecord.school_id == school_id,
        EnrolmentRecord.term == before.term,
    )
    here = session.scalars(mine).first()
    if here is not None:
        here.left_on = None
        return
    session.add(
        EnrolmentRecord(
            pupil_id=before.pupil_id,
            school_id=school_id,
            term=before.term,
            intake_id=before.intake_id,
            roster_row="转入",
            stage=before.stage,
            grade=before.grade,
            grade_number=before.grade_number,
            class_name=class_name,
            boarding=before.boarding,
        )
    )


def _twin(session: Session, pupil: Pupil, school_id: UUID) -> Pupil | None:
    """The same number and name on the new school's own roster."""
    if pupil.id_number_index is None:
        return None
    same = select(Pupil).where(
        Pupil.school_id == school_id,
        Pupil.id != pupil.id,
        Pupil.id_number_index == pupil.id_number_index,
        Pupil.name_index == pupil.name_index,
    )
    return session.scalars(same).first()


def _join(session: Session, twin: Pupil, pupil: Pupil, now: datetime) -> None:
    """The twin's row stays, empty and not to be found again, for the trail that names it."""
    if session.scalars(select(Guardian.id).where(Guardian.pupil_id == twin.id)).first() is not None:
        for old in list(pupil.guardians):
            session.delete(old)
        session.flush()
    _hand_over(session, Guardian, twin.id, pupil.id)
    _hand_over(session, EnrolmentRecord, twin.id, pupil.id)
    for table in OF_THE_TWIN:
        _hand_over(session, table, twin.id, pupil.id)
    for table, names in ONCE:
        other = aliased(table)
        alike = (getattr(other, name) == getattr(table, name) for name in names)
        has_one = exists().where(other.pupil_id == pupil.id, *alike)
        _hand_over(session, table, twin.id, pupil.id, ~has_one)
    standing = MatchPair.pupil_id == twin.id, MatchPair.superseded_at.is_(None)
    session.execute(update(MatchPair).where(*standing).values(superseded_at=now))
    tasks = ContactTask.pupil_id == twin.id, ContactTask.closed_at.is_(None)
    session.execute(
        update(ContactTask).where(*tasks).values(closed_at=now, closed_by="portal", outcome="转入接收，并为一名学生")
    )
    _keep_apart(session, twin.id, pupil.id, now)
    doubles = DoubleEnrolment.pupil_id.in_((twin.id, pupil.id)), DoubleEnrolment.settled_at.is_(None)
    session.execute(update(DoubleEnrolment).where(*doubles).values(settled_at=now))
    twin.name, twin.former_name, twin.id_number, twin.student_number = "已并入", None, None, None
    twin.birth_date_text, twin.written_birth, twin.id_certain = None, None, False
    twin.old_number_index = twin.name_birth_index = twin.name_place_index = twin.offered_keys = None
    session.flush()
    session.expire_all()


def _keep_apart(session: Session, twin: UUID, pupil: UUID, now: datetime) -> None:
    """Of what a child has once at a time, the twin's goes over where the child has none, and else it ends."""
    other = aliased(FurtherAid)
    flagged = exists().where(other.pupil_id == pupil, other.settled_at.is_(None))
    _hand_over(session, FurtherAid, twin, pupil, FurtherAid.settled_at.is_not(None) | ~flagged)
    for flag in session.scalars(select(FurtherAid).where(FurtherAid.pupil_id == twin)):
        flag.words, flag.settled_by, flag.settled_at = "与转入的学生并为一名，由那一件接着办", "portal", now
    bound = aliased(WechatBinding)
    same = bound.appid == WechatBinding.appid, bound.openid_index == WechatBinding.openid_index
    has_it = exists().where(bound.pupil_id == pupil, bound.ended_at.is_(None), *same)
    _hand_over(session, WechatBinding, twin, pupil, WechatBinding.ended_at.is_not(None) | ~has_it)
    twice = WechatBinding.pupil_id == twin, WechatBinding.ended_at.is_(None)
    session.execute(update(WechatBinding).where(*twice).values(ended_at=now))


def _hand_over(
    session: Session, table: type[Any], twin: UUID, pupil: UUID, unless: ColumnElement[bool] | None = None
) -> None:
    its = update(table).where(table.pupil_id == twin)
    session.execute((its if unless is None else its.where(unless)).values(pupil_id=pupil))
