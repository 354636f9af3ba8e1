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
        _offer(con, side)
        _seek(con, side, day)
    for side in SIDES:
        _by_facts(con, side)
        _by_place(con, side)
    con.execute(
        """
        CREATE TEMP TABLE candidates AS SELECT DISTINCT n.* FROM near n
        ANTI JOIN met m ON m.roster_line = n.roster_line AND m.register_line = n.register_line AND m.via = n.via
        """
    )


def _offer(con: Connection, side: str) -> None:
    """Whose number holds is found by it and by any name, a former one too."""
    former = (
        f"UNION ALL SELECT k.line, k.key, {NAMED.format('r.former_name')} FROM roster r "
        f"JOIN roster_known k ON k.line = r.line WHERE r.former_name <> '' AND k.via = {SELF} AND k.certain"
    )
    con.execute(
        f"""
        CREATE TEMP VIEW {side}_offered AS
        SELECT line, key, named FROM {side}_numbers WHERE via = {SELF} AND key IS NOT NULL
        UNION ALL SELECT line, key, named FROM {side}_read WHERE via = {SELF} AND certain AND key > 0
        {former if side == "roster" else ""}
        """
    )


def _seek(con: Connection, side: str, day: date) -> None:
    """What the suspects of one side seek by: two facts, or where no birth date is known the place."""
    _, birth, division = SIDES[side]
    former = NAMED.format("former_name") if side == "roster" else "NULL"
    suspects = con.execute(
        f"""
        SELECT o.line, o.raw, o.kind, o.named, CASE WHEN former_name <> '' THEN {former} END, {birth},
               coalesce({division}, '') FROM {side}_odd o
        JOIN {side} p ON p.line = o.line
        ANTI JOIN {side}_read r ON r.line = o.line AND r.via = o.via AND r.certain WHERE o.via = {SELF}
        """
    ).fetchall()
    facts: list[tuple[object, ...]] = []
    places: list[tuple[object, ...]] = []
    for line, raw, kind, name, former_name, born, column in suspects:
        number = written_number(raw, kind, day)
        known = known_of(number, column, read_day(born or ""))
        names = {name, former_name} - {None}
        for (one, left), (other, right) in combinations(enumerate(FACTS), 2):
            values = list(product(names, getattr(known, left), getattr(known, right)))
            facts += ((line, named, one * 4 + other, int(a), int(b)) for named, a, b in values)
        if not (known.year and known.month_day):
            places += ((line, named, place) for named, place in product(names, number.places(column)))
    kinds = {"line": pa.int32(), "named": pa.uint64()}
    numbers = {"pair": pa.uint8(), "a": pa.int64(), "b": pa.int64()}
    table(con, f"{side}_facts", {**kinds, **numbers}, facts)
    table(con, f"{side}_places", {**kinds, "place": None}, places)


def _by_facts(con: Connection, side: str) -> None:
    other, *_ = SIDES[side]
    for (one, left), (two, right) in combinations(enumerate(FACTS), 2):
        con.execute(
            f"""
            INSERT INTO near SELECT {_lines(side)} FROM {other}_offered o
            JOIN (FROM {side}_facts WHERE pair = {one * 4 + two}) s
            ON s.named = o.named AND s.a = {PLACES[left]} AND s.b = {PLACES[right]}
            """
        )
    if side == "roster":
        con.execute(
            f"INSERT INTO near SELECT {_lines(side)} FROM register_facts o "
            "JOIN roster_facts s USING (named, pair, a, b)"
        )


def _by_place(con: Connection, side: str) -> None:
    other, *_ = SIDES[side]
    *_, column = SIDES[other]
    con.execute(
        f"""
        INSERT INTO near SELECT roster_line, via, register_line FROM (
            SELECT DISTINCT {_lines(side)}, s.line AS seeker FROM (
                SELECT line, named, CAST({PLACES["division"]} AS VARCHAR) AS place FROM {other}_offered
                WHERE named IN (SELECT named FROM {side}_places)
                UNION ALL
                SELECT line, {NAMED.format("name")}, substr(trim({column}), 1, 6) FROM {other}
                WHERE {column} <> '' AND {NAMED.format("name")} IN (SELECT named FROM {side}_places)
            ) o JOIN {side}_places s USING (named, place)
        ) QUALIFY count(*) OVER (PARTITION BY seeker) <= {CROWD}
        """
    )


def _lines(side: str) -> str:
    """``s`` seeks, ``o`` is found; the answer names the roster's line first."""
    roster, register = ("s", "o") if side == "roster" else ("o", "s")
    return f"{roster}.line AS roster_line, {SELF} AS via, {register}.line AS register_line"
