"""Where the joins of file-to-file matching run; the steps know no more of an engine than this.

Every query is one SELECT in DuckDB's dialect, plain enough for other dialects; tables are written once and never
changed, and several threads may ask at once. Lines of the files stand as the views ``roster`` and ``register``:
``line``, counted from 0, and the columns of ``source.READ``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from portal.matching.source import Source

Row = tuple[Any, ...]
Kind = Literal["VARCHAR", "INTEGER", "BIGINT", "BOOLEAN"]
"""All that a column may hold."""


class Tables(Protocol):
    """Named tables and queries over them."""

    def keep(self, name: str, query: str) -> None:
        """The answer of a query, worked out once, as a table; one of that name before gives way."""

    def view(self, name: str, query: str) -> None:
        """A query by a name, worked out wherever it is used."""

    def make(self, name: str, columns: Mapping[str, Kind], rows: Sequence[Row]) -> None:
        """Rows made in Python, as a table."""

    def rows(self, query: str) -> list[Row]:
        """The answer of a query."""

    def drop(self, *names: str) -> None:
        """Give back the room of tables that no later step asks."""


class FileTables(Tables, Protocol):
    """Tables that read the two files and write the answer; they are given back at the end of a ``with``."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def headings(self, path: Path) -> list[str]:
        """The column names of a parquet file; ``duckdb.Error`` where it is none."""

    def take_in(self, side: str, source: Source) -> None:
        """Make the file the view ``side``."""

    def write(self, query: str, path: Path, form: str) -> None:
        """The answer of a query as ``.csv`` or ``.parquet``."""


def count(tables: Tables, query: str) -> int:
    """The one number a query answers."""
    return int(tables.rows(query)[0][0])
