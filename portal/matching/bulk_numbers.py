"""Numbers of whole files made integers: joins read those that plainly hold, Python each odd writing once.

A key is the first 17 digits, which the check digit adds nothing to; what is no resident's number has a negative one.
"""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

import re
from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise

from portal.matching.days import read_day
from portal.matching.keys import FACTS
from portal.matching.number_agreement import written_number
from portal.matching.tables import Kind, Row, Tables, count
from portal.privacy.resident_id import PERMITS, PROVINCES

SIDES = ("roster", "register")
SELF, GUARDIANS = 0, {1: "g1", 2: "g2"}
"""``via`` in the tables: the pupil, or which of the guardians."""
FILLED = {
    "roster": "(name <> '' OR id_no <> '' OR g1_id <> '' OR g2_id <> '')",
    "register": "(name <> '' OR id_no <> '')",
}
"""A line that is somebody; blank lines of a sheet, and 序号 filled down beside them, are nobody."""
FIRST_BIRTH = date(1900, 1, 1)
LEAP_DAY = 229
RESIDENT = re.compile(r"\d{17}[\dX]")
_FIRST_TWO = f"({', '.join(sorted(PROVINCES | PERMITS))})"
"""What begins with a 9 is left to Python."""
MARKS = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX", " \t\u3000\u200b\u200c\u200d\ufeff")
_FROM, _TO = "".join(map(chr, MARKS)), "".join(chr(code) for code in MARKS.values() if code)
TIDIED = f"trim(translate(raw, '{_FROM}', '{_TO}'), '''=\"')"
"""Those of ``tidied_number``'s repairs that whole columns need: blanks, what has no width, width, Excel's marks."""
CERTIFICATE = """
    strlen(tidied) = 20 AND substr(tidied, 19, 1) IN ('1', '2', '3', '4', '5', '6', '7')
    AND substr(tidied, 20, 1) IN ('1', '2', '3', '4')
"""
"""残疾人证号: a number, its kind and its degree; whatever else has more than eighteen places is left to Python."""


def spread_entries(tables: Tables) -> None:
    """``register_numbers``, as those of the roster; ``make_days`` has gone before."""
    _spread(
        tables,
        "register",
        f"SELECT line, {SELF} AS via, id_no AS raw, CAST(NULL AS INTEGER) AS born FROM register "
        f"WHERE {FILLED['register']}",
    )


def spread_pupils(tables: Tables) -> None:
    """``roster_numbers`` (line, via, key, doubted): without a key where somebody has to look.

    A pupil's and an entry's own number has its line even where it is empty. ``doubted``: the number is of another day
    than the birth date beside it. ``births`` (birth_date, day): what the roster writes there, each writing once.
    """
    texts = tables.rows("SELECT DISTINCT birth_date FROM roster WHERE birth_date <> ''")
    births = [(text, int(f"{born:%Y%m%d}")) for (text,) in texts if (born := read_day(text))]
    tables.make("births", {"birth_date": "VARCHAR", "day": "INTEGER"}, births)
    pupils = (
        f"SELECT line, {SELF} AS via, coalesce(id_no, '') AS raw, b.day AS born FROM roster "
        f"LEFT JOIN births b USING (birth_date) WHERE {FILLED['roster']}"
    )
    guardians = (
        f"SELECT line, {via} AS via, {who}_id AS raw, CAST(NULL AS INTEGER) AS born FROM roster WHERE {who}_id <> ''"
        for via, who in GUARDIANS.items()
    )
    _spread(tables, "roster", " UNION ALL ".join([pupils, *guardians]))


def _spread(tables: Tables, side: str, written: str) -> None:
    tables.keep(
        f"{side}_numbers",
        f"""
        SELECT CAST(line AS INTEGER) AS line, CAST(via AS TINYINT) AS via, key,
               coalesce(key IS NOT NULL AND born <> day, false) AS doubted
        FROM ({_read(written)})
        """,
    )


def make_days(tables: Tables, day: date) -> None:
    """``days``: every day a birth may fall on, and what its eight digits add to the check sum."""
    parts: dict[str, Kind] = {"digits": "INTEGER", "adds": "INTEGER", "leap": "BOOLEAN"}
    years = [(year, 2**8 * _weighed(year), isleap(year)) for year in range(FIRST_BIRTH.year, day.year + 1)]
    of_leap_year = [date(2000, 1, 1) + timedelta(days=number) for number in range(366)]
    digits = [born.month * 100 + born.day for born in of_leap_year]
    tables.make("years", parts, years)
    tables.make("month_days", parts, [(number, 2**4 * _weighed(number), number == LEAP_DAY) for number in digits])
    tables.keep(
        "days",
        f"""
        SELECT CAST(y.digits * 10000 + d.digits AS INTEGER) AS day, CAST((y.adds + d.adds) % 11 AS INTEGER) AS residue
        FROM years y CROSS JOIN month_days d
        WHERE (y.leap OR NOT d.leap) AND y.digits * 10000 + d.digits <= {day:%Y%m%d}
        """,
    )


def _weighed(four: int) -> int:
    """What the last of some digits add to the check sum, each worth twice the one behind it."""
    return sum(2**place * (four // 10**place % 10) for place in range(4))


def _before(part: str, places: int) -> str:
    """The digits of a whole number before its last ones.

    Of a DOUBLE, which keeps whole numbers of 15 digits: sums of integers are checked for overflow, row by row.
    """
    return f"floor(({part} + 0.5) * 1e-{places})"


def _residue(part: str, behind: int, places: int) -> str:
    """What some of the 17 digits add to the check sum: weights are powers of 2, and sums of quotients spare digits."""
    weights = [2 ** (behind + place) % 11 for place in range(places)]
    added = [weights[0], *(sum(two) % 11 for two in pairwise(weights))]
    return " + ".join(f"{weight} * {_before(part, place) if place else part}" for place, weight in enumerate(added))


def _read(written: str) -> str:
    """``written`` has ``raw``; the answer has a ``key`` beside it where that is a number whose check digit holds.

    A cast alone would also take 1e16 or 0x1F for a number. Seventeen digits are more than a DOUBLE keeps; their first
    nine are right all the same wherever the eight behind are a birth's, far enough from 0 and from 99999999.
    """
    return f"""
        SELECT w.*, d.day, CASE WHEN CAST(d.residue + added AS INTEGER) % 11 = 1
            AND CAST({_before("division", 4)} AS INTEGER) IN {_FIRST_TWO} THEN first END AS key
        FROM (
            SELECT s.*, final + {_residue("division", 12, 6)} + {_residue("(back - 1000 * five)", 1, 3)} AS added,
                   CAST((front - 1000 * division) * 100000 + five AS INTEGER) AS born_then
            FROM (
                SELECT t.*, {_before("front", 3)} AS division, {_before("back", 3)} AS five FROM (
                    SELECT h.*, CAST(first - CAST(front AS BIGINT) * 100000000 AS DOUBLE) AS back FROM (
                        SELECT f.*, floor(CAST(first AS DOUBLE) * 1e-8) AS front,
                               coalesce(CAST(digits - first * 10 AS DOUBLE), 10) AS final
                        FROM (
                            SELECT v.*, CASE WHEN digits IS NULL AND whole LIKE '%X'
                                             THEN TRY_CAST(substr(whole, 1, 17) AS BIGINT)
                                             ELSE digits // 10 END AS first
                            FROM (
                                SELECT u.*, TRY_CAST(whole AS BIGINT) AS digits FROM (
                                    SELECT *, CASE WHEN strlen(raw) = 18 AND raw >= '1' AND strpos(raw, 'e') = 0
                                                   AND strpos(raw, 'E') = 0 THEN raw END AS whole FROM ({written})
                                ) u
                            ) v
                        ) f
                    ) h
                ) t
            ) s
        ) w LEFT JOIN days d ON d.day = born_then
    """


def read_odd_numbers(tables: Tables, day: date) -> int:
    """Read what does not plainly hold, each writing once; returns how many Python had to look at.

    ``readings`` say what they are, ``meant`` what they may have been, ``traces`` what they tell all the same. After it
    ``roster_known`` and ``register_known`` (line, via, key, certain) have every number that is one, and
    ``roster_unread`` and ``register_unread`` the lines of those that may be somebody else's or wrong.
    """
    for side in SIDES:
        _gather_odd(tables, side)
    odd = tables.rows(
        "SELECT DISTINCT raw, kind FROM (SELECT raw, kind FROM roster_odd WHERE key IS NULL "
        "UNION ALL SELECT raw, kind FROM register_odd WHERE key IS NULL)"
    )
    _read_singly(tables, odd, day)
    for side in SIDES:
        same = "o.raw = r.raw AND o.kind = r.kind"
        tables.keep(
            f"{side}_read",
            f"""
            SELECT line, via, key, true AS certain FROM {side}_odd WHERE key IS NOT NULL
            UNION ALL
            SELECT o.line, o.via, r.key, r.certain FROM {side}_odd o JOIN readings r ON {same} WHERE o.key IS NULL
            """,
        )
        tables.keep(
            f"{side}_meant",
            f"SELECT o.line, o.via, r.key FROM {side}_odd o JOIN meant r ON {same} WHERE o.key IS NULL",
        )
        tables.view(
            f"{side}_known",
            f"SELECT line, via, key, true AS certain FROM {side}_numbers WHERE key IS NOT NULL "
            f"UNION ALL SELECT line, via, key, certain FROM {side}_read",
        )
    return len(odd)


def _gather_odd(tables: Tables, side: str) -> None:
    """``…_odd`` (line, via, raw, kind, key) of numbers not yet read, with a key where a usual repair makes one hold."""
    wanted = "name, id_no, " + (
        "former_name, birth_date, hukou_div AS place, CAST(id_type AS VARCHAR) AS kind, g1_id, g2_id"
        if side == "roster"
        else "NULL AS former_name, NULL AS birth_date, county AS place, NULL AS kind"
    )
    tables.keep(
        f"{side}_unread",
        f"SELECT line, {wanted} FROM {side} "
        f"SEMI JOIN (SELECT line FROM {side}_numbers WHERE key IS NULL OR doubted) USING (line)",
    )
    cells = {SELF: ("id_no", "coalesce(kind, '')")}
    if side == "roster":
        cells |= {via: (f"{who}_id", "''") for via, who in GUARDIANS.items()}
    written = " UNION ALL ".join(
        f"SELECT n.line, n.via, coalesce({cell}, '') AS cell, {kind} AS kind FROM {side}_numbers n "
        f"JOIN {side}_unread u ON u.line = n.line WHERE n.key IS NULL AND n.via = {via}"
        for via, (cell, kind) in cells.items()
    )
    tidied = (
        f"SELECT line, via, cell, kind, CASE WHEN {CERTIFICATE} THEN substr(tidied, 1, 18) ELSE tidied END AS raw "
        f"FROM (SELECT *, {TIDIED.replace('raw', 'cell')} AS tidied FROM ({written}))"
    )
    tables.keep(f"{side}_odd", f"SELECT line, via, cell AS raw, kind, key FROM ({_read(tidied)})")


def _read_singly(tables: Tables, odd: list[Row], day: date) -> None:
    others: dict[str, int] = {}
    readings: list[Row] = []
    meant: list[Row] = []
    traces: list[Row] = []
    for text, kind in odd:
        number = written_number(text, kind or None, day)
        traced = number.traces
        if RESIDENT.fullmatch(number.value):
            readings.append((text, kind, int(number.value[:17]), number.certain))
        elif number.value:
            readings.append((text, kind, -1 - others.setdefault(number.value, len(others)), number.certain))
        elif traced.legible == 18:
            key = -1 - others.setdefault(f"as written {traced.written}", len(others))
            readings.append((text, kind, key, False))
        meant += ((text, kind, first) for first in traced.first17)
        if not number.certain:
            facts = (traced.division, traced.year, traced.month_day, traced.sequence)
            traces.append((text, kind, *(int(fact) if fact else None for fact in facts)))
    of_text: dict[str, Kind] = {"raw": "VARCHAR", "kind": "VARCHAR"}
    tables.make("readings", {**of_text, "key": "BIGINT", "certain": "BOOLEAN"}, readings)
    tables.make("meant", {**of_text, "key": "BIGINT"}, meant)
    tables.make("traces", {**of_text, **dict.fromkeys(FACTS, "INTEGER")}, traces)


def join_numbers(tables: Tables) -> int:
    """Bring together whoever has the same number on both sides; returns the number of pairs."""
    tables.keep(
        "met",
        """
        SELECT r.line AS roster_line, r.via, g.line AS register_line, r.key, r.certain AND g.certain AS certain,
               g.certain AS listed_certain
        FROM roster_known r JOIN register_known g ON r.key = g.key
        """,
    )
    return count(tables, "SELECT count(*) FROM met")
