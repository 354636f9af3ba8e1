"""学籍变动: who left, stays away or died, as dated events; a school keeps its pupil until the new one accepts (G16).

What becomes of the rows of the ledger is said in ``coverage/moving.py``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal import audit
from portal.clock import SchoolTerm, age_on, local, term_of, working_days_after
from portal.database import lock
from portal.enrolment.lists import category_names
from portal.enrolment.standing import stands
from portal.models import EnrolmentRecord, MatchPair, Move, Pupil, StaffMember, Unit
from portal.privacy.masking import one_line
from portal.vocabulary import Decision, MoveEnd, MoveKind, Stage, UnitLevel

ACCEPT_WITHIN, THEN_THE_CITY = 10, 15
"""Working days until the units above both schools see a transfer that nobody accepted, and until theirs do."""
COMPULSORY_AGES = range(6, 16)
"""义务教育, by 周岁, where the stage is not known."""
COMPULSORY_STAGES = (Stage.PRIMARY, Stage.JUNIOR)
LONGEST = 100
OFF_THE_ROLL = (MoveKind.GRADUATION, MoveKind.DEATH)
"""What ends the enrolment the day it happens; a transfer does once it is accepted."""


class MoveRefused(ValueError):
    """One sentence: what does not fit, and what to do instead."""


@dataclass(frozen=True)
class Event:
    """What somebody records; ``school`` is the code or name of the new one, as written."""

    kind: MoveKind
    happened_on: date
    school: str = ""
    words: str = ""


def standing_move(session: Session, pupil_id: UUID) -> Move | None:
    statement = select(Move).where(Move.pupil_id == pupil_id, Move.ended_at.is_(None))
    return session.scalars(statement.with_for_update(of=Move)).first()


def moves_of(session: Session, pupil_id: UUID) -> list[Move]:
    """Newest first."""
    statement = select(Move).where(Move.pupil_id == pupil_id).order_by(Move.happened_on.desc(), Move.recorded_at.desc())
    return list(session.scalars(statement))


def is_away(pupil_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """No reminder is for whoever is not in school by a standing event; a transfer is still in school somewhere."""
    return exists().where(Move.pupil_id == pupil_id, Move.ended_at.is_(None), Move.kind != MoveKind.TRANSFER)


def record(session: Session, pupil: Pupil, event: Event, by: StaffMember, now: datetime) -> Move:
    """Raise MoveRefused; the caller lets the ledger follow."""
    today, actor = local(now).date(), by.actor
    _check(event, today)
    to_school = find_school(session, event.school, pupil.school) if event.kind is MoveKind.TRANSFER else None
    standing = standing_move(session, pupil.id)
    if standing is not None:
        if standing.kind is MoveKind.TRANSFER and event.kind is not MoveKind.DEATH:
            raise MoveRefused("已登记转学，正等转入学校接收。登记错了的，先撤销再登记新的变动")
        end(session, standing, MoveEnd.REPLACED, actor, now)
        session.flush()
    enrolled = record_of(session, pupil.id, pupil.school_id)
    move = Move(
        pupil_id=pupil.id, school_id=pupil.school_id, to_school_id=to_school and to_school.id, kind=event.kind,
        term=enrolled.term if enrolled else term_of(today).code, happened_on=event.happened_on, recorded_at=now,
        recorded_by=actor, words=one_line(event.words), name=pupil.name,
        grade=enrolled.grade if enrolled else "", categories="、".join(_categories(session, pupil.id, enrolled)),
        compulsory=event.kind is MoveKind.DROP_OUT and _is_compulsory(pupil, enrolled, today),
    )  # fmt: skip
    move.school, move.to_school = pupil.school, to_school
    if event.kind is MoveKind.TRANSFER:
        move.due_on = working_days_after(today, ACCEPT_WITHIN)
        move.city_on = working_days_after(today, THEN_THE_CITY)
    session.add(move)
    if event.kind in OFF_THE_ROLL:
        leave_roll(session, pupil.id, pupil.school_id, event.happened_on)
    _note(session, move, "move_recorded", actor, kind=event.kind.value)
    session.flush()
    return move


def find_school(session: Session, written: str, left: Unit) -> Unit | None:
    """By 学校标识码 or full name; none for an empty field: then the unit above finds out which it is."""
    written = written.strip()
    if not written:
        return None
    named = select(Unit).where(Unit.level == UnitLevel.SCHOOL, or_(Unit.code == written, Unit.name == written))
    found = session.scalars(named.limit(2)).all()
    if len(found) != 1:
        raise MoveRefused("没有查到这所学校：请写学校标识码或全称；不知道的留空，由资助中心查明")
    if found[0].id == left.id:
        raise MoveRefused("转入学校就是现在的学校，请核对")
    return found[0]


def name_school(session: Session, move: Move, written: str, by: StaffMember, now: datetime) -> None:
    """查明转入学校: the ten working days run from here. Raise MoveRefused."""
    school = find_school(session, written, move.school)
    if school is None:
        raise MoveRefused("请写转入学校的标识码或全称")
    lock(session, move)
    if move.ended_at is not None or move.kind is not MoveKind.TRANSFER:
        raise MoveRefused("这次变动已经办结，不用再写转入学校")
    move.to_school, today = school, local(now).date()
    move.due_on = working_days_after(today, ACCEPT_WITHIN)
    move.city_on = working_days_after(today, THEN_THE_CITY)
    _note(session, move, "move_named", by.actor, to=school.code)


def end(session: Session, move: Move, how: MoveEnd, by: str, now: datetime, because: str = "") -> None:
    """Raise MoveRefused for one that has ended; who was off the roll by mistake is on it again."""
    lock(session, move)
    if move.ended_at is not None:
        raise MoveRefused("这次变动已经办结了")
    move.ended_at, move.ended_by, move.ended_as = now, by, how
    move.because = one_line(because)[:LONGEST]
    if how is MoveEnd.TAKEN_BACK and move.kind in OFF_THE_ROLL:
        back = EnrolmentRecord.pupil_id == move.pupil_id, EnrolmentRecord.school_id == move.school_id
        session.execute(
            update(EnrolmentRecord).where(*back, EnrolmentRecord.left_on == move.happened_on).values(left_on=None)
        )
    _note(session, move, "move_ended", by, how=how.value)


def leave_roll(session: Session, pupil_id: UUID, school_id: UUID, day: date) -> list[EnrolmentRecord]:
    """The records of the school that stood until then."""
    left = list(
        session.scalars(
            select(EnrolmentRecord).where(
                EnrolmentRecord.pupil_id == pupil_id,
                EnrolmentRecord.school_id == school_id,
                EnrolmentRecord.left_on.is_(None),
            )
        )
    )
    for one in left:
        one.left_on = day
    return left


def record_of(session: Session, pupil_id: UUID, school_id: UUID) -> EnrolmentRecord | None:
    """The latest at this school."""
    mine = EnrolmentRecord.pupil_id == pupil_id, EnrolmentRecord.school_id == school_id
    records = session.scalars(select(EnrolmentRecord).where(*mine))
    return max(records, key=lambda one: SchoolTerm.parse(one.term), default=None)


def _check(event: Event, today: date) -> None:
    if event.happened_on > today:
        raise MoveRefused("变动日期不能晚于今天，请改一下")
    if (today - event.happened_on).days > 366:
        raise MoveRefused("变动日期是一年以前，请核对")
    if len(event.words) > LONGEST:
        raise MoveRefused(f"说明请不超过{LONGEST}个字")


def _is_compulsory(pupil: Pupil, enrolled: EnrolmentRecord | None, today: date) -> bool:
    if enrolled is not None and enrolled.stage is not None:
        return enrolled.stage in COMPULSORY_STAGES
    return pupil.birth_date is not None and age_on(today, pupil.birth_date) in COMPULSORY_AGES


def _categories(session: Session, pupil_id: UUID, enrolled: EnrolmentRecord | None) -> list[str]:
    if enrolled is None:
        return []
    sure = select(MatchPair).where(
        MatchPair.pupil_id == pupil_id, stands(enrolled.term), MatchPair.outcome == Decision.CERTAIN
    )
    names = category_names(session)
    return sorted({names.get(pair.category or "", pair.category or "") for pair in session.scalars(sure)})


def _note(session: Session, move: Move, action: str, by: str, **detail: str) -> None:
    audit.record(session, by, action, unit_id=move.school_id, pupil_id=move.pupil_id, **detail)
