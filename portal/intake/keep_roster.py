"""学籍名册 are kept: pupils found again or made, guardians replaced, one record a pupil and term, slips for all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Uuid, any_, delete, exists, literal, select, text
from sqlalchemy.orm import Session

from portal.access.slips import make_slips
from portal.clock import local
from portal.intake.copying import put_rows
from portal.intake.findings import Findings
from portal.intake.fitting import Fitting
from portal.intake.grades import read_grade
from portal.intake.known_pupils import KnownPupils
from portal.intake.meeting import COLUMNS as MEETING
from portal.intake.meeting import meeting_indexes, offered_digests
from portal.intake.progress import Progress
from portal.intake.receive import actor_of
from portal.intake.rosters import RosterLine, read_roster
from portal.intake.schools import place_lines
from portal.intake.spreadsheet import Table
from portal.matching.people import RosterPerson
from portal.models import EnrolmentRecord, Guardian, Intake, Pupil, SchoolClass, Slip, Unit
from portal.vocabulary import Stage

PATIENCE = 120  # seconds that another roster of the same school may take
AT_ONCE = 5000
"""How many pupils one statement names."""
_LONGEST_ROW_NAME = 20

PUPIL = (
    "id",
    "school_id",
    "arrived_at",
    "name_sealed",
    "name_index",
    "former_name_sealed",
    "id_type",
    "id_number_sealed",
    "id_number_index",
    "id_certain",
    *MEETING,
    "offered_keys",
    "student_number_sealed",
    "student_number_index",
    "birth_date_text_sealed",
    "written_birth_sealed",
    "sex",
    "hukou_division",
)
GUARDIAN = (
    "id",
    "pupil_id",
    "school_id",
    "position",
    "relation",
    "name_sealed",
    "id_number_sealed",
    "id_number_index",
    "phone_sealed",
    "phone_index",
)
RECORD = (
    "id",
    "pupil_id",
    "school_id",
    "term",
    "intake_id",
    "roster_row",
    "stage",
    "grade",
    "grade_number",
    "class_name",
    "boarding",
)

# What a known pupil's row gets from a file with that column; a file without it says nothing of what is known already.
PUPIL_FIELDS = {
    "name": ("name_sealed", "name_index"),
    "former_name": ("former_name_sealed",),
    "id_no": (
        "id_type",
        "id_number_sealed",
        "id_number_index",
        "id_certain",
        *MEETING,
        "offered_keys",
        "birth_date_text_sealed",
        "sex",
    ),
    "student_no": ("student_number_sealed", "student_number_index"),
    "birth_date": ("birth_date_text_sealed", "written_birth_sealed"),
    "sex": ("sex",),
    "hukou_div": ("hukou_division",),
}
RECORD_FIELDS = {
    "grade": ("stage", "grade", "grade_number"),
    "class_": ("class_name",),
    "boarding": ("boarding",),
}
GUARDIAN_FIELDS = frozenset(f"g{which}_{what}" for which in "12" for what in ("relation", "name", "id", "phone"))


@dataclass(frozen=True, slots=True)
class Place:
    """A line with its school and the id of its pupil, new or known; sealing binds values to ``id``."""

    id: UUID
    line: RosterLine
    school: Unit


def keep_roster(session: Session, intake: Intake, table: Table, now: datetime, progress: Progress) -> Findings:
    """Every good row becomes an enrolled pupil; who is missing from a newer roster of the term is left alone."""
    progress.step("逐行核对")
    roster = read_roster(table, day=local(now).date())
    progress.step("认出已有的学生")
    fitting = Fitting()
    placed = place_lines(session, intake.unit, roster.lines, fitting, actor_of(session, intake))
    _hold(session, {school.id for _, school in placed})
    places = list(_places(session, placed))
    progress.step("加密并存入")
    put_rows(session, Pupil, PUPIL, _pupils(places, now, progress), ("id",), _said_by(roster.fields, PUPIL_FIELDS))
    if roster.fields & GUARDIAN_FIELDS:
        _replace_guardians(session, places, fitting)
    records = _records(places, fitting, intake)
    said = ("intake_id", "roster_row", *_said_by(roster.fields, RECORD_FIELDS))
    put_rows(session, EnrolmentRecord, RECORD, records, ("pupil_id", "school_id", "term"), said)
    _make_classes(session, places)
    progress.step("告知单")
    _make_slips(session, {place.school.id for place in places}, now)
    problems = sorted([*roster.problems, *fitting.problems], key=lambda problem: problem.row)
    return Findings(roster.rows, len(places), tuple(roster.repaired), tuple(problems), roster.dropped)


def _said_by(fields: frozenset[str], table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for field, columns in table.items() if field in fields for column in columns))


def _hold(session: Session, school_ids: set[UUID]) -> None:
    """Two rosters of one school at once would each make the same pupil: the second waits, and finds it made."""
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
    schools = select(Unit.id).where(Unit.id == any_(literal(list(school_ids), ARRAY(Uuid)))).order_by(Unit.id)
    session.execute(schools.with_for_update(key_share=True)).all()


def _places(session: Session, placed: list[tuple[RosterLine, Unit]]) -> Iterator[Place]:
    by_school: defaultdict[UUID, list[RosterLine]] = defaultdict(list)
    for line, school in placed:
        by_school[school.id].append(line)
    found: dict[int, UUID] = {}
    for school_id, lines in by_school.items():
        found |= KnownPupils(session, school_id).find(lines)
    for line, school in placed:
        yield Place(found.get(line.row) or uuid4(), line, school)


def _pupils(places: list[Place], now: datetime, progress: Progress) -> Iterator[tuple[Any, ...]]:
    day = local(now).date()
    for done, place in enumerate(places, 1):
        line = place.line
        yield (
            place.id,
            place.school.id,
            now,
            Pupil.name.seal(place, line.name),
            Pupil.name.digest(line.name),
            Pupil.former_name.seal(place, line.former_name),
            line.id_type.value,
            Pupil.id_number.seal(place, line.id_no),
            Pupil.id_number.digest(line.id_no),
            line.id_certain,
            *meeting_indexes(line.name, line.id_no, line.written_birth or line.birth_date, line.hukou_division),
            offered_digests(_person(line), day),
            Pupil.student_number.seal(place, line.student_no),
            Pupil.student_number.digest(line.student_no),
            Pupil.birth_date_text.seal(place, line.birth_date.isoformat() if line.birth_date else None),
            Pupil.written_birth.seal(place, line.written_birth.isoformat() if line.written_birth else None),
            line.sex and line.sex.value,
            line.hukou_division,
        )
        progress.done = done


def _person(line: RosterLine) -> RosterPerson:
    return RosterPerson(
        id=line.row,
        name=line.name,
        number=line.id_no or "",
        number_type=line.id_type.label,
        former_name=line.former_name,
        birth_date=line.birth_date,
        division=line.hukou_division,
    )


def _replace_guardians(session: Session, places: list[Place], fitting: Fitting) -> None:
    for start in range(0, len(places), AT_ONCE):
        named = [place.id for place in places[start : start + AT_ONCE]]
        session.execute(delete(Guardian).where(Guardian.pupil_id.in_(named)))
    put_rows(session, Guardian, GUARDIAN, _guardians(places, fitting))


def _guardians(places: list[Place], fitting: Fitting) -> Iterator[tuple[Any, ...]]:
    for place in places:
        for position, person in enumerate(place.line.guardians, 1):
            row = Guardian(id=uuid4())
            yield (
                row.id,
                place.id,
                place.school.id,
                position,
                fitting.fit(place.line.row, f"监护人{position}关系", person.relation, 20),
                Guardian.name.seal(row, person.name),
                Guardian.id_number.seal(row, person.id_no),
                Guardian.id_number.digest(person.id_no if person.id_certain else None),
                Guardian.phone.seal(row, person.phone),
                Guardian.phone.digest(person.phone),
            )


def _records(places: list[Place], fitting: Fitting, intake: Intake) -> Iterator[tuple[Any, ...]]:
    own_rows = len({place.line.serial for place in places if place.line.serial}) == len(places)
    for place in places:
        line = place.line
        stage, number = line.stage, line.grade_number
        if stage is None:
            grade = read_grade(line.grade, frozenset(map(Stage, place.school.stages)))
            stage, number = grade.stage, grade.number
        own = line.serial if own_rows and len(line.serial) <= _LONGEST_ROW_NAME else ""
        yield (
            uuid4(),
            place.id,
            place.school.id,
            intake.occasion,
            intake.id,
            own or str(line.row),
            stage and stage.value,
            fitting.fit(line.row, "年级", line.grade, 30),
            number,
            fitting.fit(line.row, "班级", line.class_name, 30),
            line.boarding and line.boarding.value,
        )


def _make_classes(session: Session, places: list[Place]) -> None:
    named = {(place.school.id, place.line.grade[:30], place.line.class_name[:30]) for place in places}
    rows = [(uuid4(), *key, "") for key in named if key[2]]
    put_rows(
        session, SchoolClass, ("id", "school_id", "grade", "name", "teacher"), rows, ("school_id", "grade", "name")
    )


def _make_slips(session: Session, school_ids: set[UUID], now: datetime) -> None:
    """Everybody at the school has one, so that having one says nothing (G6)."""
    has_one = exists().where(Slip.pupil_id == Pupil.id, Slip.withdrawn_at.is_(None))
    here = Pupil.school_id == any_(literal(list(school_ids), ARRAY(Uuid)))
    without = select(Pupil.id, Pupil.school_id).where(here, ~has_one)
    for part in session.execute(without, execution_options={"yield_per": AT_ONCE}).partitions():
        make_slips(session, dict(iter(part)), now)
