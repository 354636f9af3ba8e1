"""What took the portal a while to come to, put back row by row for each test that begins there."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session, make_transient_to_detached

from portal.models.base import Row

T = TypeVar("T")
# Their own tables a migration or the first start has filled.
OURS = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public'
AND tablename NOT IN ('alembic_version', 'hardship_category', 'key_check')
"""
UNCHECKED = "SET LOCAL session_replication_role = replica"
"""Trails refuse to be emptied otherwise, and rows would have to come in their order."""


def sweep(connection: psycopg.Connection) -> None:
    """Empty every table in which a test left something."""
    with connection.transaction():
        connection.execute(UNCHECKED)
        for name in _tables(connection):
            connection.execute(_on("DELETE FROM {}", name))


@dataclass(frozen=True)
class Kept(Generic[T]):
    """The rows of every table that has any, and the nouns among them as a test asks for them."""

    rows: dict[str, bytes]
    nouns: T

    @classmethod
    def of(cls, connection: psycopg.Connection, nouns: T) -> "Kept[T]":
        """Of a worker's database as it stands."""
        return cls({name: _copied(connection, name) for name in _tables(connection)}, _each(nouns, _shadow))

    def put_back(self, connection: psycopg.Connection, session: Session) -> T:
        with connection.transaction():
            connection.execute(UNCHECKED)
            for name, copied in self.rows.items():
                with connection.cursor().copy(_on("COPY {} FROM STDIN", name)) as copy:
                    copy.write(copied)
        return _each(self.nouns, lambda noun: session.merge(noun, load=False))


def _tables(connection: psycopg.Connection) -> list[str]:
    """Those with rows, found by one question instead of one for each of a hundred."""
    names = [name for (name,) in connection.execute(OURS)]
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {0} WHERE EXISTS (SELECT FROM {1})").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    )
    return [name for (name,) in connection.execute(asked)]


def _copied(connection: psycopg.Connection, name: str) -> bytes:
    with connection.cursor().copy(_on("COPY {} TO STDOUT", name)) as copy:
        return b"".join(copy)


def _on(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


def _shadow(noun: Any) -> Any:
    """The same noun, nothing of it read yet, and of no session."""
    shadow = type(noun)(id=noun.id)
    make_transient_to_detached(shadow)
    return shadow


def _each(value: Any, become: Callable[[Any], Any]) -> Any:
    """The same dataclass or mapping, each row of a table in it made into another."""
    if isinstance(value, Row):
        return become(value)
    if is_dataclass(value):
        return replace(value, **{field.name: _each(getattr(value, field.name), become) for field in fields(value)})
    if isinstance(value, dict):
        return {key: _each(one, become) for key, one in value.items()}
    return value
