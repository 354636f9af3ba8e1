"""Many rows at once: COPY into a temporary table, then one INSERT, because COPY itself passes by row-level security."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection, sql
from sqlalchemy.orm import Session

from portal.models.base import Base


def put_rows(
    session: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    known_by: Sequence[str] = (),
    refresh: Sequence[str] = (),
) -> None:
    """Within the session's transaction. A row known by those columns gets the ``refresh`` ones, or stays as it is."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError("COPY needs psycopg")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    target = sql.Identifier(table.__tablename__)
    incoming = sql.Identifier(f"incoming_{table.__tablename__}")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(incoming, target))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(incoming, names)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(
                target, names, names, incoming, _conflict(known_by, refresh)
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {}").format(incoming))


def _conflict(known_by: Sequence[str], refresh: Sequence[str]) -> sql.Composable:
    if not known_by:
        return sql.SQL("")
    keys = sql.SQL(", ").join(map(sql.Identifier, known_by))
    if not refresh:
        return sql.SQL("ON CONFLICT ({}) DO NOTHING").format(keys)
    changes = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in refresh)
    return sql.SQL("ON CONFLICT ({}) DO UPDATE SET {}").format(keys, changes)
