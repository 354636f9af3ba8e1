"""系统比对差异: a list exported from another system beside the ledger, both ways (N3-18).

The file is read and changes no row; where both say the same, the row is known to be back-filled.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Select,
    SelectBase,
    and_,
    any_,
    cast,
    delete,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.back_fills import put_marks
from portal.coverage.lists import GONE, classes_of
from portal.coverage.projects import own_names, policy_of
from portal.coverage.reasons import REASONS, label_of
from portal.coverage.templates import TEMPLATES
from portal.coverage.words import yuan_words
from portal.enrolment.local_standards import catalogue_of
from portal.intake.cells import plain
from portal.intake.findings import Findings
from portal.intake.progress import Progress
from portal.intake.spreadsheet import Table
from portal.intake.system_lists import SystemListLine, read_system_list
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


def keep_list(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> Findings:
    """The lines of the file take the place of the unit's earlier list of this system and term."""
    progress.step("逐行核对")
    term = SchoolTerm.parse(intake.occasion)
    read = read_system_list(table, intake.kind, term, day=local(now).date())
    intake.as_of = intake.as_of or local(intake.arrived_at).date()
    below = Unit.ids_below(intake.unit.path)
    session.execute(
        delete(SystemLine).where(
            SystemLine.unit_id.in_(below), SystemLine.system == intake.kind, SystemLine.term == intake.occasion
        )
    )
    progress.step("与学生核对")
    session.add_all(_lines(session, intake, read.lines))
    session.flush()
    _mark_agreed(session, intake, now)
    progress.done = read.rows
    return Findings(
        rows=read.rows, kept=len(read.lines), repaired=tuple(read.repaired), problems=tuple(read.problems),
        dropped=read.dropped,
    )  # fmt: skip


def _lines(session: Session, intake: Intake, lines: Iterable[SystemListLine]) -> list[SystemLine]:
    """Only the unit's own pupils are known: a file cannot ask about anybody else (N3-3)."""
    digests = {line.row: Pupil.id_number.digest(line.id_no) for line in lines}
    indexes = [digest for digest in digests.values() if digest]
    below = Unit.ids_below(intake.unit.path)
    known = session.execute(
        select(Pupil.id_number_index, Pupil.id, Pupil.school_id).where(
            Pupil.id_number_index == any_(literal(indexes, ARRAY(LargeBinary))), Pupil.school_id.in_(below)
        )
    )
    pupils: dict[bytes, tuple[UUID | None, UUID]] = {
        index or b"": (pupil_id, school_id) for index, pupil_id, school_id in known
    }
    held: defaultdict[UUID | None, set[str]] = defaultdict(set)
    of_term = select(Entitlement.pupil_id, Entitlement.policy).where(Entitlement.term == intake.occasion)
    ids = [pupil_id for pupil_id, _ in pupils.values()]
    for pupil_id, policy in session.execute(of_term.where(Entitlement.pupil_id.in_(ids))):
        held[pupil_id].add(policy)
    codes = {plain(words): reason.code for reason in REASONS.values() for words in (reason.label, reason.code)}
    own = own_names(catalogue_of(session), intake.unit.code)
    made = []
    for line in lines:
        whose, at = pupils.get(digests[line.row] or b"", (None, intake.unit_id))
        made.append(
            SystemLine(
                unit_id=at, intake_id=intake.id, system=intake.kind, term=intake.occasion, file_row=line.row,
                pupil_id=whose, policy=policy_of(line.policy, held[whose], None, own) or "" if line.policy else "",
                project=line.policy[:60], aided=line.aided, yuan=line.yuan,
                reason=codes.get(plain(line.reason), ""),
                reason_written=line.reason[:60], name=line.name,
            )
        )  # fmt: skip
    return made


def _mark_agreed(session: Session, intake: Intake, now: datetime) -> None:
    """What the other system says as we do was typed there: 已回填, and the file is the proof."""
    press = uuid4()
    proofs = {
        # template: of what kind of list, and what must agree
        "national-awards": (IntakeKind.NATIONAL_LIST, and_(SystemLine.aided, SystemLine.yuan == Entitlement.due_yuan)),
        "national-reasons": (IntakeKind.NATIONAL_LIST, _same_reason()),
        "library": (IntakeKind.LIBRARY_LIST, or_(_same_reason(), and_(SystemLine.aided, _aided_here()))),
    }
    for code, (system, agrees) in proofs.items():
        template = TEMPLATES[code]
        agreed = _met(select(Entitlement.id)).where(
            SystemLine.intake_id == intake.id, SystemLine.system == system, template.holds(), agrees
        )
        put_marks(session, template, list(session.scalars(agreed)), "portal", press, now)


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
    return asked.scope.narrow(rows, Entitlement.school_id)


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
    return _both(asked).where(SystemLine.aided != _aided_here(), or_(SystemLine.aided, SystemLine.reason_written != ""))


def _reason_differs(asked: Asked) -> SelectBase:
    unaided = and_(not_(SystemLine.aided), not_(_aided_here()), SystemLine.reason_written != "")
    return _both(asked).where(unaided, SystemLine.reason != func.coalesce(Entitlement.reason, ""))


FOUND: dict[Kind, Callable[[Asked], SelectBase]] = {
    Kind.ONLY_HERE: _only_here,
    Kind.ONLY_THERE: _only_there,
    Kind.AIDED: _aided_differs,
    Kind.REASON: _reason_differs,
}


def _both(asked: Asked) -> Select[*tuple[Any, ...]]:
    met = _met(
        select(
            Entitlement.pupil_id, Entitlement.school_id.label("unit_id"), Entitlement.id.label("row_id"),
            SystemLine.id.label("line_id"),
        )
    ).where(SystemLine.term == asked.term, SystemLine.system == asked.system)  # fmt: skip
    return asked.scope.narrow(met, Entitlement.school_id)


def _met(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Rows beside the line of the same pupil, term and project."""
    same = and_(SystemLine.pupil_id == Entitlement.pupil_id, SystemLine.term == Entitlement.term, _same_policy())
    return statement.join_from(Entitlement, SystemLine, same).where(not_(Entitlement.retracted))


def _same_policy() -> ColumnElement[bool]:
    """A line that names no project speaks of every one of the pupil's."""
    return or_(SystemLine.policy == "", SystemLine.policy == Entitlement.policy)


def _aided_here() -> ColumnElement[bool]:
    return Entitlement.paid_yuan > 0


def _same_reason() -> ColumnElement[bool]:
    return and_(not_(SystemLine.aided), SystemLine.reason != "", SystemLine.reason == Entitlement.reason)


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
