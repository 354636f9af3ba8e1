"""How a command speaks: one JSON object or a summary on stdout, steps on stderr, one line and exit 1 for a no."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import IO, Any, ParamSpec, TypeVar

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal.access.accounts import AccountProblem
from portal.backup import BackupProblem
from portal.clock import WrongTerm
from portal.database import EVERYTHING, db, set_reach
from portal.embedded_postgres import NoPostgres
from portal.enrolment.matching_runs import MatchingBusy
from portal.intake.receive import NotReceived
from portal.intake.units import UnitsProblem
from portal.matching.files import MatchFilesError
from portal.models import Unit
from portal.outreach.gateway import GatewayRefused
from portal.policies.circumstances import WrongInput
from portal.policies.tables import CatalogueError
from portal.privacy.sealing import KeyProblem, SealBroken
from portal.readiness import NotReady, require_ready
from portal.vocabulary import UnitLevel

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
PATIENCE = 1.0  # seconds

SAY_THEMSELVES = (
    AccountProblem,
    BackupProblem,
    CatalogueError,
    GatewayRefused,
    KeyProblem,
    MatchFilesError,
    MatchingBusy,
    NoPostgres,
    NotReady,
    NotReceived,
    SealBroken,
    UnitsProblem,
    WrongInput,
    WrongTerm,
)
"""Errors whose text is already the one line that says why and what to do."""


class Refused(click.ClickException):
    """Exit 1 with this one line on stderr."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(" ".join(self.message.split()), file=file or sys.stderr)


def answering(command: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Below every command: what the portal's own errors say becomes the one line."""

    @with_appcontext
    @wraps(command)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return command(*args, **kwargs)
        except SAY_THEMSELVES as problem:
            raise Refused(str(problem)) from problem
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


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Refused(f"读不了文件 {path}（{problem.strerror}）：请检查路径和权限") from problem


class Steps:
    """Says each step on stderr when it is over, with its seconds.

    Those of the first second wait for it to pass, so that a refusal at once is one line alone.
    """

    def __init__(self) -> None:
        self._words = ""
        self._waiting: list[str] = []
        self._began = self._first = perf_counter()

    def __call__(self, words: str) -> None:
        """The next step begins."""
        self._end()
        self._words, self._began = words, perf_counter()
        if self._began - self._first > PATIENCE:
            self._say()

    def finish(self) -> None:
        self._end()
        self._waiting.append(f"共 {perf_counter() - self._first:.2f} 秒")
        self._say()

    def _end(self) -> None:
        if self._words:
            self._waiting.append(f"{self._words}　{perf_counter() - self._began:.2f} 秒")
        self._words = ""

    def _say(self) -> None:
        for line in self._waiting:
            click.echo(line, err=True)
        self._waiting.clear()


def tell(as_json: bool, found: dict[str, Any], summary: str) -> None:
    """Exactly one of the two, on stdout."""
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else summary)


json_option = click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象")
unit_option = click.option("--unit", required=True, help="单位代码")
term_option = click.option("--term", required=True, help="学期，如 2026-autumn")
