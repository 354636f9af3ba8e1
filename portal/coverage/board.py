"""比对进度: how far each school is with a term's matching, what is due, and who was asked to go on (N3-1, N3-5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import audit
from portal.access.permissions import Permission
from portal.access.scope import Scope
from portal.clock import SchoolTerm, local
from portal.coverage.tallies import Counts, Found, Tally, by_school, number
from portal.coverage.today import PUPILS
from portal.models import EnrolmentRecord, MatchRun, SchoolReminder, StaffMember, Unit
from portal.vocabulary import MatchingState, Term, UnitLevel


@dataclass(frozen=True, eq=False)
class Task:
    """One of the three things a school owes a term; the days are our default, where no county said otherwise."""

    words: str
    state: MatchingState
    due: dict[Term, tuple[int, int]]

    def due_in(self, term: SchoolTerm) -> date:
        return date(term.first_day.year, *self.due[term.half])


ROSTER = Task("导入学籍名册", MatchingState.NOT_BEGUN, {Term.AUTUMN: (9, 15), Term.SPRING: (3, 10)})
MATCH = Task("运行比对", MatchingState.UNDER_WAY, {Term.AUTUMN: (9, 20), Term.SPRING: (3, 15)})
DOUBTS = Task("核实疑似匹配", MatchingState.UNDER_WAY, {Term.AUTUMN: (9, 30), Term.SPRING: (3, 25)})
TASKS = (ROSTER, MATCH, DOUBTS)


@dataclass(frozen=True)
class SchoolLine:
    """``task`` is what the school has to do next, None when all is done; ``doubts`` are pupils."""

    school: Unit
    pupils: int
    roster_on: date | None
    matched_on: date | None
    doubts: int
    task: Task | None
    due: date | None
    late: bool
    reminded: SchoolReminder | None

    @property
    def state(self) -> MatchingState:
        return self.task.state if self.task else MatchingState.DONE

    def reminded_today(self, today: date) -> bool:
        return self.reminded is not None and self.reminded.on_day == today


def board(session: Session, scope: Scope, term: SchoolTerm, today: date) -> list[SchoolLine]:
    """Every school of the scope, the late ones first."""
    schools = session.scalars(scope.narrow(select(Unit), Unit.id).where(Unit.level == UnitLevel.SCHOOL))
    known = _Known.of(session, scope, term)
    lines = [known.line(school, term, today) for school in schools]
    order = list(MatchingState)
    return sorted(lines, key=lambda line: (not line.late, order.index(line.state), line.school.code))


def late_schools(session: Session, scope: Scope, term: SchoolTerm, today: date) -> int:
    return sum(line.late for line in board(session, scope, term, today))


def remind(
    session: Session, lines: Iterable[SchoolLine], term: SchoolTerm, staff: StaffMember, by: str, now: datetime
) -> int:
    """Ask the late ones of these schools to go on; how many were asked who had not been asked today."""
    asked = 0
    for line in lines:
        if line.late and line.task:
            values = {
                "id": uuid4(), "school_id": line.school.id, "term": term.code, "on_day": local(now).date(), "at": now,
                "by_staff_id": staff.id, "by_unit": staff.unit.name,
            }  # fmt: skip
            once = insert(SchoolReminder).values(values).on_conflict_do_nothing().returning(SchoolReminder.id)
            if session.scalar(once):
                asked += 1
                audit.record(
                    session, by, "school_reminded", unit_id=line.school.id, term=term.code, about=line.task.words
                )
    return asked


@dataclass(frozen=True)
class _Known:
    """What the tables say of all schools of a scope at once."""

    rosters: dict[UUID, tuple[int, datetime | None]]
    runs: dict[str, datetime]
    doubts: dict[UUID, int]
    reminders: dict[UUID, SchoolReminder]

    @classmethod
    def of(cls, session: Session, scope: Scope, term: SchoolTerm) -> "_Known":
        enrolled = by_school(session, scope, term.code, ROSTERS)
        waiting = by_school(session, scope, term.code, PUPILS)
        runs = (
            select(Unit.path, func.max(MatchRun.began_at))
            .join(Unit, Unit.id == MatchRun.unit_id)
            .where(MatchRun.term == term.code, MatchRun.finished_at.is_not(None))
            .group_by(Unit.path)
        )
        said = select(SchoolReminder).where(SchoolReminder.term == term.code).order_by(SchoolReminder.at)
        return cls(
            {school: _roster(counts) for school, counts in enrolled.items() if counts},
            dict(iter(session.execute(runs))),
            {school: number(counts, Permission.SETTLE_SELF.value) for school, counts in waiting.items()},
            {one.school_id: one for one in session.scalars(scope.narrow(said, SchoolReminder.school_id))},
        )

    def line(self, school: Unit, term: SchoolTerm, today: date) -> SchoolLine:
        pupils, roster_at = self.rosters.get(school.id, (0, None))
        matched_at = max((self.runs[path] for path in _down_to(school) if path in self.runs), default=None)
        doubts = self.doubts.get(school.id, 0)
        task = _next(roster_at, matched_at, doubts)
        due = task.due_in(term) if task else None
        return SchoolLine(
            school=school,
            pupils=pupils,
            roster_on=local(roster_at).date() if roster_at else None,
            matched_on=local(matched_at).date() if matched_at and roster_at else None,
            doubts=doubts,
            task=task,
            due=due,
            late=due is not None and due < today,
            reminded=self.reminders.get(school.id),
        )


def _down_to(school: Unit) -> Iterator[str]:
    """The paths of all units that a school is part of, its own the last."""
    return (school.path[:end] for end, sign in enumerate(school.path, 1) if sign == "/")


def _rosters_of(session: Session, scope: Scope, term: str) -> Found:
    """By the moment a roster came in, how many pupils are enrolled by it.

    Without a moment those whom no roster of the school or of a unit above it enrolled: they came from another school.
    ``roster_arrived_at`` is a function of the database's own, for a school does not read the file of its county.
    """
    each = select(EnrolmentRecord.school_id, EnrolmentRecord.intake_id, func.count().label("pupils"))
    of_term = scope.narrow(each.where(EnrolmentRecord.term == term), EnrolmentRecord.school_id)
    by_file = of_term.group_by(EnrolmentRecord.school_id, EnrolmentRecord.intake_id).subquery()
    arrived_at = func.roster_arrived_at(by_file.c.intake_id, by_file.c.school_id).label("arrived_at")
    arrived = select(by_file.c.school_id, arrived_at, func.sum(by_file.c.pupils))
    for school, at, pupils in session.execute(arrived.group_by(by_file.c.school_id, arrived_at)):
        yield school, (at.isoformat() if at else NO_ROSTER,), (int(pupils),)


ROSTERS = Tally("rosters-2", _rosters_of)
NO_ROSTER = ""


def _roster(counts: Counts) -> tuple[int, datetime | None]:
    """How many pupils, and when the latest roster came in."""
    moments = [datetime.fromisoformat(at) for (at,) in counts if at != NO_ROSTER]
    return sum(pupils for (pupils,) in counts.values()), max(moments, default=None)


def _next(roster_at: datetime | None, matched_at: datetime | None, doubts: int) -> Task | None:
    """A roster that came after the last run has not been matched."""
    if roster_at is None:
        return ROSTER
    if matched_at is None or matched_at < roster_at:
        return MATCH
    return DOUBTS if doubts else None
