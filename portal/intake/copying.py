"""Many rows at once: COPY into a temporary table, then INSERT, because row-level security refuses COPY into its tables.

While the database inserts one batch, the next is made: sealing takes as long as inserting.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from secrets import randbits
from time import time_ns
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor, sql
from sqlalchemy.orm import Session

from portal.models.base import Base

AT_ONCE = 20_000
Values = Sequence[Any]


def id_by_time() -> UUID:
    """A UUID of version 7: the index of a table that gets millions of rows grows at its end, not everywhere.

    Its first 48 bits say when; Python has one of its own from 3.14 on.
    """
    moment = time_ns() // 1_000_000 << 80
    return UUID(int=(moment | randbits(80)) & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def put_rows(
    session: Session,
    table: type[Base],
    columns: Sequence[str],
    rows: Iterable[Values],
    known_by: Sequence[str] = (),
    refresh: Sequence[str] = (),
    once: bool = False,
) -> None:
    """Within the session's transaction. A row known by those columns gets the ``refresh`` ones, or stays as it is.

    With ``once`` a row stays away that any unique index of the table knows.

    ``rows`` must not touch the session: it is asked for more while the connection is busy.
    """
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError("COPY needs psycopg")
    target = sql.Identifier(table.__tablename__)
    incoming = sql.Identifier(f"incoming_{table.__tablename__}")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(incoming, names)
    insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(
        target, names, names, incoming, _conflict(known_by, refresh, once)
    )
    empty = sql.SQL("TRUNCATE {}").format(incoming)
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as database:
        alike = sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA")
        cursor.execute(alike.format(incoming, names, target))
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(names, incoming))
        types = [column.type_code for column in cursor.description or ()]
        busy: Future[None] | None = None
        for batch in _batches(rows):
            if busy:
                busy.result()
            busy = database.submit(_put, cursor, copy, types, batch, (insert, empty))
        if busy:
            busy.result()
        cursor.execute(sql.SQL("DROP TABLE {}").format(incoming))


def _put(
    cursor: Cursor[Any], copy: sql.Composed, types: Sequence[int], batch: list[Values], after: Sequence[sql.Composed]
) -> None:
    with cursor.copy(copy) as stream:
        stream.set_types(types)
        for row in batch:
            stream.write_row(row)
    for statement in after:
        cursor.execute(statement)


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    left = iter(rows)
    while batch := list(islice(left, AT_ONCE)):
        yield batch


def _conflict(known_by: Sequence[str], refresh: Sequence[str], once: bool) -> sql.Composable:
    if not known_by:
        return sql.SQL("ON CONFLICT DO NOTHING" if once else "")
    keys = sql.SQL(", ").join(map(sql.Identifier, known_by))
    if not refresh:
        return sql.SQL("ON CONFLICT ({}) DO NOTHING").format(keys)
    changes = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in refresh)
    return sql.SQL("ON CONFLICT ({}) DO UPDATE SET {}").format(keys, changes)
