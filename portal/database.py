"""The database handle, the names of constraints, and how far a transaction may reach (row-level security)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, MetaData, event, text
from sqlalchemy.orm import Session, SessionTransaction

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


@event.listens_for(Session, "after_begin")
def _announce_at_begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    _announce(connection, session.info.get("reach", NOTHING))


def _announce(connection: Connection, reach: Reach) -> None:
    connection.execute(
        text("SELECT set_config('portal.reach', :units, true), set_config('portal.pupils', :pupils, true)"),
        {"units": reach.units, "pupils": ",".join(map(str, reach.pupils))},
    )


APP_ROLE = "portal_app"
"""Owns nothing: reads and writes what migrations granted, within its reach."""

# A page that waits longer than this is a fault to be seen, not a wait to be borne (security.md 4.3).
ON_CONNECTING = f"-c role={APP_ROLE} -c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout=300s"


def database_config(settings: Settings) -> dict[str, Any]:
    """What Flask-SQLAlchemy needs; the embedded server is started by the first connection, not before."""
    # an error that quotes a statement must not quote its values
    options: dict[str, Any] = {"pool_pre_ping": True, "pool_recycle": 1800, "hide_parameters": True}
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
