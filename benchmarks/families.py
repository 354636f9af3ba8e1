"""Matched families in a database of their own, each with a mobile; one in ten has two children on one number."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session, sessionmaker

from portal.app import create_app
from portal.database import EVERYTHING, db, libpq, owner_url
from portal.intake.copying import id_by_time, put_rows
from portal.models import EnrolmentRecord, Guardian, Intake, MatchPair, MatchRun, Pupil, Unit
from portal.settings import read_settings
from portal.vocabulary import IntakeKind, IntakeState, UnitLevel

TERM = "2026-autumn"
MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # ten in the morning in Jiangsu
PUPILS_A_SCHOOL, SIBLINGS = 1_000, 10
FIRST_NUMBER = 19_000_000_000
PUPIL = ("id", "school_id", "name_sealed", "name_index", "id_type", "id_certain", "hukou_division", "arrived_at")
GUARDIAN = ("id", "pupil_id", "school_id", "position", "relation", "name_sealed", "phone_sealed", "phone_index")
RECORD = (
    "id", "pupil_id", "school_id", "term", "intake_id", "roster_row", "stage", "grade", "grade_number", "class_name",
)  # fmt: skip
PAIR = (
    "id", "run_id", "term", "pupil_id", "school_id", "intake_id", "decision", "basis", "rule", "because_sealed",
    "category_sealed", "register_sealed", "found_on",
)  # fmt: skip


def an_app(folder: Path, **environment: str) -> Flask:
    settings = read_settings({"PORTAL_INSTANCE": str(folder), "PORTAL_LOG_LEVEL": "ERROR", **environment})
    return create_app(settings)


def sessions() -> "sessionmaker[Session]":
    return sessionmaker(db.engine, info={"reach": EVERYTHING})


def make(app: Flask, households: int) -> int:
    """In an empty instance; how many pupils that are."""
    with app.app_context():
        upgrade()
        with sessions().begin() as session:
            pupils = _fill(session, households)
        _gather_statistics(app)
    return pupils


def _gather_statistics(app: Flask) -> None:
    """As the server does by itself some minutes after a large import; only a table's owner may."""
    with psycopg.connect(libpq(owner_url(app.extensions["settings"])), autocommit=True) as connection:
        connection.execute("ANALYZE")


def _fill(session: Session, households: int) -> int:
    pupils = households + households // SIBLINGS
    county = Unit(code="329901", name="示例县教育局", level=UnitLevel.COUNTY, path="/329901/", landline="0510-00000000")
    session.add(county)
    session.flush()
    schools = [_school(county, n) for n in range(-(-pupils // PUPILS_A_SCHOOL))]
    session.add_all(schools)
    roster = Intake(
        kind=IntakeKind.ROSTER, unit_id=county.id, occasion=TERM, file_name="名册.csv", digest=b"1",
        state=IntakeState.KEPT, arrived_at=MONDAY,
    )  # fmt: skip
    run = MatchRun(unit_id=county.id, term=TERM, began_at=MONDAY, finished_at=MONDAY, counts={})
    session.add_all([roster, run])
    session.flush()
    place = [school.id for school in schools]
    ids = [id_by_time() for _ in range(pupils)]

    def put(table: Any, columns: tuple[str, ...], row: Callable[[int, UUID, UUID], tuple[Any, ...]]) -> None:
        def rows() -> Iterator[tuple[Any, ...]]:
            for n, pupil_id in enumerate(ids):
                yield row(n, pupil_id, place[n // PUPILS_A_SCHOOL])

        put_rows(session, table, columns, rows())

    put(Pupil, PUPIL, _pupil)
    put(Guardian, GUARDIAN, lambda n, pupil, school: _guardian(n, pupil, school, households))
    put(EnrolmentRecord, RECORD, lambda n, pupil, school: _record(n, pupil, school, roster.id))
    put(MatchPair, PAIR, lambda _, pupil, school: _pair(pupil, school, roster.id, run.id))
    return pupils


def _school(county: Unit, n: int) -> Unit:
    code = f"32990{n:05}"
    return Unit(
        code=code, name=f"示例第{n}小学", level=UnitLevel.SCHOOL, parent_id=county.id, path=f"{county.path}{code}/",
        stages=["primary"], landline="0510-00000001", aid_officer="张老师",
    )  # fmt: skip


def _name(n: int) -> str:
    return f"{'王李张刘陈杨赵黄周吴'[n % 10]}{chr(0x4E00 + n // 10 % 20000)}"


def _pupil(n: int, pupil_id: UUID, school_id: UUID) -> tuple[Any, ...]:
    row = Pupil(id=pupil_id)
    name = _name(n)
    return (pupil_id, school_id, Pupil.name.seal(row, name), Pupil.name.digest(name), "", False, "", MONDAY)


def _guardian(n: int, pupil_id: UUID, school_id: UUID, households: int) -> tuple[Any, ...]:
    """The last pupils are sisters and brothers of the first."""
    home = n % households
    row, phone = Guardian(id=id_by_time()), str(FIRST_NUMBER + home)
    return (
        row.id, pupil_id, school_id, 1, "母亲", Guardian.name.seal(row, f"{_name(home)}母"),
        Guardian.phone.seal(row, phone), Guardian.phone.digest(phone),
    )  # fmt: skip


def _record(n: int, pupil_id: UUID, school_id: UUID, intake_id: UUID) -> tuple[Any, ...]:
    grade, class_name = n % 6, f"({n % 10 + 1})班"
    return (
        id_by_time(), pupil_id, school_id, TERM, intake_id, str(n), "primary",
        f"{'一二三四五六'[grade]}年级", grade + 1, class_name,
    )  # fmt: skip


def _pair(pupil_id: UUID, school_id: UUID, intake_id: UUID, run_id: UUID) -> tuple[Any, ...]:
    row = MatchPair(id=id_by_time())
    return (
        row.id, run_id, TERM, pupil_id, school_id, intake_id, "certain", "self", "number_name",
        MatchPair.because.seal(row, "证件号一致"), MatchPair.category.seal(row, "DIBAO"),
        MatchPair.register.seal(row, "示例县民政局"), MONDAY.date(),
    )  # fmt: skip
