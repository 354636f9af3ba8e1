"""Nouns for tests, each with what a test does not care about filled in. All people and numbers are invented."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.accounts import HASHER
from portal.models import EnrolmentRecord, Guardian, Intake, Pupil, RegisterEntry, StaffMember, Unit
from portal.policies.local_standard import Proposal
from portal.vocabulary import IntakeKind, IntakeState, Role, Stage, UnitLevel

A_MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # 10:00 in Jiangsu, Mon 2026-09-07
TERM = "2026-autumn"
PASSWORD = "correct-horse-battery"
DIGEST = HASHER.hash(PASSWORD)  # once: to be slow is what it is made for
_numbers = count(1)


def a_unit(
    session: Session, code: str, level: UnitLevel, parent: Unit | None = None, name: str = "", **values: object
) -> Unit:
    """The unit with this code, made where there is none; whoever asks again in the same session is not kept waiting."""
    known: dict[str, Unit] = session.info.setdefault("units", {})
    unit = known.get(code)
    if unit is None or unit not in session:
        unit = session.scalars(select(Unit).where(Unit.code == code)).first()
    if unit is None:
        path = f"{parent.path if parent else '/'}{code}/"
        unit = Unit(code=code, name=name or code, level=level, parent_id=parent and parent.id, path=path, **values)
        session.add(unit)
        session.flush()
    known[code] = unit
    return unit


def a_county(session: Session, code: str = "329901", name: str = "示例县") -> Unit:
    province = a_unit(session, "32", UnitLevel.PROVINCE, name="江苏省")
    city = a_unit(session, "3299", UnitLevel.CITY, province, name="示例市")
    return a_unit(session, code, UnitLevel.COUNTY, city, name=f"{name}教育局", landline="0510-00000000")


def a_bureau(session: Session, county: Unit | None = None, code: str = "329901-MZ") -> Unit:
    return a_unit(session, code, UnitLevel.BUREAU, county or a_county(session), name="示例县民政局")


def a_school(
    session: Session, county: Unit | None = None, code: str = "3299010001", name: str = "示例县实验小学"
) -> Unit:
    return a_unit(
        session,
        code,
        UnitLevel.SCHOOL,
        county or a_county(session),
        name=name,
        stages=[Stage.PRIMARY.value],
        landline="0510-00000001",
        aid_officer="张老师",
    )


def primary_amounts(yuan: int, **more: str) -> tuple[dict[str, Any], ...]:
    """For 小学 yuan a year; 低保 keeps the province's 1500."""
    stage, low_income = {"stage": ["primary"]}, {"categories": ["DIBAO"]}
    return (
        {"when": stage | low_income, "typical": 1500, "per": "year"},
        {"when": stage, "typical": yuan, "per": "year", **more},
    )


def a_proposal(**changed: Any) -> Proposal:
    """小学 1100 元 a year instead of the province's 1000."""
    said = {
        "policy": "CMP-LIVE",
        "starts": date(2026, 9, 1),
        "source": "示教发〔2026〕12号《示例县学生资助标准》",
        "clause": "第三条：小学每学年1100元",
        "checked_on": date(2026, 9, 1),
        "amounts": primary_amounts(1100),
    }
    return Proposal(**said | changed)


def an_intake(
    session: Session, unit: Unit, kind: IntakeKind = IntakeKind.ROSTER, occasion: str = TERM, now: datetime = A_MONDAY
) -> Intake:
    intake = Intake(
        kind=kind,
        unit_id=unit.id,
        occasion=occasion,
        file_name="名册.xlsx",
        digest=str(next(_numbers)).encode(),
        state=IntakeState.KEPT,
        arrived_at=now,
    )
    session.add(intake)
    session.flush()
    return intake


def a_pupil(
    session: Session,
    school: Unit | None = None,
    name: str = "王小雨",
    id_number: str | None = "329901201603050015",
    phone: str | None = "19900000001",
    guardian: str = "王丽",
    stage: Stage = Stage.PRIMARY,
    grade: str = "四年级",
    grade_number: int = 4,
    class_name: str = "(2)班",
    term: str = TERM,
    now: datetime = A_MONDAY,
) -> Pupil:
    """Enrolled for the term, with a mother who has a phone."""
    school = school or a_school(session)
    birth = f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}" if id_number else None
    pupil = Pupil(
        school_id=school.id,
        name=name,
        id_number=id_number,
        id_certain=bool(id_number),
        birth_date_text=birth,
        arrived_at=now,
    )
    session.add(pupil)
    session.flush()
    session.add(
        Guardian(pupil_id=pupil.id, school_id=school.id, position=1, relation="母亲", name=guardian, phone=phone)
    )
    number = next(_numbers)
    session.add(
        EnrolmentRecord(
            pupil_id=pupil.id,
            school_id=school.id,
            term=term,
            intake_id=an_intake(session, school).id,
            roster_row=str(number),
            stage=stage,
            grade=grade,
            grade_number=grade_number,
            class_name=class_name,
        )
    )
    session.flush()
    return pupil


def an_entry(
    session: Session,
    name: str = "王小雨",
    id_number: str | None = "329901201603050015",
    category: str = "DIBAO",
    bureau: Unit | None = None,
    batch: str = "2026-08",
    source: str = "民政",
    **values: object,
) -> RegisterEntry:
    """In a register delivered by the civil affairs bureau of 示例县."""
    intake = an_intake(session, bureau or a_bureau(session), IntakeKind.REGISTER, batch)
    entry = RegisterEntry(
        intake_id=intake.id,
        register_row=str(next(_numbers)),
        source=source,
        category=category,
        name=name,
        id_number=id_number,
        id_certain=bool(id_number),
        **values,
    )
    session.add(entry)
    session.flush()
    return entry


def a_staff_member(
    session: Session,
    account: str = "sch1",
    role: Role = Role.SCHOOL_OFFICER,
    unit: Unit | None = None,
    name: str = "张老师",
) -> StaffMember:
    """With the password ``builders.PASSWORD``."""
    staff = StaffMember(
        account=account,
        display_name=name,
        role=role,
        unit_id=(unit or a_school(session)).id,
        password_digest=DIGEST,
        password_changed_at=A_MONDAY,
    )
    session.add(staff)
    session.flush()
    return staff
