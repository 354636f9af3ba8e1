"""The database handle, the names of constraints, and how far a transaction may reach (row-level security)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg._preparing import PrepareManager
from psycopg.rows import TupleRow
from sqlalchemy import ColumnElement, Connection, MetaData, Select, Subquery, event, func, text, true
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool
from sqlalchemy.sql.elements import SQLCoreOperations

from portal import embedded_postgres
from portal.embedded_postgres import EmbeddedPostgres
from portal.settings import Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)
db = SQLAlchemy(metadata=metadata)


@dataclass(frozen=True)
class Reach:
    """Which pupils' rows a transaction sees: everything, one subtree of units, or named pupils; by default none.

    PostgreSQL enforces it on every table that belongs to a pupil, so that a forgotten filter leaks nothing (N0-2).
    """

    units: str = ""
    pupils: tuple[UUID, ...] = ()


_ANNOUNCED = text(
    "SELECT set_config('portal.reach', :units, true), set_config('portal.pupils', :pupils, true),"
    " set_config('plan_cache_mode', :plans, true)"
)
NOTHING = Reach()
EVERYTHING = Reach(units="all")


def reach_units(path: str) -> Reach:
    """The subtree of the unit with this path, such as ``/32/3299/``."""
    return Reach(units=path)


def reach_pupils(pupils: Iterable[UUID]) -> Reach:
    return Reach(pupils=tuple(pupils))


def set_reach(session: Session, reach: Reach) -> None:
    """From now on, and in every later transaction of this session."""
    session.info["reach"] = reach
    if session.in_transaction():
        _announce(session.connection(), reach)


def announced(pupils: SQLCoreOperations[list[UUID]]) -> ColumnElement[str]:
    """Selected beside a column of pupils: the statement that reads who they are lets its transaction reach them."""
    return func.set_config("portal.pupils", func.array_to_string(pupils, ","), true())


def has_announced(session: Session, reach: Reach) -> None:
    """A statement did so for this transaction; the session does it for every later one."""
    session.info["reach"] = reach


@event.listens_for(Session, "after_begin")
def _announce_at_begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    reach = session.info.get("reach", NOTHING)
    if reach != NOTHING:  # which a connection has from its opening on, and again after each transaction
        _announce(connection, reach)


def _announce(connection: Connection, reach: Reach) -> None:
    # a plan for any unit at all would be kept and be wrong for most: a school and a city need different ones
    plans = "force_custom_plan" if reach.units.startswith("/") else "auto"
    connection.execute(_ANNOUNCED, {"units": reach.units, "pupils": ",".join(map(str, reach.pupils)), "plans": plans})


APP_ROLE = "portal_app"
"""Owns nothing: reads and writes what migrations granted, within its reach."""

# A page that waits longer than this is a fault to be seen, not a wait to be borne (security.md 4.3). Where the data lie
# in memory or on a solid disk a row by its key costs little more than the next one: a county is read by its keys then.
ON_CONNECTING = (
    f"-c role={APP_ROLE} -c portal.reach= -c portal.pupils= "
    "-c timezone=UTC -c random_page_cost=1.1 -c lock_timeout=5s -c idle_in_transaction_session_timeout=300s"
)
CONNECTIONS = 8
"""Kept open by a process: twice a worker's threads. The last one used goes first, its statements prepared."""
TRUSTED = 1.0
"""Seconds after its last use in which a connection is taken without asking whether the server is still there."""


class WatchedPool(QueuePool):
    """Asks a connection that has lain idle whether it still stands; under load each question would be one too many."""


class KeptStatements(PrepareManager):
    """Statements prepared on a connection outlive a ROLLBACK, by which every page ends that only reads.

    psycopg drops them with each, lest a table was made, undone and made anew with other columns, which no process of
    ours does; PostgreSQL itself plans anew what a changed table touches. There is no setting for it: this and where a
    connection keeps it are private names of psycopg 3.3, and tests/access/test_reach.py tells when a later one differs.
    """

    def clear(self) -> bool:
        return False


class Columns(Sequence[Any]):
    """Of a result, described when somebody looks."""

    def __init__(self, describe: Callable[[], list[psycopg.Column] | None]) -> None:
        self._describe = describe

    @cached_property
    def _described(self) -> list[psycopg.Column]:
        return self._describe() or []

    def __len__(self) -> int:
        return len(self._described)

    def __getitem__(self, index: Any) -> Any:
        return self._described[index]


class QuietCursor(psycopg.Cursor[TupleRow]):
    """SQLAlchemy asks after every statement whether there are columns, and what they are only the first time.

    psycopg describes each of them at every question: seventy for a page of a child.
    """

    @property
    def description(self) -> Any:
        found = self.pgresult
        return Columns(lambda: super(QuietCursor, self).description) if found and found.nfields else None


@event.listens_for(WatchedPool, "connect")
def _set_up(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection._prepared = KeptStatements()
    connection.cursor_factory = QuietCursor


@event.listens_for(WatchedPool, "checkin")
def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used"] = monotonic()


@event.listens_for(WatchedPool, "checkout")
def _ask_whether_it_stands(
    connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    if monotonic() - record.info.get("used", monotonic()) <= TRUSTED:
        return
    try:
        connection.autocommit = True
        connection.cursor().execute("")
        connection.autocommit = False
    except psycopg.Error as gone:
        raise DisconnectionError from gone


def lock(session: Session, row: DeclarativeBase) -> None:
    """The row as it stands now, nobody else's to change until the commit."""
    session.flush()  # a refresh would forget what was not written yet
    session.refresh(row, with_for_update={"of": type(row)})


def whole(statement: Select[*tuple[Any, ...]]) -> Subquery:
    """Of which a page is taken, found before it is sorted.

    Asked for fifty rows school by school, PostgreSQL would go through the schools and hope that the page is full soon;
    where few rows fit it never is, and each school costs as much as all of them together.
    """
    return statement.offset(0).subquery()


def same_place(one: Any, other: Any) -> ColumnElement[bool]:
    """Of a pupil's rows: both at one school. Said so that PostgreSQL finds them by the pupil: brought together by the
    school, each would meet hundreds."""
    return one.is_not_distinct_from(other)  # type: ignore[no-any-return]


def database_config(settings: Settings) -> dict[str, Any]:
    """What Flask-SQLAlchemy needs; the embedded server is started by the first connection, not before."""
    # an error that quotes a statement must not quote its values
    options: dict[str, Any] = {
        "poolclass": WatchedPool,
        "pool_size": CONNECTIONS,
        "pool_use_lifo": True,
        "pool_recycle": 1800,
        "hide_parameters": True,
    }
    if settings.database_url is None:
        # SQLAlchemy asks the creator instead of the address, which is here for the dialect alone.
        options["creator"] = lambda: psycopg.connect(libpq(embedded(settings).app_url), options=ON_CONNECTING)
    else:
        options["connect_args"] = {"options": ON_CONNECTING}
    return {
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg://",
        "SQLALCHEMY_ENGINE_OPTIONS": options,
    }


def owner_url(settings: Settings) -> str:
    """Where migrations connect: the role that owns the tables."""
    return settings.database_owner_url or embedded(settings).owner_url


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The private PostgreSQL under the instance folder, started if it does not run."""
    return embedded_postgres.start(settings.instance / "postgres")


def libpq(url: str) -> str:
    """The address as PostgreSQL's own tools (pg_dump, psql) take it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
