"""The engine's work on millions of rows: DuckDB joins and decides the plain cases, Python reads the odd ones.

The rules are those of ``rules.py``; here only the agreements they rest on are computed column by column.
"""
# ruff: noqa: S608 — every name in the SQL is ours, headings and paths are quoted, no cell of a file is ever in it.

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from portal.matching.agreement import (
    AGREES,
    SOMEBODY_ELSE,
    Agreement,
    NameAgreement,
    Sharing,
    Validity,
    compare_names,
    validity,
)
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Via
from portal.matching.rules import STRENGTH, rule_for
from portal.matching.source import READ, Source
from portal.privacy.resident_id import read_number

# 17 digits and a check character, a day that may exist; TRY_CAST alone would also take 1e16 for a number.
PLAIN = """
    strlen(clean) = 18 AND strpos(clean, 'e') = 0 AND strpos(clean, 'E') = 0 AND first >= 10000000000000000
    AND (first // 10000000) % 10000 BETWEEN 1900 AND 2099 AND (first // 100000) % 100 BETWEEN 1 AND 12
    AND (first // 1000) % 100 BETWEEN 1 AND 31 AND final IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X')
"""
# Two of read_number's repairs that whole columns need: no blanks between the digits, no apostrophe of Excel's before.
CLEAN = "CASE WHEN strlen(raw) > 18 THEN ltrim(replace(raw, ' ', ''), '''') ELSE raw END"
RESIDENT = re.compile(r"\d{17}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SUM = " + ".join(f"{weight} * ((key // {10 ** (16 - place)}) % 10)" for place, weight in enumerate(WEIGHTS))
CHECK_HOLDS = f"last = substr('10X98765432', 1 + CAST(({CHECK_SUM}) % 11 AS INTEGER), 1)"
PROVINCE = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]).*"
FILLED = "(name <> '' OR id_no <> '' OR g1_id <> '' OR g2_id <> '')"
"""A line that is somebody; blank lines of a sheet, and 序号 filled down beside them, are nobody."""

# The same text on both sides agrees, unless it may stand for no name (未知) or be damaged (锟斤拷).
PLAIN_NAME = "name = other AND regexp_full_match(name, '\\p{Han}{2,}') AND NOT regexp_matches(name, '[无無未不暂暫锟]')"

PRIVATE = {
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
Connection = duckdb.DuckDBPyConnection
NO_END = {"", "长期", "长期有效", "永久", "永久有效", "无固定期限", "至今", "无"}
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")


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
    columns = [f"{line} AS line", *(_column(source, column) for column in READ)]
    con.execute(f"CREATE TEMP VIEW {side} AS SELECT {', '.join(columns)} FROM {side}_file")


def count_rows(con: Connection, side: str, source: Source) -> tuple[int, str]:
    """How many lines are not blank, and the column that names a row in the answer.

    That is the file's 序号 when every such line has its own, else ``line``.
    """
    rows = _count(con, f"SELECT count(*) FROM {side} WHERE {FILLED}")
    if not source.has_row_ids:
        return rows, "line"
    own = f"SELECT trim(CAST(row_id AS VARCHAR)) AS own FROM {side} WHERE {FILLED}"
    return rows, "row_id" if _count(con, f"SELECT count(DISTINCT own) FROM ({own}) WHERE own <> ''") == rows else "line"


def spread_numbers(con: Connection, day: date) -> None:
    """One line a number: its first 17 digits as an integer to join on, or the text where only Python can read it."""
    roster = " UNION ALL ".join(
        f"SELECT line, '{via}' AS via, {column} AS raw, {kind} AS kind FROM roster"
        for via, column, kind in (
            (Via.SELF, "id_no", "id_type"),
            (Via.GUARDIAN_1, "g1_id", "NULL"),
            (Via.GUARDIAN_2, "g2_id", "NULL"),
        )
    )
    register = f"SELECT line, '{Via.SELF}' AS via, id_no AS raw, NULL AS kind FROM register"
    con.execute("SET preserve_insertion_order = false")
    for side, numbers in (("roster", roster), ("register", register)):
        con.execute(
            f"""
            CREATE TEMP TABLE {side}_numbers AS
            SELECT line, via, CASE WHEN plain THEN first END AS key, CASE WHEN plain THEN final END AS last,
                   CASE WHEN NOT plain THEN raw END AS odd, CAST(kind AS VARCHAR) AS kind
            FROM (
                SELECT *, coalesce({PLAIN}, false) AS plain
                FROM (
                    SELECT *, TRY_CAST(substr(clean, 1, 17) AS BIGINT) AS first, upper(substr(clean, 18, 1)) AS final
                    FROM (SELECT *, {CLEAN} AS clean FROM ({numbers}) WHERE raw <> '')
                )
            )
            """
        )
    # A dummy that looks like a number would join with every other: on this side the check must hold before joining.
    con.execute(
        f"""
        UPDATE register_numbers SET key = NULL, odd = CAST(key AS VARCHAR) || last
        WHERE key IS NOT NULL AND NOT (
            {CHECK_HOLDS} AND regexp_full_match(CAST(key AS VARCHAR), '{PROVINCE}')
            AND coalesce(try_strptime(substr(CAST(key AS VARCHAR), 7, 8), '%Y%m%d') <= DATE '{day}', false)
        )
        """
    )


def read_odd_numbers(con: Connection, day: date) -> int:
    """Let ``read_number`` see every number that is not plainly clean, each text once; returns how many there were."""
    odd = con.sql(
        "SELECT DISTINCT odd, kind FROM "
        "(SELECT odd, kind FROM roster_numbers UNION ALL SELECT odd, kind FROM register_numbers) "
        "WHERE odd IS NOT NULL"
    ).fetchall()
    other_values: dict[str, int] = {}
    readings: list[tuple[str, str | None, int, str, bool]] = []
    for text, kind in odd:
        reading = read_number(text, kind, day)
        if not reading.value:
            continue
        if RESIDENT.fullmatch(reading.value):
            readings.append((text, kind, int(reading.value[:17]), reading.value[17], reading.certain))
        else:
            key = -1 - other_values.setdefault(reading.value, len(other_values))
            readings.append((text, kind, key, "", reading.certain))
    _table(
        con, "readings", ("odd", "kind", "key", "last", "certain"), readings, {"key": pa.int64(), "certain": pa.bool_()}
    )
    return len(odd)


def join_numbers(con: Connection) -> int:
    """Bring together whoever has the same number on both sides; returns the number of pairs."""
    for side in ("roster", "register"):
        con.execute(
            f"""
            CREATE TEMP VIEW {side}_read AS
            SELECT line, via, key, last, true AS certain FROM {side}_numbers WHERE key IS NOT NULL
            UNION ALL
            SELECT n.line, n.via, r.key, r.last, r.certain
            FROM {side}_numbers n JOIN readings r ON n.odd = r.odd AND n.kind IS NOT DISTINCT FROM r.kind
            """
        )
    con.execute(
        """
        CREATE TEMP TABLE met AS
        SELECT r.line AS roster_line, r.via, g.line AS register_line, r.certain AND g.certain AS certain
        FROM roster_read r JOIN register_read g ON r.key = g.key WHERE r.last = g.last
        """
    )
    return _count(con, "SELECT count(*) FROM met")


def compare_pairs(con: Connection, day: date) -> None:
    """Write how far each pair agrees, as the codes of ``Agreement``."""
    con.execute(
        f"""
        CREATE TEMP TABLE named AS
        SELECT m.*, coalesce(g.name, '') AS other, coalesce(trim(g.valid_to), '') AS valid_to,
               coalesce(CASE m.via WHEN '{Via.SELF}' THEN r.name WHEN '{Via.GUARDIAN_1}' THEN r.g1_name
                        ELSE r.g2_name END, '') AS name,
               CASE m.via WHEN '{Via.SELF}' THEN coalesce(r.former_name, '') ELSE '' END AS former
        FROM met m JOIN roster r ON r.line = m.roster_line JOIN register g ON g.line = m.register_line
        """
    )
    names = con.sql(f"SELECT DISTINCT name, former, other FROM named WHERE NOT ({PLAIN_NAME})").fetchall()
    _table(con, "names", ("name", "former", "other", "found"), [(*row, str(compare_names(*row))) for row in names])
    ends = [end for (end,) in con.sql("SELECT DISTINCT valid_to FROM named").fetchall()]
    _table(con, "ends", ("valid_to", "found"), [(end, str(validity(*read_end(end), day))) for end in ends])
    con.execute(
        f"""
        CREATE TEMP TABLE agreements AS
        SELECT *, name IN {_in(SOMEBODY_ELSE)} AS contradicts,
               via = '{Via.SELF}' AND number = '{NumberAgreement.SAME}' AND name IN {_in(AGREES)} AS is_pupil FROM (
            SELECT p.roster_line, p.register_line, p.via,
                   CASE WHEN p.certain THEN '{NumberAgreement.SAME}' ELSE '{NumberAgreement.UNVERIFIED}' END AS number,
                   coalesce(n.found, '{NameAgreement.EQUAL}') AS name, e.found AS validity
            FROM named p JOIN ends e ON e.valid_to = p.valid_to
            LEFT JOIN names n ON n.name = p.name AND n.former = p.former AND n.other = p.other
        )
        """
    )


def decide(con: Connection) -> None:
    """Ask the rules once for each kind of agreement and keep the strongest for a pupil and an entry."""
    con.execute(
        f"""
        CREATE TEMP TABLE shared AS
        SELECT *, CASE
            WHEN via = '{Via.SELF}' AND (
                bool_or(contradicts AND via = '{Via.SELF}') OVER (PARTITION BY register_line)
                OR bool_or(contradicts) OVER (PARTITION BY roster_line, register_line)
            ) THEN '{Sharing.IN_ROSTER}'
            WHEN bool_or(contradicts) OVER (PARTITION BY roster_line, via) THEN '{Sharing.IN_REGISTER}'
            WHEN is_pupil AND count(*) FILTER (is_pupil) OVER (PARTITION BY register_line) > 1
            THEN '{Sharing.TWICE_IN_ROSTER}'
            ELSE '{Sharing.NONE}' END AS sharing
        FROM agreements
        """
    )
    kinds = con.sql("SELECT DISTINCT via, number, name, validity, sharing FROM shared").fetchall()
    verdicts = []
    for via, number, name, validity_, sharing in kinds:
        agreement = Agreement(
            Via(via), NumberAgreement(number), NameAgreement(name), Validity(validity_), Sharing(sharing)
        )
        if rule := rule_for(agreement):
            verdict = (STRENGTH[rule.code], rule.code, str(rule.decision), rule.officer)
            verdicts.append((via, number, name, validity_, sharing, *verdict))
    columns = ("via", "number", "name", "validity", "sharing", "place", "rule", "decision", "because")
    _table(con, "verdicts", columns, verdicts, {"place": pa.int64()})
    con.execute(
        """
        CREATE TEMP TABLE decided AS
        SELECT roster_line, register_line, decision, rule, because
        FROM shared JOIN verdicts USING (via, number, name, validity, sharing)
        QUALIFY row_number() OVER (PARTITION BY roster_line, register_line ORDER BY place, via) = 1
        """
    )


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


def read_end(text: str) -> tuple[date | None, bool]:
    """有效期止 as written: its day, or None for no end; True when nobody could say."""
    if text in NO_END:
        return None, False
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date(), False  # noqa: DTZ007 — only the day is kept
        except ValueError:
            continue
    return None, True


def _column(source: Source, column: str) -> str:
    if column not in source.columns:
        return f"CAST(NULL AS VARCHAR) AS {column}"
    own = '"' + source.columns[column].replace('"', '""') + '"'
    return f"{own} AS {column}" if column == "row_id" else f"CAST({own} AS VARCHAR) AS {column}"


def _in(codes: frozenset[NameAgreement]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in sorted(codes)) + ")"


def _count(con: Connection, query: str) -> int:
    return int(con.sql(query).fetchall()[0][0])


def _table(
    con: Connection,
    name: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    types: dict[str, pa.DataType] | None = None,
) -> None:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    kinds = [(types or {}).get(column, pa.string()) for column in columns]
    arrays = {c: pa.array(v, k) for c, v, k in zip(columns, values, kinds, strict=True)}
    con.register(f"{name}_rows", pa.table(arrays))
    con.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_rows")
    con.unregister(f"{name}_rows")
