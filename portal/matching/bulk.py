"""The engine's work on millions of rows: DuckDB joins and decides the plain cases, Python reads the odd ones.

The rules are those of ``rules.py``; here numbers are made integers and brought together by joins.
"""
# ruff: noqa: S608 — every name in the SQL is ours, headings and paths are quoted, no cell of a file is ever in it.

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from portal.matching.number_agreement import written_number
from portal.matching.source import READ, Source

# 17 digits and a check character; TRY_CAST alone would also take 1e16 for a number.
SHAPED = """
    strlen(clean) = 18 AND strpos(clean, 'e') = 0 AND strpos(clean, 'E') = 0 AND first >= 10000000000000000
    AND final IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X')
"""
# Two of read_number's repairs that whole columns need: no blanks between the digits, no apostrophe of Excel's before.
CLEAN = "CASE WHEN strlen(raw) > 18 THEN ltrim(replace(raw, ' ', ''), '''') ELSE raw END"
RESIDENT = re.compile(r"\d{17}[\dX]")
# The weights are powers of 2 mod 11 and 10 is -1: sums of whole quotients do, where digits would take twice as many.
RESIDUE = "(" + " + ".join(f"{3 * 2**k % 11 if k else 2} * (first // {10**k})" for k in range(17)) + ") % 11"
CHECK_HOLDS = f"final = substr('10X98765432', 1 + CAST({RESIDUE} AS INTEGER), 1)"
# As read_number reads them: a province (what else begins with a 9 is left to it) and a day that has been.
BORN = """
    year BETWEEN 1900 AND 2099 AND month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31
    AND (day < 29 OR (day = 29 AND (month <> 2 OR year % 400 = 0 OR (year % 4 = 0 AND year % 100 <> 0)))
         OR (day = 30 AND month <> 2) OR (day = 31 AND month IN (1, 3, 5, 7, 8, 10, 12)))
    AND year * 10000 + month * 100 + day <= {today}
    AND first // 1000000000000000 IN
        (11,12,13,14,15,21,22,23,31,32,33,34,35,36,37,41,42,43,44,45,46,50,51,52,53,54,61,62,63,64,65,71,81,82,83)
"""
SELF, GUARDIANS = 0, {1: "g1", 2: "g2"}
"""``via`` in the tables: the pupil, or which of the guardians."""
FILLED = "(name <> '' OR id_no <> '' OR g1_id <> '' OR g2_id <> '')"
"""A line that is somebody; blank lines of a sheet, and 序号 filled down beside them, are nobody."""

PRIVATE = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
Connection = duckdb.DuckDBPyConnection


def connect() -> Connection:
    """A database in memory that spills nothing to disk, fetches nothing from the network and prints nothing."""
    con = duckdb.connect(":memory:", config={**PRIVATE})
    con.execute("SET enable_progress_bar = false")
    return con


def take_in(con: Connection, side: str, source: Source) -> None:
    """Make the file a view of text columns with ``line``, the 1-based line of data."""
    if isinstance(source.table, Path):
        con.read_parquet(str(source.table), file_row_number=True).create_view(f"{side}_file")
        line = "file_row_number + 1"
    else:
        con.register(f"{side}_rows", source.table)
        con.execute(f"CREATE TEMP TABLE {side}_file AS SELECT row_number() OVER () AS line, * FROM {side}_rows")
        con.unregister(f"{side}_rows")
        line = "line"
    columns = [f"{line} AS line", *(_column(con, side, source, column) for column in READ)]
    con.execute(f"CREATE TEMP VIEW {side} AS SELECT {', '.join(columns)} FROM {side}_file")


def count_rows(con: Connection, side: str, source: Source) -> tuple[int, str]:
    """How many lines are not blank, and the column that names a row in the answer.

    That is the file's 序号 when every such line has its own, else ``line``.
    """
    rows = count(con, f"SELECT count(*) FROM {side} WHERE {FILLED}")
    if not source.has_row_ids:
        return rows, "line"
    counted = "TRY_CAST(CAST(row_id AS VARCHAR) AS BIGINT) IS NOT DISTINCT FROM line"
    if count(con, f"SELECT count(*) FROM {side} WHERE {FILLED} AND {counted}") == rows:
        return rows, "row_id"
    own = f"SELECT trim(CAST(row_id AS VARCHAR)) AS own FROM {side} WHERE {FILLED}"
    return rows, "row_id" if count(con, f"SELECT count(DISTINCT own) FROM ({own}) WHERE own <> ''") == rows else "line"


NAMED = "hash(replace(replace({}, ' ', ''), '　', ''))"
"""A name as it is written, but for blanks: enough to find namesakes by, before names are compared as they should."""


def spread_numbers(con: Connection, day: date) -> None:
    """One line a number: its first 17 digits as an integer where it holds, without one where Python has to look.

    A pupil's and an entry's own number has its line even where it is empty.
    """
    con.execute("SET preserve_insertion_order = false")
    for side in ("roster", "register"):
        con.execute(
            f"""
            CREATE TEMP TABLE {side}_numbers AS
            SELECT CAST(line AS INTEGER) AS line, CAST(via AS UTINYINT) AS via,
                   CASE WHEN {SHAPED} AND {BORN.format(today=day.strftime("%Y%m%d"))} AND {CHECK_HOLDS}
                   THEN first END AS key
            FROM (
                SELECT *, (first // 10000000) % 10000 AS year, (first // 100000) % 100 AS month,
                       (first // 1000) % 100 AS day
                FROM (
                    SELECT *, TRY_CAST(substr(clean, 1, 17) AS BIGINT) AS first, upper(substr(clean, 18, 1)) AS final
                    FROM (SELECT *, {CLEAN} AS clean FROM ({_numbers(side)}))
                )
            )
            """
        )
        con.execute(
            f"""
            CREATE TEMP TABLE {side}_odd AS SELECT n.* FROM (SELECT line, via FROM {side}_numbers WHERE key IS NULL) o
            JOIN ({_numbers(side)}) n ON o.line = n.line AND o.via = n.via
            """
        )


def _numbers(side: str) -> str:
    kind = "id_type" if side == "roster" else "CAST(NULL AS VARCHAR)"
    own = f"SELECT line, {SELF} AS via, coalesce(id_no, '') AS raw, {kind} AS kind FROM {side} WHERE {FILLED}"
    if side == "register":
        return own
    others = "".join(
        f" UNION ALL SELECT line, {via}, {who}_id, NULL FROM roster WHERE {who}_id <> ''"
        for via, who in GUARDIANS.items()
    )
    return own + others


def read_odd_numbers(con: Connection, day: date) -> int:
    """Let Python see every number that does not plainly hold, each text once; returns how many there were.

    ``readings`` are what they are, ``meant`` what they may have been, ``facts`` what they tell all the same.
    """
    odd = con.sql("SELECT DISTINCT raw, kind FROM (FROM roster_odd UNION ALL FROM register_odd)").fetchall()
    other_values: dict[str, int] = {}
    readings: list[tuple[object, ...]] = []
    meant: list[tuple[object, ...]] = []
    for text, kind in odd:
        number = written_number(text, kind, day)
        if RESIDENT.fullmatch(number.value):
            readings.append((text, kind, int(number.value[:17]), number.certain))
        elif number.value:
            key = -1 - other_values.setdefault(number.value, len(other_values))
            readings.append((text, kind, key, number.certain))
        elif number.traces.legible == 18:
            key = -1 - other_values.setdefault(f"as written {number.traces.written}", len(other_values))
            readings.append((text, kind, key, False))
        meant += ((text, kind, first) for first in number.traces.first17)
    table(con, "readings", {"raw": None, "kind": None, "key": pa.int64(), "certain": pa.bool_()}, readings)
    table(con, "meant", {"raw": None, "kind": None, "key": pa.int64()}, meant)
    for side in ("roster", "register"):
        same = "o.raw = r.raw AND o.kind IS NOT DISTINCT FROM r.kind"
        con.execute(
            f"""
            CREATE TEMP TABLE {side}_read AS
            SELECT o.line, o.via, r.key, r.certain FROM {side}_odd o JOIN readings r ON {same}
            """
        )
        con.execute(
            f"CREATE TEMP TABLE {side}_meant AS SELECT o.line, o.via, r.key FROM {side}_odd o JOIN meant r ON {same}"
        )
        con.execute(
            f"CREATE TEMP VIEW {side}_known AS SELECT line, via, key, true AS certain FROM {side}_numbers "
            f"WHERE key IS NOT NULL UNION ALL SELECT line, via, key, certain FROM {side}_read"
        )
    return len(odd)


def join_numbers(con: Connection) -> int:
    """Bring together whoever has the same number on both sides; returns the number of pairs."""
    con.execute(
        """
        CREATE TEMP TABLE met AS
        SELECT r.line AS roster_line, r.via, g.line AS register_line, r.key, r.certain AND g.certain AS certain,
               g.certain AS listed_certain
        FROM roster_known r JOIN register_known g ON r.key = g.key
        """
    )
    return count(con, "SELECT count(*) FROM met")


def write(con: Connection, roster_label: str, register_label: str, path: Path, form: str) -> None:
    """Write the answer in the order of the roster, rows named by the labels."""
    options = "FORMAT parquet" if form == ".parquet" else "FORMAT csv, HEADER"
    con.execute(
        f"""
        COPY (
            SELECT r.{roster_label} AS roster_row, g.{register_label} AS register_row, d.decision, d.rule, d.because
            FROM decided d JOIN roster r ON r.line = d.roster_line JOIN register g ON g.line = d.register_line
            ORDER BY d.roster_line, d.register_line
        ) TO '{str(path).replace("'", "''")}' ({options})
        """
    )


def _column(con: Connection, side: str, source: Source, column: str) -> str:
    if column not in source.columns:
        return f"CAST(NULL AS VARCHAR) AS {column}"
    own = '"' + source.columns[column].replace('"', '""') + '"'
    if column != "row_id":
        return f"CAST({own} AS VARCHAR) AS {column}"
    if con.sql(f"SELECT typeof({own}) FROM {side}_file LIMIT 1").fetchall() not in ([("DOUBLE",)], [("FLOAT",)]):
        return f"{own} AS {column}"
    # pandas makes floats of whole numbers as soon as one is missing.
    whole = f"{own} = trunc({own}) AND abs({own}) < 1e15"
    return f"CASE WHEN {whole} THEN CAST(CAST({own} AS BIGINT) AS VARCHAR) ELSE CAST({own} AS VARCHAR) END AS {column}"


def count(con: Connection, query: str) -> int:
    """The one number a query answers."""
    return int(con.sql(query).fetchall()[0][0])


def table(
    con: Connection, name: str, columns: dict[str, pa.DataType | None], rows: Sequence[tuple[object, ...]]
) -> None:
    """Rows made in Python as a table of DuckDB's; a column without a type is text."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = {c: pa.array(v, columns[c] or pa.string()) for c, v in zip(columns, values, strict=True)}
    con.register(f"{name}_rows", pa.table(arrays))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {name}_rows")
    con.unregister(f"{name}_rows")
