"""What every test may ask for: the app on a database of its own, a session, a client, a browser.

One embedded PostgreSQL serves the whole run; each worker has a database copied from one that was migrated once.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import embedded_postgres
from portal.app import create_app
from portal.database import EVERYTHING, db, libpq, set_reach
from portal.embedded_postgres import EmbeddedPostgres
from portal.settings import Settings, read_settings
from tests.builders import A_MONDAY
from tests.kept import sweep

pytest_plugins = ["tests.pages"]

ROOT = Path(__file__).parent.parent
TEMPLATE = "migrated"


@dataclass(frozen=True)
class Databases:
    """The server of this run and how to get a fresh database on it."""

    server: EmbeddedPostgres
    instance: Path

    def settings(self, database: str, **environment: str) -> Settings:
        return read_settings(
            {
                "PORTAL_INSTANCE": str(self.instance),
                "DATABASE_URL": self.server.url_for(database, "portal_app"),
                "DATABASE_OWNER_URL": self.server.url_for(database, "portal_owner"),
                "PORTAL_LOG_LEVEL": "WARNING",
                **environment,
            }
        )

    def administer(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(libpq(self.server.url_for(database, "postgres")), autocommit=True)

    def copy(self, name: str) -> str:
        with self.administer() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER portal_owner").format(
                    *map(sql.Identifier, (name, TEMPLATE))
                )
            )
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO portal_app").format(sql.Identifier(name))
            )
        return name


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of the run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def databases(run_folder: Path) -> Iterator[Databases]:
    worker = run_folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.at-work"
    worker.touch()
    with _one_at_a_time(run_folder):
        instance = _instance(run_folder)
        server = embedded_postgres.start(instance / "postgres")
        databases = Databases(server, instance)
        with databases.administer() as connection:
            # The power does not fail here; that what is committed is kept is PostgreSQL's promise, not ours to test.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if not known:
            server.create_database(TEMPLATE)
            with create_app(databases.settings(TEMPLATE)).app_context():
                upgrade()
                db.engine.dispose()
    yield databases
    server.stop()
    with _one_at_a_time(run_folder):
        worker.unlink()
        if not list(run_folder.glob("*.at-work")):
            shutil.rmtree(instance, ignore_errors=True)


@contextmanager
def _one_at_a_time(run_folder: Path) -> Iterator[None]:
    with (run_folder / "workers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _instance(run_folder: Path) -> Path:
    """Short, for a socket's address, and of this run alone: a folder from before has the tables from before."""
    named = run_folder / "instance"
    if not named.exists():
        named.write_text(tempfile.mkdtemp(prefix="portal-tests-"), encoding="utf-8")
    instance = Path(named.read_text(encoding="utf-8"))
    instance.mkdir(exist_ok=True)
    instance.chmod(0o755)  # the server has an account of its own
    return instance


@pytest.fixture(scope="session")
def database(databases: Databases) -> str:
    return databases.copy(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


@pytest.fixture(scope="session")
def shared_app(databases: Databases, database: str) -> Flask:
    return create_app(databases.settings(database))


@pytest.fixture(scope="session")
def keeper(databases: Databases, database: str) -> Iterator[psycopg.Connection]:
    """May do everything on the worker's database; kept open, for a new connection has all tables to learn about."""
    with databases.administer(database) as connection:
        yield connection


@pytest.fixture
def app(shared_app: Flask, keeper: psycopg.Connection) -> Iterator[Flask]:
    """The app on an empty database; what the test leaves is swept away after it."""
    yield shared_app
    sweep(keeper)


@pytest.fixture
def environment(app: Flask, databases: Databases, database: str) -> dict[str, str]:
    """For a process of its own on the test's database."""
    return {
        **os.environ,
        "PORTAL_INSTANCE": str(databases.instance),
        "DATABASE_URL": databases.server.url_for(database, "portal_app"),
        "DATABASE_OWNER_URL": databases.server.url_for(database, "portal_owner"),
        "PORTAL_LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session that reaches every pupil, as commands and workers have it."""
    with app.app_context():
        session = db.session()
        set_reach(session, EVERYTHING)
        yield session
        session.rollback()


class Stranger(FlaskClient):
    """Asks from outside: its requests share neither the test's session nor one another's."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


@pytest.fixture
def monday() -> Iterator[None]:
    """The first Monday of the autumn term, ten in the morning; time goes on from there."""
    with time_machine.travel(A_MONDAY, tick=True):
        yield
