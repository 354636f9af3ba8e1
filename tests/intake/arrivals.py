"""Files that come in by the whole way: received, committed, worked off."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from portal.database import EVERYTHING
from portal.intake.receive import receive
from portal.intake.work_off import KEEPERS, Keeper, work_off
from portal.models import Intake, Unit
from portal.vocabulary import IntakeKind
from tests.builders import A_MONDAY, TERM
from tests.intake.files import csv

ROSTER_HEADINGS = (
    "序号", "姓名", "身份证件号", "出生日期", "学籍号", "学校标识码", "学校名称", "年级", "班级",
    "监护人1姓名", "监护人1电话",
)  # fmt: skip
REGISTER_HEADINGS = ("序号", "困难类别", "姓名", "身份证件号", "有效期止")


def sessions_of(session: Session) -> "sessionmaker[Session]":
    """Transactions of their own, on the same database."""
    return sessionmaker(session.get_bind(), info={"reach": EVERYTHING})


def roster(*rows: Mapping[str, str], encoding: str = "utf-8") -> bytes:
    """With the usual columns, and any others that a row names."""
    headings = list(dict.fromkeys([*ROSTER_HEADINGS, *(name for row in rows for name in row)]))
    return csv(headings, *([row.get(name, "") for name in headings] for row in rows), encoding=encoding)


def register(*rows: Mapping[str, str]) -> bytes:
    return csv(REGISTER_HEADINGS, *([row.get(name, "") for name in REGISTER_HEADINGS] for row in rows))


def arrive(
    session: Session,
    kind: IntakeKind,
    unit: Unit,
    data: bytes,
    occasion: str = "",
    category: str = "",
    file_name: str = "名单.csv",
    now: datetime = A_MONDAY,
    keepers: Mapping[IntakeKind, Keeper] = KEEPERS,
    by: str = "command",
    replaces: bool = False,
) -> Intake:
    occasion = occasion or ("2026-08" if kind is IntakeKind.REGISTER else TERM)
    intake = receive(session, kind, unit, occasion, file_name, data, category, by, now, replaces=replaces)
    session.commit()
    work_off(sessions_of(session), intake.id, now, keepers=keepers)
    session.refresh(intake)
    return intake
