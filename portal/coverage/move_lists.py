"""学籍变动 as officers read it: what waits at which desk and since when, within a scope (N2-1, G16)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.access.scope import NotInScope, Scope
from portal.clock import local
from portal.coverage.moving import Aid, aids_of
from portal.coverage.steps import NOT_THERE
from portal.coverage.words import above_words
from portal.enrolment.moves import ACCEPT_WITHIN, THEN_THE_CITY
from portal.models import Entitlement, Move, Unit
from portal.privacy.masking import mask_name
from portal.vocabulary import MoveEnd, MoveKind, UnitLevel

STANDS = Move.ended_at.is_(None)
TRANSFER = Move.kind == MoveKind.TRANSFER


@dataclass(frozen=True)
class MoveLine:
    """``waits_at`` is whose turn it is by now, ``since`` the first day on which it was."""

    id: UUID
    pupil_id: UUID
    masked_name: str
    grade: str
    kind: MoveKind
    happened_on: date
    left: str
    entered: str
    waits_at: str
    since: date
    due_on: date | None
    late: bool
    alarm: bool
    ended_on: date | None
    ended_as: str
    aids: tuple[Aid, ...]
    categories: str


@dataclass(frozen=True)
class Desk:
    """One list of moves; ``holds`` says which stand on it for a scope, a level and a day."""

    code: str
    label: str
    sentence: str
    empty: str
    holds: Callable[[Scope, UnitLevel, date], ColumnElement[bool]]


def _incoming(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    return and_(STANDS, TRANSFER, Move.to_school_id.in_(Unit.ids_below(scope.path)))


def _outgoing(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    return and_(STANDS, TRANSFER, Move.school_id.in_(Unit.ids_below(scope.path)))


def _sent_back(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    """While a row of the pupil still waits for the old school to find out; of several refusals the last."""
    later = aliased(Move)
    newer = exists().where(later.pupil_id == Move.pupil_id, later.recorded_at > Move.recorded_at)
    waits = exists().where(
        Entitlement.pupil_id == Move.pupil_id,
        Entitlement.school_id == Move.school_id,
        Entitlement.closed_on.is_(None),
        Entitlement.next_step == NOT_THERE.words,
    )
    here = Move.school_id.in_(Unit.ids_below(scope.path))
    return and_(Move.ended_as == MoveEnd.SENT_BACK, here, waits, ~newer)


def _stuck(scope: Scope, level: UnitLevel, today: date) -> ColumnElement[bool]:
    """Past the day of this level, seen from both sides; one whose new school nobody knows is the county's at once."""
    past = Move.city_on if level in (UnitLevel.CITY, UnitLevel.PROVINCE) else Move.due_on
    late: ColumnElement[bool] = past < today
    if level is UnitLevel.COUNTY:
        late = or_(late, Move.to_school_id.is_(None))
    return and_(STANDS, TRANSFER, _seen(scope), late)


def _dropped(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    return and_(STANDS, Move.kind == MoveKind.DROP_OUT, Move.school_id.in_(Unit.ids_below(scope.path)))


def _away(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    others = (MoveKind.SUSPENSION, MoveKind.GRADUATION, MoveKind.DEATH)
    return and_(STANDS, Move.kind.in_(others), Move.school_id.in_(Unit.ids_below(scope.path)))


def _ended(scope: Scope, _level: UnitLevel, _today: date) -> ColumnElement[bool]:
    return and_(Move.ended_at.is_not(None), _seen(scope))


def _seen(scope: Scope) -> ColumnElement[bool]:
    """From the school that is left or the one that is entered."""
    return or_(Move.school_id.in_(Unit.ids_below(scope.path)), Move.to_school_id.in_(Unit.ids_below(scope.path)))


DESKS = {
    desk.code: desk
    for desk in (
        Desk(
            "incoming", "转入待接收", "别的学校转来的孩子。核对是本校学生就接收，台账随孩子过来，不会发两份。",
            "没有等着接收的孩子。别的学校登记转到这里时，会出现在这一页。", _incoming,
        ),
        Desk(
            "outgoing", "转出待接收", "转入学校接收以前，台账留在原学校，原学校不能结束。",
            "没有等着别的学校接收的孩子。孩子转学时，在学生页登记学籍变动。", _outgoing,
        ),
        Desk(
            "sent_back", "转出被退回",
            "转入学校说不是那边的学生。核实孩子在哪里上学：去了别的学校的重新登记转学，还在本校的接着办。"
            "没有在办台账的孩子，退回以后在“已办结”里看。",
            "没有被退回的。", _sent_back,
        ),
        Desk(
            "stuck", "超期未接收",
            f"登记后{ACCEPT_WITHIN}个工作日没有接收的，两边的县都看得到；"
            f"再过{THEN_THE_CITY - ACCEPT_WITHIN}个工作日，市里也看得到。",
            "没有超期的。", _stuck,
        ),
        Desk(
            "dropped", "疑似失学、退学", "义务教育年龄的孩子当天核查劝返；返校了就在这里办结。",
            "没有疑似失学的孩子。", _dropped,
        ),
        Desk(
            "away", "其他变动", "休学、毕业、去世：不再发提醒。去世的，以后不再发任何消息。",
            "没有休学、毕业等变动。", _away,
        ),
        Desk("ended", "已办结", "接收、退回、返校和撤销的，留着备查。", "还没有办结的变动。", _ended),
    )
}  # fmt: skip


def lines(
    session: Session, scope: Scope, desk: Desk, level: UnitLevel, today: date, offset: int, most: int
) -> list[MoveLine]:
    """What is due first stands first."""
    statement = select(Move).where(desk.holds(scope, level, today))
    ordered = statement.order_by(Move.compulsory.desc(), Move.due_on.nulls_last(), Move.recorded_at, Move.id)
    return [line_of(move, today) for move in session.scalars(ordered.limit(most).offset(offset))]


def count(session: Session, scope: Scope, desk: Desk, level: UnitLevel, today: date) -> int:
    return session.scalar(select(func.count()).select_from(Move).where(desk.holds(scope, level, today))) or 0


def count_pressing(session: Session, scope: Scope, desk: Desk, level: UnitLevel, today: date) -> int:
    """Of these the ones past their day, and 疑似失学 of compulsory age."""
    press = or_(Move.compulsory, Move.due_on < today)
    counted = select(func.count()).select_from(Move).where(desk.holds(scope, level, today), press)
    return session.scalar(counted) or 0


def count_waiting(session: Session, scope: Scope, level: UnitLevel, today: date) -> int:
    """What somebody at this level has to do now: a school accepts and finds out, those above press."""
    mine = ["incoming", "sent_back"] if level is UnitLevel.SCHOOL else ["stuck", "dropped"]
    holds = or_(*(DESKS[code].holds(scope, level, today) for code in mine))
    return session.scalar(select(func.count()).select_from(Move).where(holds)) or 0


def line_of(move: Move, today: date) -> MoveLine:
    waits_at, since = _waits(move, today)
    return MoveLine(
        id=move.id, pupil_id=move.pupil_id, masked_name=mask_name(move.name or ""), grade=move.grade, kind=move.kind,
        happened_on=move.happened_on, left=move.school.name, entered=move.to_school.name if move.to_school else "",
        waits_at=waits_at if move.ended_at is None else "", since=since, due_on=move.due_on,
        late=move.ended_at is None and move.due_on is not None and move.due_on < today, alarm=move.compulsory,
        ended_on=local(move.ended_at).date() if move.ended_at else None,
        ended_as=move.ended_as.label if move.ended_as else "", aids=aids_of(move), categories=move.categories or "",
    )  # fmt: skip


def _waits(move: Move, today: date) -> tuple[str, date]:
    recorded = local(move.recorded_at).date()
    if move.kind is not MoveKind.TRANSFER or move.to_school is None:
        return above_words(move.school), recorded
    if move.city_on is not None and move.city_on < today:
        return "市资助中心", move.city_on
    if move.due_on is not None and move.due_on < today:
        return _both(move.school, move.to_school), move.due_on
    return move.to_school.name, recorded


def _both(left: Unit, entered: Unit) -> str:
    """两边的县资助中心; where one of the schools is a city's own, 县资助中心和市资助中心."""
    offices = list(dict.fromkeys(map(above_words, (left, entered))))
    return "和".join(offices) if len(offices) > 1 else f"两边的{offices[0]}"


def find_move(session: Session, scope: Scope, move_id: UUID) -> Move:
    """Raise NotInScope for a move of neither of their schools."""
    found = session.scalars(select(Move).where(Move.id == move_id, _seen(scope))).first()
    if found is None:
        raise NotInScope
    return found


def entered_here(move: Move, scope: Scope) -> bool:
    """Whether it is theirs to accept or send back."""
    return move.to_school is not None and move.to_school.path.startswith(scope.path)


def left_here(move: Move, scope: Scope) -> bool:
    """Whether they recorded it, or stand above who did."""
    return move.school.path.startswith(scope.path)


def may_end(move: Move, scope: Scope, level: UnitLevel) -> tuple[MoveEnd, ...]:
    """How somebody of this scope and level may end it, likeliest first; accepting is another matter."""
    if move.ended_at is not None:
        return ()
    here, above = left_here(move, scope), level is not UnitLevel.SCHOOL
    rows = (
        (MoveEnd.RETURNED, here and move.kind in (MoveKind.SUSPENSION, MoveKind.DROP_OUT)),
        (MoveEnd.SENT_BACK, move.kind is MoveKind.TRANSFER and entered_here(move, scope)),
        (MoveEnd.ABROAD, here and above and move.kind is MoveKind.TRANSFER),
        (MoveEnd.TAKEN_BACK, here),
    )
    return tuple(how for how, holds in rows if holds)
