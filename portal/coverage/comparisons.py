"""系统比对差异: a list exported from another system beside the ledger, both ways, asked anew each time (N3-18)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    and_,
    cast,
    func,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from portal.access.scope import Scope
from portal.coverage.lists import GONE, classes_of
from portal.coverage.reasons import label_of
from portal.coverage.words import yuan_words
from portal.models import Entitlement, Intake, Pupil, SystemLine, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name
from portal.vocabulary import IntakeKind, IntakeState, Labelled

SYSTEMS = {IntakeKind.NATIONAL_LIST: "全国系统", IntakeKind.LIBRARY_LIST: "就学信息库"}


class Kind(Labelled):
    """What differs between the other system and the ledger."""

    ONLY_HERE = "only_here", "台账有，系统没有"
    ONLY_THERE = "only_there", "系统有，台账没有"
    AIDED = "aided", "受助情况不同"
    REASON = "reason", "未资助原因不同"


@dataclass(frozen=True)
class Asked:
    """The ledger of a scope and term beside the newest list of a system."""

    scope: Scope
    term: str
    system: IntakeKind


@dataclass(frozen=True)
class ComparisonLine:
    pupil_id: UUID | None
    masked_name: str
    school: str
    class_words: str
    project: str
    here: str
    there: str


def came_in(session: Session, asked: Asked) -> bool:
    """Whether there is anything to compare: a school sees the lines of its county's list, not the file."""
    line = select(SystemLine.id).where(SystemLine.system == asked.system, SystemLine.term == asked.term)
    theirs = asked.scope.narrow(line, SystemLine.unit_id)
    return newest(session, asked) is not None or session.scalar(theirs.limit(1)) is not None


def newest(session: Session, asked: Asked) -> Intake | None:
    """The file whose lines stand; of several schools' the last that came in."""
    kept = select(Intake).where(
        Intake.kind == asked.system, Intake.occasion == asked.term, Intake.state == IntakeState.KEPT
    )
    return session.scalars(asked.scope.narrow(kept, Intake.unit_id).order_by(Intake.arrived_at.desc())).first()


def count(session: Session, asked: Asked, kind: Kind) -> int:
    return session.scalar(select(func.count()).select_from(FOUND[kind](asked).subquery())) or 0


def lines(
    session: Session, asked: Asked, kind: Kind, catalogue: Catalogue, offset: int, limit: int
) -> list[ComparisonLine]:
    """School by school."""
    found = FOUND[kind](asked).subquery()
    page = session.execute(
        select(found, Unit.name.label("school"))
        .join(Unit, Unit.id == found.c.unit_id)
        .order_by(Unit.code, found.c.pupil_id, found.c.row_id, found.c.line_id)
        .offset(offset)
        .limit(limit)
    ).all()
    pupils = _by_id(session, Pupil, [row.pupil_id for row in page])
    rows = _by_id(session, Entitlement, [row.row_id for row in page])
    theirs = _by_id(session, SystemLine, [row.line_id for row in page])
    classes = classes_of(session, asked.term, [row.pupil_id for row in page if row.pupil_id])
    return [
        ComparisonLine(
            row.pupil_id, _masked(pupils.get(row.pupil_id), theirs.get(row.line_id)), row.school,
            classes.get(row.pupil_id, ""), _project(rows.get(row.row_id), theirs.get(row.line_id), catalogue),
            _said_here(rows.get(row.row_id)), _said_there(theirs.get(row.line_id)),
        )
        for row in page
    ]  # fmt: skip


def _only_here(asked: Asked) -> SelectBase:
    """Of schools whose list, or whose county's, came in: whoever has a row and no line."""
    line = select(SystemLine.id).where(
        SystemLine.pupil_id == Entitlement.pupil_id, SystemLine.system == asked.system,
        SystemLine.term == Entitlement.term, _same_policy(),
    )  # fmt: skip
    rows = select(
        Entitlement.pupil_id, Entitlement.school_id.label("unit_id"), Entitlement.id.label("row_id"),
        cast(null(), SystemLine.id.type).label("line_id"),
    ).where(Entitlement.term == asked.term, not_(Entitlement.retracted), not_(line.exists()))  # fmt: skip
    return asked.scope.narrow(rows.where(_came_in(asked)), Entitlement.school_id)


def _came_in(asked: Asked) -> ColumnElement[bool]:
    """Of rows: their school's list came in, or that of a unit above it; a school knows the latter by its lines."""
    school, holder = aliased(Unit), aliased(Unit)
    kept = and_(Intake.unit_id == holder.id, Intake.kind == asked.system, Intake.state == IntakeState.KEPT)
    below = select(school.id).join(holder, func.starts_with(school.path, holder.path)).join(Intake, kept)
    lines_of_school = select(SystemLine.unit_id).where(SystemLine.system == asked.system, SystemLine.term == asked.term)
    return or_(
        Entitlement.school_id.in_(below.where(Intake.occasion == asked.term)),
        Entitlement.school_id.in_(lines_of_school),
    )


def _only_there(asked: Asked) -> SelectBase:
    row = select(Entitlement.id).where(
        Entitlement.pupil_id == SystemLine.pupil_id, Entitlement.term == SystemLine.term,
        not_(Entitlement.retracted), _same_policy(),
    )  # fmt: skip
    theirs = select(
        SystemLine.pupil_id, SystemLine.unit_id, cast(null(), Entitlement.id.type).label("row_id"),
        SystemLine.id.label("line_id"),
    ).where(SystemLine.term == asked.term, SystemLine.system == asked.system, not_(row.exists()))  # fmt: skip
    return asked.scope.narrow(theirs, SystemLine.unit_id)


def _aided_differs(asked: Asked) -> SelectBase:
    return _both(asked).where(SystemLine.aided != aided_here(), or_(SystemLine.aided, SystemLine.reason_written != ""))


def _reason_differs(asked: Asked) -> SelectBase:
    unaided = and_(not_(SystemLine.aided), not_(aided_here()), SystemLine.reason_written != "")
    return _both(asked).where(unaided, SystemLine.reason != func.coalesce(Entitlement.reason, ""))


FOUND: dict[Kind, Callable[[Asked], SelectBase]] = {
    Kind.ONLY_HERE: _only_here,
    Kind.ONLY_THERE: _only_there,
    Kind.AIDED: _aided_differs,
    Kind.REASON: _reason_differs,
}


def _both(asked: Asked) -> Select[*tuple[Any, ...]]:
    both = met(
        select(
            Entitlement.pupil_id, Entitlement.school_id.label("unit_id"), Entitlement.id.label("row_id"),
            SystemLine.id.label("line_id"),
        )
    ).where(SystemLine.term == asked.term, SystemLine.system == asked.system)  # fmt: skip
    return asked.scope.narrow(both, Entitlement.school_id)


def met(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Rows beside the line of the same pupil, term and project."""
    same = and_(SystemLine.pupil_id == Entitlement.pupil_id, SystemLine.term == Entitlement.term, _same_policy())
    return statement.join_from(Entitlement, SystemLine, same).where(not_(Entitlement.retracted))


def _same_policy() -> ColumnElement[bool]:
    """A line that names no project speaks of every one of the pupil's."""
    return or_(SystemLine.policy == "", SystemLine.policy == Entitlement.policy)


def aided_here() -> ColumnElement[bool]:
    return Entitlement.paid_yuan > 0


def _by_id(session: Session, table: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, Any]:
    return {one.id: one for one in session.scalars(select(table).where(table.id.in_([one for one in ids if one])))}


def _masked(pupil: Pupil | None, line: SystemLine | None) -> str:
    return mask_name((pupil and pupil.name) or (line and line.name) or "") or GONE


def _project(row: Entitlement | None, line: SystemLine | None, catalogue: Catalogue) -> str:
    if row is not None:
        return catalogue[row.policy].name
    return (line.project if line else "") or "没有写项目"


def _said_here(row: Entitlement | None) -> str:
    if row is None:
        return "没有这一行"
    if row.paid_yuan > 0:
        return f"已发{yuan_words(row.paid_yuan)}元"
    return f"未受助：{label_of(row.reason)}" if row.reason else "未受助"


def _said_there(line: SystemLine | None) -> str:
    if line is None:
        return "没有这个学生的这一项"
    if line.aided:
        return f"受助{f'{yuan_words(line.yuan)}元' if line.yuan else ''}（第{line.file_row}行）"
    return f"未受助：{line.reason_written or '没有写原因'}（第{line.file_row}行）"
