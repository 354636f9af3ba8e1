"""The joins of file-to-file matching in DuckDB, in memory; the only place that reads and writes in its own manner."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import local
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb

from portal.matching.source import LINE, READ, Source
from portal.matching.tables import Kind, Row

if TYPE_CHECKING:
    import pyarrow as pa

PRIVATE = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
NEVER = "1TB"


class DuckDBTables:
    """A database in memory that spills nothing to disk, fetches nothing from the network and prints nothing.

    Each thread that asks has a connection of its own to it.
    """

    def __init__(self) -> None:
        self._database = duckdb.connect(":memory:", config={**PRIVATE})
        self._held: dict[str, pa.Table] = {}
        self._of_thread = local()
        self._con.execute("SET GLOBAL preserve_insertion_order = false")
        # Nothing of it outlives the process: writing it anew to be compact would cost more than it saves.
        self._con.execute(f"SET GLOBAL checkpoint_threshold = '{NEVER}'")

    @property
    def _con(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._of_thread, "con"):
            self._of_thread.con = self._database.cursor()
            self._of_thread.con.execute("SET enable_progress_bar = false")
            for name, table in self._held.items():
                self._of_thread.con.register(name, table)
        con: duckdb.DuckDBPyConnection = self._of_thread.con
        return con

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def keep(self, name: str, query: str) -> None:
        self._con.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")

    def view(self, name: str, query: str) -> None:
        self._con.execute(f"CREATE OR REPLACE VIEW {name} AS {query}")

    def make(self, name: str, columns: Mapping[str, Kind], rows: Sequence[Row]) -> None:
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        # As parameters, not as an Arrow table: making one of Python's values would load pandas, where there is one.
        cells = [f"unnest(CAST(? AS {kind}[])) AS {column}" for column, kind in columns.items()]
        self._con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {', '.join(cells)}", values)

    def rows(self, query: str) -> list[Row]:
        return self._con.execute(query).fetchall()

    def drop(self, *names: str) -> None:
        for name in names:
            self._con.execute(f"DROP TABLE {name}")

    def headings(self, path: Path) -> list[str]:
        names: list[str] = self._con.read_parquet(str(path)).columns
        return names

    def take_in(self, side: str, source: Source) -> None:
        """Make the file a view of text columns with ``line``; ``row_id`` stays as it is.

        ``line`` is the file's own number of the row, bare, so that a join on it skips the cells of all other rows.
        """
        if isinstance(source.table, Path):
            file = f"{side}_file"
            self._con.read_parquet(str(source.table), file_row_number=True).create_view(file)
            line = "file_row_number"
        else:
            file, line = f"{side}_rows", LINE
            self._held[file] = source.table
            self._con.register(file, source.table)
        columns = [f"{line} AS line", *(self._column(file, source, column) for column in READ)]
        self.view(side, f"SELECT {', '.join(columns)} FROM {file}")  # noqa: S608 — headings are quoted

    def write(self, query: str, path: Path, form: str) -> None:
        """The answer of a query as a csv or parquet file."""
        options = "FORMAT parquet" if form == ".parquet" else "FORMAT csv, HEADER"
        to = str(path).replace("'", "''")
        self._con.execute(f"COPY ({query}) TO '{to}' ({options})")

    def _column(self, file: str, source: Source, column: str) -> str:
        if column not in source.columns:
            return f"CAST(NULL AS VARCHAR) AS {column}"
        own = '"' + source.columns[column].replace('"', '""') + '"'
        if column != "row_id":
            return f"CAST({own} AS VARCHAR) AS {column}"
        kind = self.rows(f"SELECT typeof({own}) FROM {file} LIMIT 1")  # noqa: S608 — the heading is quoted
        if kind not in ([("DOUBLE",)], [("FLOAT",)]):
            return f"{own} AS {column}"
        # pandas makes floats of whole numbers as soon as one is missing.
        whole = f"{own} = trunc({own}) AND abs({own}) < 1e15"
        text = f"CASE WHEN {whole} THEN CAST(CAST({own} AS BIGINT) AS VARCHAR) ELSE CAST({own} AS VARCHAR) END"
        return f"{text} AS {column}"
