"""信息比对 over the database: blind indexes bring people together, the same rules as for files judge them.

A run goes part by part. What a part finds is kept apart until all are done; then, in one transaction, it takes the
place of what stood. The ledger is opened part by part again, by who knows it (``coverage.matching_work``). Whoever goes
on with a run that was left behind begins with the first part that is not done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from portal import audit
from portal.clock import SchoolTerm
from portal.enrolment.comparison import compare_with_registers
from portal.enrolment.doubles import note_doubles
from portal.enrolment.lists import count_matched
from portal.enrolment.readable import each_that_opens
from portal.enrolment.records import drop_pairs_of_who_left, keep_findings, let_stand
from portal.enrolment.review import carry_over
from portal.intake.receive import staff_id_of
from portal.models import EnrolmentRecord, Intake, MatchFinding, MatchPart, MatchRun, Pupil, Unit
from portal.vocabulary import Decision, IntakeKind, IntakeState

COUNTED_AS = {
    Decision.CERTAIN: "certain",
    Decision.POSSIBLE: "possible",
    Decision.HOUSEHOLD: "household",
    Decision.HOUSEHOLD_POSSIBLE: "possible",
}
"""How the contract counts a pupil: whatever waits for a person is possible."""

ONE_AT_A_TIME = 8_207_2020
"""The advisory lock of whoever changes which pairs stand."""
BEGINNING = 8_207
"""That of whoever begins a run, beside a number of the unit and the term."""
AT_ONCE = 5000
"""Pupils of a part; whom they meet elsewhere is opened beside them."""
GIVEN_UP = timedelta(hours=12)
"""After that nobody waits for a run any more: pressing again begins a new one."""


class MatchingBusy(RuntimeError):
    """Another run is at work."""


def silent(_words: str) -> None:
    """For runs that nobody watches."""


def run(
    session: Session,
    unit: Unit,
    term: SchoolTerm,
    by: str,
    now: datetime,
    progress: Callable[[str], None] = silent,
) -> MatchRun:
    """All parts in the caller's one transaction; raises MatchingBusy.

    The session must reach everything: a number used twice is seen across schools, and registers are closed to scopes.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
        raise MatchingBusy("另一轮比对正在进行：请等它结束后再试")
    made = begin(session, unit, term, by, now)
    while compare_next(session, made, now):
        progress("逐名比对")
    progress("保存结果")
    put_in_place(session, made, by, now)
    finish(session, made, now)
    return made


def begin(session: Session, unit: Unit, term: SchoolTerm, by: str, now: datetime, at_once: int = AT_ONCE) -> MatchRun:
    """A run of the pupils who are enrolled now, beside the registers there are now."""
    held = select(Intake.id).where(Intake.kind == IntakeKind.REGISTER, Intake.state == IntakeState.KEPT)
    made = MatchRun(
        unit_id=unit.id,
        term=term.code,
        began_at=now,
        by_staff_id=staff_id_of(session, by),
        registers=list(session.scalars(held)),
    )
    session.add(made)
    session.flush()
    before = func.row_number().over(order_by=(Pupil.school_id, Pupil.id)) - 1
    numbered = select(Pupil.id, (before // at_once).label("place")).where(Pupil.id.in_(enrolled(unit, term))).subquery()
    place, pupils = numbered.c.place, func.array_agg(numbered.c.id)
    parts = select(func.gen_random_uuid(), literal(made.id), place, pupils).group_by(place)
    session.execute(insert(MatchPart).from_select(["id", "run_id", "place", "pupil_ids"], parts))
    return made


def under_way(session: Session, unit: Unit, term: SchoolTerm, now: datetime) -> MatchRun | None:
    """The run of this unit and term that somebody goes on with, or will; not one that has stuck for long."""
    mine = select(MatchRun).where(MatchRun.unit_id == unit.id, MatchRun.term == term.code, unfinished())
    return session.scalars(mine.where(MatchRun.began_at > now - GIVEN_UP).order_by(MatchRun.began_at.desc())).first()


def begin_or_join(session: Session, unit: Unit, term: SchoolTerm, by: str, now: datetime) -> MatchRun:
    """The run that is under way, unless a file came since: then it is given up or, where it stands already, finished
    beside a new one.

    Of two who press at once the second waits until there is a run to join: to begin a province's takes seconds.
    """
    session.execute(text("SET LOCAL lock_timeout = '60s'"))
    session.execute(select(func.pg_advisory_xact_lock(BEGINNING, func.hashtext(f"{unit.code} {term.code}"))))
    going_on = under_way(session, unit, term, now)
    if going_on is not None:
        came = exists().where(
            Intake.state == IntakeState.KEPT,
            Intake.finished_at > going_on.began_at,
            or_(Intake.kind == IntakeKind.REGISTER, Intake.occasion == term.code),
        )
        if not session.scalar(select(came)):
            return going_on
        give_up(session, going_on, now)
    return begin(session, unit, term, by, now)


def next_part(session: Session, made: MatchRun, *such: ColumnElement[bool]) -> MatchPart | None:
    """The first that is in nobody's hands, and from now on in ours; None when there is none."""
    free = select(MatchPart).where(MatchPart.run_id == made.id, *such)
    return session.scalars(free.order_by(MatchPart.place).limit(1).with_for_update(skip_locked=True)).first()


def compare_next(session: Session, made: MatchRun, now: datetime) -> bool:
    """The first part that is neither done nor in somebody's hands; False when there is none.

    Whoever cannot be opened is no longer of the part, and what stands of them is nobody's to take away.
    """
    part = next_part(session, made, MatchPart.done_at.is_(None))
    if part is None:
        return False
    term = SchoolTerm.parse(made.term)
    found, held = each_that_opens(lambda some: compare_with_registers(session, some, term), part.pupil_ids)
    if held:
        part.pupil_ids = [pupil_id for pupil_id in part.pupil_ids if pupil_id not in held]
        unread = [f"学生 {pupil_id}：{problem}" for pupil_id, problem in held.items()]
        mine = update(MatchRun).where(MatchRun.id == made.id)
        session.execute(mine.values(unread=func.array_cat(MatchRun.unread, literal(unread, ARRAY(String)))))
    keep_findings(session, made, part.pupil_ids, list(chain.from_iterable(found)))
    part.done_at = now
    session.flush()
    return True


def is_whole(session: Session, made: MatchRun) -> bool:
    """Every part is done."""
    return not session.scalar(select(exists().where(MatchPart.run_id == made.id, MatchPart.done_at.is_(None))))


def progress_of(session: Session, made: MatchRun) -> tuple[int, int]:
    """How many pupils are compared, and how many will be."""
    pupils = func.sum(func.cardinality(MatchPart.pupil_ids))
    counted = select(pupils.filter(MatchPart.done_at.is_not(None)), pupils).where(MatchPart.run_id == made.id)
    done, every = session.execute(counted).one()
    return done or 0, every or 0


def put_in_place(session: Session, made: MatchRun, by: str, now: datetime) -> None:
    """What the parts found takes the place of what stood; the caller holds the lock of all who change pairs.

    What earlier runs of the unit have not opened of the ledger is this one's to open.
    """
    unit, term = session.get_one(Unit, made.unit_id), SchoolTerm.parse(made.term)
    ours = enrolled(unit, term)
    let_stand(session, made, _compared(session, made), now)
    drop_pairs_of_who_left(session, unit, term.code, ours, now)
    carry_over(session, unit, term, now)
    note_doubles(session, unit, term, now)
    pupils = session.scalar(select(func.count()).select_from(ours.subquery())) or 0
    made.counts = _counts(pupils, count_matched(session, unit, term.code))
    made.stands_since = now
    session.execute(delete(MatchFinding).where(MatchFinding.run_id == made.id))
    earlier = select(MatchRun).where(
        MatchRun.unit_id == unit.id, MatchRun.term == made.term, MatchRun.stands_since.is_not(None), unfinished()
    )
    for run in session.scalars(earlier.where(MatchRun.began_at < made.began_at)).all():
        finish(session, run, now)
    audit.record(session, by, "matched", unit_id=unit.id, term=term.code, run=str(made.id), counts=made.counts)
    session.flush()


def finish(session: Session, made: MatchRun, now: datetime) -> None:
    """Nothing of it is left to do."""
    made.finished_at = now
    _tidy(session, made)
    session.flush()


def give_up(session: Session, made: MatchRun, now: datetime) -> None:
    """The last list goes on standing; one that stands itself is not given up, its ledger is still to be opened.

    Nor is one that just then takes its place.
    """
    mine = select(MatchRun.id).where(MatchRun.id == made.id, MatchRun.stands_since.is_(None), unfinished())
    if session.scalar(mine.with_for_update(skip_locked=True, key_share=True)) is not None:
        made.given_up_at = now
        _tidy(session, made)


def unfinished() -> ColumnElement[bool]:
    return and_(MatchRun.finished_at.is_(None), MatchRun.given_up_at.is_(None))


def enrolled(unit: Unit, term: SchoolTerm) -> Select[UUID]:
    """The ids of the pupils who are in the unit's schools in that term and have not left."""
    return (
        select(EnrolmentRecord.pupil_id)
        .distinct()
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .where(
            Unit.path.startswith(unit.path, autoescape=True),
            EnrolmentRecord.term == term.code,
            EnrolmentRecord.left_on.is_(None),
        )
    )


def _compared(session: Session, made: MatchRun) -> Select[UUID]:
    """The run's pupils, but those whose school ran a younger comparison meanwhile: that one knows better."""
    theirs = select(func.unnest(MatchPart.pupil_ids)).where(MatchPart.run_id == made.id)
    younger = (
        select(Unit.path)
        .join(MatchRun, MatchRun.unit_id == Unit.id)
        .where(MatchRun.term == made.term, MatchRun.began_at > made.began_at, MatchRun.stands_since.is_not(None))
    )
    below = [Pupil.school_id.in_(Unit.ids_below(path)) for path in session.scalars(younger.distinct())]
    return select(Pupil.id).where(Pupil.id.in_(theirs), ~or_(*below)) if below else theirs


def _tidy(session: Session, made: MatchRun) -> None:
    for table in (MatchFinding, MatchPart):
        session.execute(delete(table).where(table.run_id == made.id))


def _counts(pupils: int, matched: Mapping[Decision, int]) -> dict[str, int]:
    """Per pupil, the strongest decision counts, settled pairs as a person settled them; the sum is the pupils."""
    counts = {"pupils": pupils, **dict.fromkeys(("certain", "possible", "household", "unmatched"), 0)}
    for decision, count in matched.items():
        counts[COUNTED_AS[decision]] += count
    counts["unmatched"] = pupils - sum(matched.values())
    return counts
