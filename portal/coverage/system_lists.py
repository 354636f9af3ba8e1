"""系统名单: a list exported from 全国系统 or 就学信息库 is read and changes no row of the ledger (N3-18).

Where both say the same, the row is known to be back-filled.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ColumnElement, LargeBinary, and_, any_, delete, literal, not_, or_, select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local
from portal.coverage.back_fills import put_marks
from portal.coverage.comparisons import aided_here, met
from portal.coverage.projects import own_names, policy_of
from portal.coverage.reasons import REASONS
from portal.coverage.templates import TEMPLATES
from portal.enrolment.local_standards import catalogue_of
from portal.intake.cells import plain
from portal.intake.findings import Findings
from portal.intake.progress import Progress
from portal.intake.spreadsheet import Table
from portal.intake.system_lists import SystemListLine, read_system_list
from portal.models import Entitlement, Intake, Pupil, SystemLine, Unit
from portal.vocabulary import IntakeKind


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
        "library": (IntakeKind.LIBRARY_LIST, or_(_same_reason(), and_(SystemLine.aided, aided_here()))),
    }
    for code, (system, agrees) in proofs.items():
        template = TEMPLATES[code]
        agreed = met(select(Entitlement.id)).where(
            SystemLine.intake_id == intake.id, SystemLine.system == system, template.holds(), agrees
        )
        put_marks(session, template, list(session.scalars(agreed)), "portal", press, now)


def _same_reason() -> ColumnElement[bool]:
    return and_(not_(SystemLine.aided), SystemLine.reason != "", SystemLine.reason == Entitlement.reason)
