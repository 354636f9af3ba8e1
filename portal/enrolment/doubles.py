"""双重学籍: one number and name on the rolls of two schools; both are told, and money goes out at one (N4-9).

It goes out where it goes out already; where it does not yet, at the school whose roster came in last, since a child
who moved is on the new school's roster and still on the old one's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import permutations
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, lazyload

from portal import audit
from portal.clock import SchoolTerm, local
from portal.enrolment.candidates import among
from portal.models import DoubleEnrolment, EnrolmentRecord, Entitlement, Intake, Pupil, StaffMember, Unit

Person = tuple[bytes | None, bytes]
"""The digests of a number and a name."""


class DoubleRefused(ValueError):
    """One sentence: why it is not settled so."""


def note_doubles(session: Session, unit: Unit, term: SchoolTerm, now: datetime) -> None:
    """Those found are told to both schools, those no longer so are settled; the session must reach every school."""
    twice = _twice(session, unit, term)
    aided = _aided(session, twice, term)
    found = {
        (here.pupil_id, there.school_id): (here, there, aided[person])
        for person, places in twice.items()
        for here, there in permutations(places, 2)
        if here.school_id != there.school_id
    }
    below = Unit.ids_below(unit.path)
    of_pupils = among(DoubleEnrolment.pupil_id, {pupil_id for pupil_id, _ in found})
    known = session.scalars(
        select(DoubleEnrolment).where(
            DoubleEnrolment.term == term.code, DoubleEnrolment.school_id.in_(below) | of_pupils
        )
    )
    for row in known:
        fresh = found.pop((row.pupil_id, row.other_school_id), None)
        if fresh is None:
            row.settled_at = row.settled_at or now
        else:
            row.settled_at, row.aided_here = None, fresh[2] == row.pupil_id
    for here, there, who in found.values():
        session.add(
            DoubleEnrolment(
                pupil_id=here.pupil_id,
                school_id=here.school_id,
                other_school_id=there.school_id,
                term=term.code,
                aided_here=who == here.pupil_id,
                found_at=now,
            )
        )
    session.flush()


def aided_elsewhere(session: Session, term: str, whose: ColumnElement[bool]) -> set[UUID]:
    """Pupils who get no rows here, because the same person has them at another school."""
    standing = DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None), whose
    return set(session.scalars(select(DoubleEnrolment.pupil_id).where(*standing, ~DoubleEnrolment.aided_here)))


def doubles_of(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, list[DoubleEnrolment]]:
    """What waits to be settled, by pupil."""
    found: defaultdict[UUID, list[DoubleEnrolment]] = defaultdict(list)
    standing = DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    for row in session.scalars(select(DoubleEnrolment).where(DoubleEnrolment.pupil_id.in_(pupils), *standing)):
        found[row.pupil_id].append(row)
    return found


def aid_here(session: Session, pupil: Pupil, term: str, by: str) -> None:
    """人工新增 at one of two schools: no list names the child at the other, so the aid goes out here from now on.

    Raises DoubleRefused where the other has rows, or is another county's: that one settles first where the child is.
    """
    waits = DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    elsewhere = select(DoubleEnrolment).where(*waits, DoubleEnrolment.pupil_id == pupil.id, ~DoubleEnrolment.aided_here)
    for double in session.scalars(elsewhere.with_for_update(of=DoubleEnrolment)).all():
        theirs = session.scalars(
            select(DoubleEnrolment)
            .join(Pupil, Pupil.id == DoubleEnrolment.pupil_id)
            .where(*waits, DoubleEnrolment.school_id == double.other_school_id)
            .where(Pupil.id_number_index == pupil.id_number_index, Pupil.name_index == pupil.name_index)
            .with_for_update(of=DoubleEnrolment)
        ).all()
        has_rows = exists().where(*_has_rows(term), Entitlement.pupil_id.in_({one.pupil_id for one in theirs}))
        if not theirs or session.scalar(select(has_rows)):
            raise DoubleRefused(
                f"这名学生也在{double.other_school.name}的名册里，资助在那里发：请先在“名单”的“双重学籍”里核实孩子在哪里上学"
            )
        double.aided_here, there = True, theirs[0]
        if there.aided_here:
            for one in theirs:  # towards a third school as well
                one.aided_here = False
            audit.record(session, by, "aided_elsewhere", unit_id=there.school_id, pupil_id=there.pupil_id, term=term)
    session.flush()


def leave(session: Session, double: DoubleEnrolment, by: StaffMember, now: datetime) -> None:
    """孩子不在这里上学: off this school's roll; the other side is aided with the next run."""
    record = session.scalars(
        select(EnrolmentRecord)
        .where(
            EnrolmentRecord.pupil_id == double.pupil_id,
            EnrolmentRecord.school_id == double.school_id,
            EnrolmentRecord.term == double.term,
        )
        .with_for_update()
    ).one()
    if double.settled_at is not None or record.left_on is not None:
        raise DoubleRefused("这一条已经核实过了")
    record.left_on, double.settled_at = local(now).date(), now
    audit.record(
        session, by.actor, "double_settled",
        unit_id=double.school_id, pupil_id=double.pupil_id, term=double.term,
    )  # fmt: skip
    session.flush()


def _twice(session: Session, unit: Unit, term: SchoolTerm) -> dict[Person, list[EnrolmentRecord]]:
    """All places of everybody who is enrolled below the unit and somewhere else as well."""
    current = EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None)
    person = Pupil.id_number_index, Pupil.name_index
    # Asked once, and whose places they are then by the index of the number: with both in one WHERE PostgreSQL may
    # count everybody anew for every row, where it has not yet seen how many there are.
    twice = (
        select(*person)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .where(*current, Pupil.id_number_index.is_not(None))
        .group_by(*person)
        .having(
            func.count(EnrolmentRecord.school_id.distinct()) > 1,
            func.bool_or(EnrolmentRecord.school_id.in_(Unit.ids_below(unit.path))),
        )
        .cte("twice")
        .prefix_with("MATERIALIZED")
    )
    found = (
        select(EnrolmentRecord, *person)
        .join(Pupil, Pupil.id == EnrolmentRecord.pupil_id)
        .join(twice, and_(twice.c.id_number_index == person[0], twice.c.name_index == person[1]))
        .where(*current)
        .options(lazyload(EnrolmentRecord.pupil))
    )
    places: defaultdict[Person, list[EnrolmentRecord]] = defaultdict(list)
    for record, number, name in session.execute(found):
        places[number, name].append(record)
    return places


def _aided(
    session: Session, places: Mapping[Person, Sequence[EnrolmentRecord]], term: SchoolTerm
) -> dict[Person, UUID]:
    """Of each the pupil who has the rows, else the one whose roster came in last; asked for all of them at once."""
    whose = {record.pupil_id: person for person, records in places.items() for record in records}
    has = select(Entitlement.pupil_id).where(*_has_rows(term.code), among(Entitlement.pupil_id, whose))
    aided: dict[Person, UUID] = {}
    for pupil_id in session.scalars(has.order_by(Entitlement.paid_yuan.desc(), Entitlement.opened_at)):
        aided.setdefault(whose[pupil_id], pupil_id)
    rosters = {record.intake_id for records in places.values() for record in records}
    arrived = {
        row.id: row.arrived_at
        for row in session.execute(select(Intake.id, Intake.arrived_at).where(among(Intake.id, rosters)))
    }
    for person, records in places.items():
        newest = max((arrived[record.intake_id], record.pupil_id) for record in records)
        aided.setdefault(person, newest[1])
    return aided


def _has_rows(term: str) -> tuple[ColumnElement[bool], ...]:
    return Entitlement.term == term, Entitlement.retracted.is_(False)
