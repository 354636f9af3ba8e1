"""学期关账: no school closes a term while a matched pupil is neither paid nor has an accepted reason (N3-18, N5-1)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.permissions import Permission
from portal.access.scope import Scope, scope_of
from portal.clock import SchoolTerm
from portal.coverage.board import MATCH, ROSTER, SchoolLine, board
from portal.coverage.lists import LedgerLine, classes_of, line_of
from portal.coverage.tallies import Found, Tally, by_school, number
from portal.coverage.today import is_unaided
from portal.enrolment.standing import waits_for
from portal.models import Entitlement, MatchPair, Pupil, StaffMember, TermClosing, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name, one_line
from portal.vocabulary import Answer, Basis

SHOWN = 200
"""Hindrances listed at once; the rest come up as these are done."""
LONGEST = 200
BEFORE = (ROSTER, MATCH)
"""What has to have happened at all: without it nobody knows who is matched."""
PAIR_STEPS = {
    # whose record the list names: what is open, what to do next, whose move it is
    Basis.SELF: ("疑似匹配，还没有人看过", "对照两边的记录，核实是不是本人", "学校"),
    Basis.GUARDIAN: ("监护人在名单里，还没有核实", "核实孩子能否随家庭认定", "县"),
    Basis.HOUSEHOLD: ("家庭在名单里，孩子还没有核实", "核实孩子能否随家庭认定", "县"),
}
AT_BUREAU = ("已请部门核实，还没有答复", "催部门答复；答复后记下结论", "县")


class ClosingRefused(ValueError):
    """One sentence: why the term is not closed, or not opened again."""


@dataclass(frozen=True)
class Doubt:
    """A pupil about whom a pair still waits, and what is to be done next."""

    pair_id: UUID
    masked_name: str
    class_words: str
    what: str
    next_step: str
    owner: str
    at_school: bool


@dataclass(frozen=True)
class SchoolClosing:
    """How far a school is from closing a term; ``open_rows`` are neither paid in full nor ended by a reason."""

    line: SchoolLine
    rows: int
    open_rows: int
    doubts: int
    closing: TermClosing | None

    @property
    def before(self) -> str:
        """导入学籍名册 or 运行比对, where that has not happened."""
        return self.line.task.words if self.line.task is not None and self.line.task in BEFORE else ""

    @property
    def hindered(self) -> bool:
        return bool(self.open_rows or self.doubts or self.before)


def closings(session: Session, scope: Scope, term: SchoolTerm, today: date) -> list[SchoolClosing]:
    """Every school of the scope: those that have not signed first, and of them the furthest from it."""
    counted = by_school(session, scope, term.code, OPEN)
    signed = {one.school_id: one for one in session.scalars(_standing(scope, term))}
    found = []
    for line in board(session, scope, term, today):
        rows, open_rows, doubts = (number(counted[line.school.id], name) for name in HINDRANCES)
        found.append(SchoolClosing(line, rows, open_rows, doubts, signed.get(line.school.id)))
    return sorted(found, key=lambda one: (one.closing is not None, -one.open_rows - one.doubts, one.line.school.code))


def _open_at(session: Session, scope: Scope, term: str) -> Found:
    """Of a school the rows, those that hinder, and the pupils about whom a doubt does."""
    of_row = Entitlement.school_id, Entitlement.term == term, func.count()
    asked = (
        (*of_row, Entitlement.retracted.is_(False)),
        (*of_row, is_unaided()),
        (MatchPair.school_id, MatchPair.term == term, func.count(distinct(MatchPair.pupil_id)), _doubtful()),
    )
    for name, (school_id, of_term, rows, condition) in zip(HINDRANCES, asked, strict=True):
        counted = scope.narrow(select(school_id, rows).where(of_term, condition), school_id)
        for school, count in session.execute(counted.group_by(school_id)):
            yield school, (name,), (count,)


OPEN = Tally("closing-2", _open_at)
HINDRANCES = ("rows", "open_rows", "doubts")


def closing_of(session: Session, school: Unit, term: SchoolTerm, today: date) -> SchoolClosing:
    (found,) = closings(session, scope_of(school), term, today)
    return found


def hindering_rows(
    session: Session, school: Unit, term: SchoolTerm, catalogue: Catalogue, today: date
) -> list[LedgerLine]:
    """What is due first stands first."""
    rows = session.scalars(
        select(Entitlement)
        .where(Entitlement.school_id == school.id, Entitlement.term == term.code, is_unaided())
        .options(joinedload(Entitlement.pupil), joinedload(Entitlement.school))
        .order_by(Entitlement.next_step_due, Entitlement.id)
        .limit(SHOWN)
    ).all()
    classes = classes_of(session, term.code, [row.pupil_id for row in rows])
    return [line_of(row, classes.get(row.pupil_id, ""), catalogue, today) for row in rows]


def hindering_doubts(session: Session, school: Unit, term: SchoolTerm) -> list[Doubt]:
    """One line a pupil: what waits here before what waits at the bureau."""
    pairs = session.execute(
        select(MatchPair, Pupil)
        .join(Pupil, Pupil.id == MatchPair.pupil_id)
        .where(MatchPair.school_id == school.id, MatchPair.term == term.code, _doubtful())
        .order_by(MatchPair.pupil_id, MatchPair.settled_as.is_not(None), MatchPair.id)
        .ext(distinct_on(MatchPair.pupil_id))
        .limit(SHOWN)
    ).all()
    classes = classes_of(session, term.code, [pupil.id for _, pupil in pairs])
    doubts = []
    for pair, pupil in pairs:
        what, step, owner = AT_BUREAU if pair.settled_as is Answer.ASK else PAIR_STEPS[pair.basis]
        name, in_class = mask_name(pupil.name or ""), classes.get(pupil.id, "")
        doubts.append(Doubt(pair.id, name, in_class, what, step, owner, pair.basis is Basis.SELF))
    return doubts


def close_term(
    session: Session, school: Unit, term: SchoolTerm, staff: StaffMember, now: datetime, today: date
) -> TermClosing:
    """签字关账. Raise ClosingRefused with what hinders; two people who sign at once sign once."""
    session.execute(select(Unit.id).where(Unit.id == school.id).with_for_update(key_share=True))
    found = closing_of(session, school, term, today)
    if found.closing is not None:
        return found.closing
    if found.before:
        raise ClosingRefused(f"还没有{found.before}，不知道该资助谁，不能关账。请先{found.before}")
    if found.hindered:
        kinds = [f"{found.open_rows} 条台账没有发放也没有认可的原因"] if found.open_rows else []
        kinds += [f"{found.doubts} 名学生还没有核实"] if found.doubts else []
        raise ClosingRefused(f"不能关账：{'，'.join(kinds)}。请按下面每一条的下一步办")
    made = TermClosing(school_id=school.id, term=term.code, closed_at=now, by=staff.actor, by_name=staff.display_name)
    made.rows, made.aided, made.paid_yuan = _figures(session, school, term)
    session.add(made)
    audit.record(session, made.by, "term_closed", unit_id=school.id, term=term.code, rows=made.rows, aided=made.aided)
    session.flush()
    return made


def reopen(session: Session, closing: TermClosing, because: str, staff: StaffMember, now: datetime) -> None:
    """退回: the office above says why; what the school signed stays on record."""
    because = one_line(because)
    if closing.reopened_at is not None:
        raise ClosingRefused("已经退回过了，等学校重新关账")
    if not because:
        raise ClosingRefused("请写明为什么退回，学校看得到")
    if len(because) > LONGEST:
        raise ClosingRefused(f"原因请不超过{LONGEST}个字")
    closing.reopened_at, closing.reopened_by, closing.because = now, staff.actor, because
    audit.record(
        session,
        closing.reopened_by,
        "term_reopened",
        unit_id=closing.school_id,
        term=closing.term,
        signed_by=closing.by,
    )
    session.flush()


def sent_back(session: Session, school: Unit, term: SchoolTerm) -> TermClosing | None:
    """The last that was sent back, for the school to read while none stands."""
    of_school = select(TermClosing).where(TermClosing.school_id == school.id, TermClosing.term == term.code)
    return session.scalars(
        of_school.where(TermClosing.reopened_at.is_not(None)).order_by(TermClosing.reopened_at.desc())
    ).first()


def _doubtful() -> ColumnElement[bool]:
    asked = and_(MatchPair.superseded_at.is_(None), MatchPair.settled_as == Answer.ASK)
    return or_(waits_for(Permission.SETTLE_SELF), waits_for(Permission.SETTLE_HOUSEHOLD), asked)


def _standing(scope: Scope, term: SchoolTerm) -> Select[TermClosing]:
    of_term = select(TermClosing).where(TermClosing.term == term.code, TermClosing.reopened_at.is_(None))
    return scope.narrow(of_term, TermClosing.school_id)


def _figures(session: Session, school: Unit, term: SchoolTerm) -> tuple[int, int, Decimal]:
    """Rows, those of them aided, and the yuan that is on record as paid."""
    aided = func.count().filter(Entitlement.paid_yuan > 0)
    paid = func.coalesce(func.sum(Entitlement.paid_yuan), 0)
    of_school = (Entitlement.school_id == school.id, Entitlement.term == term.code, Entitlement.retracted.is_(False))
    rows, with_money, yuan = session.execute(select(func.count(), aided, paid).where(*of_school)).one()
    return rows, with_money, yuan
