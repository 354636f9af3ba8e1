"""Whoever has a number that is wrong or missing, brought together by joins with those it may be."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from datetime import date
from itertools import combinations, product

import pyarrow as pa

from portal.matching.bulk import NAMED, SELF, Connection, table
from portal.matching.days import read_day
from portal.matching.keys import FACTS, known_of
from portal.matching.number_agreement import written_number

SIDES = {"roster": ("register", "birth_date", "hukou_div"), "register": ("roster", "NULL", "county")}
"""Each side with the other, and its columns of birth date and division."""
PLACES = dict(
    zip(FACTS, ("key // 100000000000", "key // 10000000 % 10000", "key // 1000 % 10000", "key % 1000"), strict=True)
)
"""How each fact stands in the first 17 digits."""
CROWD = 3
"""More namesakes than that in one county, and nobody could say which of them is meant."""


def find_candidates(con: Connection, day: date) -> None:
    """Pairs worth judging besides those of one number, as ``candidates`` (roster_line, via, register_line)."""
    con.execute("CREATE TEMP TABLE near (roster_line INTEGER, via UTINYINT, register_line INTEGER)")
    con.execute(
        """
        INSERT INTO near
        SELECT r.line, r.via, g.line FROM roster_meant r JOIN register_known g ON r.key = g.key WHERE g.certain
        UNION ALL
        SELECT r.line, r.via, g.line FROM register_meant g JOIN roster_known r ON r.key = g.key WHERE r.certain
        """
    )
    for side in SIDES:
        _seek(con, side, day)
    for side in SIDES:
        _offer(con, side)
    for side in SIDES:
        _by_facts(con, side)
        _by_place(con, side)
    con.execute(
        """
        CREATE TEMP TABLE candidates AS SELECT DISTINCT n.* FROM near n
        ANTI JOIN met m ON m.roster_line = n.roster_line AND m.register_line = n.register_line AND m.via = n.via
        """
    )


def _seek(con: Connection, side: str, day: date) -> None:
    """What the suspects of one side seek by: two facts, or where no birth date is known the place."""
    _, birth, division = SIDES[side]
    former = f"CASE WHEN former_name <> '' THEN {NAMED.format('former_name')} END" if side == "roster" else "NULL"
    suspects = con.execute(
        f"""
        SELECT o.line, o.raw, o.kind, {birth}, coalesce({division}, ''), n.heard,
               CASE WHEN name <> '' THEN {NAMED.format("name")} END, {former}
        FROM {side}_odd o JOIN {side} p ON p.line = o.line
        LEFT JOIN (SELECT line, list(DISTINCT heard) AS heard FROM {side}_names WHERE heard IS NOT NULL GROUP BY line) n
        ON n.line = o.line
        ANTI JOIN {side}_read r ON r.line = o.line AND r.via = o.via AND r.certain WHERE o.via = {SELF}
        """
    ).fetchall()
    facts: list[tuple[object, ...]] = []
    places: list[tuple[object, ...]] = []
    for line, raw, kind, born, column, heard, name, former_name in suspects:
        number = written_number(raw, kind, day)
        known = known_of(number, column, read_day(born or ""))
        for (one, left), (other, right) in combinations(enumerate(FACTS), 2):
            values = product(heard or (), getattr(known, left), getattr(known, right))
            facts += ((line, sound, one * 4 + other, int(a), int(b)) for sound, a, b in values)
        if not (known.year and known.month_day):
            names = {name, former_name} - {None}
            places += ((line, named, place) for named, place in product(names, number.places(column)))
    numbers = {"pair": pa.uint8(), "a": pa.int64(), "b": pa.int64()}
    table(con, f"{side}_facts", {"line": pa.int32(), "heard": pa.int64(), **numbers}, facts)
    table(con, f"{side}_places", {"line": pa.int32(), "named": pa.uint64(), "place": None}, places)


def _offer(con: Connection, side: str) -> None:
    """Whose number holds is found by it and by any name, a former one too."""
    sought, *_ = SIDES[side]
    con.execute(
        f"""
        CREATE TEMP TABLE {side}_offered AS SELECT n.line, k.key, n.heard
        FROM (FROM {side}_names SEMI JOIN {sought}_facts USING (heard)) n JOIN {side}_known k ON k.line = n.line
        WHERE k.via = {SELF} AND k.certain AND k.key > 0
        """
    )


def _by_facts(con: Connection, side: str) -> None:
    other, *_ = SIDES[side]
    for (one, left), (two, right) in combinations(enumerate(FACTS), 2):
        con.execute(
            f"""
            INSERT INTO near SELECT {_lines(side)} FROM {other}_offered o
            JOIN (FROM {side}_facts WHERE pair = {one * 4 + two}) s
            ON s.heard = o.heard AND s.a = {PLACES[left]} AND s.b = {PLACES[right]}
            """
        )
    if side == "roster":
        con.execute(
            f"INSERT INTO near SELECT {_lines(side)} FROM register_facts o "
            "JOIN roster_facts s USING (heard, pair, a, b)"
        )


def _by_place(con: Connection, side: str) -> None:
    other, *_ = SIDES[side]
    *_, column = SIDES[other]
    con.execute(
        f"""
        CREATE TEMP TABLE {other}_namesakes AS
        SELECT CAST(line AS INTEGER) AS line, {NAMED.format("name")} AS named, {column} AS place FROM {other}
        WHERE name <> '' AND named IN (SELECT named FROM {side}_places)
        """
    )
    con.execute(
        f"""
        INSERT INTO near SELECT roster_line, via, register_line FROM (
            SELECT DISTINCT {_lines(side)}, s.line AS seeker FROM (
                SELECT n.line, n.named, CAST({PLACES["division"]} AS VARCHAR) AS place
                FROM {other}_namesakes n JOIN {other}_known k ON k.line = n.line
                WHERE k.via = {SELF} AND k.certain AND k.key > 0
                UNION ALL
                SELECT line, named, substr(trim(place), 1, 6) FROM {other}_namesakes WHERE place <> ''
            ) o JOIN {side}_places s USING (named, place)
        ) QUALIFY count(*) OVER (PARTITION BY seeker) <= {CROWD}
        """
    )


def _lines(side: str) -> str:
    """``s`` seeks, ``o`` is found; the answer names the roster's line first."""
    roster, register = ("s", "o") if side == "roster" else ("o", "s")
    return f"{roster}.line AS roster_line, {SELF} AS via, {register}.line AS register_line"
