"""What a command has to do with the database: a session that reaches every pupil, and the units it is about."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal.access.accounts import AccountProblem
from portal.backup import BackupProblem
from portal.clock import WrongTerm
from portal.commands.telling import Refused, refusing
from portal.database import EVERYTHING, db, set_reach
from portal.embedded_postgres import NoPostgres
from portal.enrolment.matching_runs import MatchingBusy
from portal.intake.receive import NotReceived
from portal.intake.units import UnitsProblem
from portal.models import Unit
from portal.outreach.gateway import GatewayRefused
from portal.policies.tables import CatalogueError
from portal.privacy.sealing import KeyProblem, SealBroken
from portal.readiness import NotReady, require_ready
from portal.vocabulary import UnitLevel

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

SAY_THEMSELVES = (
    AccountProblem,
    BackupProblem,
    CatalogueError,
    GatewayRefused,
    KeyProblem,
    MatchingBusy,
    NoPostgres,
    NotReady,
    NotReceived,
    SealBroken,
    UnitsProblem,
    WrongTerm,
)
"""Errors whose text is already the one line that says why and what to do."""


def answering(command: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Below every command on the database: what the portal's own errors say becomes the one line."""

    @with_appcontext
    @refusing(*SAY_THEMSELVES)
    @wraps(command)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except OperationalError as problem:
            raise Refused("数据库连不上或正忙：请检查 DATABASE_URL 和数据库服务，稍后再试") from problem

    return answer


def open_session() -> Session:
    """Reaches every pupil; raises NotReady or KeyProblem before anything is read or written."""
    session = db.session()
    set_reach(session, EVERYTHING)
    require_ready(session)
    session.commit()
    return session


def open_sessions() -> "sessionmaker[Session]":
    """For work that ends transactions of its own."""
    return sessionmaker(db.engine, info={"reach": EVERYTHING})


def find_unit(session: Session, code: str) -> Unit:
    unit = session.scalars(select(Unit).where(Unit.code == code)).first() if code.isascii() else None
    if unit is None:
        raise Refused(f"没有代码为 {code} 的单位：请核对代码，或先用 flask units load 载入单位")
    return unit


def find_office(session: Session, code: str) -> Unit:
    """A unit with schools below it, or a school: pupils are of these, never of a bureau."""
    unit = find_unit(session, code)
    if unit.level is UnitLevel.BUREAU:
        raise Refused(f"“{unit.name}”是部门，没有学生：请换成学校或县、市、省的代码")
    return unit


unit_option = click.option("--unit", required=True, help="单位代码")
term_option = click.option("--term", required=True, help="学期，如 2026-autumn")
