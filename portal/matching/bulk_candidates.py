"""Whoever has a number that is wrong or missing, brought together by joins with those it may be."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from itertools import combinations

from portal.matching.bulk_judging import agreement_of
from portal.matching.bulk_numbers import SELF, SIDES
from portal.matching.keys import FACTS
from portal.matching.kin import CROWD
from portal.matching.number_agreement import place_code
from portal.matching.people import Via
from portal.matching.tables import Tables
from portal.privacy.names import name_key

OTHER = dict(zip(SIDES, reversed(SIDES), strict=True))
PLACE = {"roster": "hukou_div", "register": "county"}
PARTS = dict(
    zip(FACTS, ("key // 100000000000", "key // 10000000 % 10000", "key // 1000 % 10000", "key % 1000"), strict=True)
)
"""How each fact stands in the first 17 digits."""
FACT = {name: number for number, name in enumerate(FACTS)}
PAIRS = {(one, two): FACT[one] * len(FACTS) + FACT[two] for one, two in combinations(FACTS, 2)}


def find_for_pupils(tables: Tables) -> None:
    """Whom pupils with suspect numbers may be, as ``roster_near``; it needs nothing of the pairs that met."""
    _read_places(tables, "roster", "SELECT place FROM roster_unread")
    _suspect(tables, "roster")
    _seek(tables, "roster")
    _offer(tables, "register")
    _by_place(tables, "roster")
    _bring_near(tables, "roster")


def find_candidates(tables: Tables) -> None:
    """Pairs worth judging besides those of one number, as ``candidates`` (roster_line, via, register_line).

    ``find_for_pupils`` has gone before. ``strangers`` (roster_line, register_line): the few namesakes whom an entry
    under another pupil's number may mean.
    """
    _contest(tables)
    _read_places(tables, "register", "SELECT place FROM register_unread UNION SELECT place FROM contested")
    _suspect(tables, "register")
    _seek(tables, "register")
    _offer(tables, "roster")
    _by_place(tables, "register")
    _bring_near(
        tables,
        "register",
        f"SELECT {_lines('roster')} FROM register_sought o JOIN roster_sought s USING (heard, pair, a, b)",
    )
    tables.keep(
        "strangers",
        "SELECT roster_line, register_line FROM register_at_place SEMI JOIN contested c ON c.line = seeker",
    )
    tables.keep(
        "candidates",
        "SELECT n.roster_line, n.via, n.register_line FROM "
        "(SELECT * FROM roster_near UNION SELECT * FROM register_near) n "
        "ANTI JOIN met m ON m.roster_line = n.roster_line AND m.register_line = n.register_line AND m.via = n.via",
    )


def _contest(tables: Tables) -> None:
    """``contested``: entries whose number is that of a pupil of another name altogether."""
    kinds = [(kind, agreement_of(kind)) for (kind,) in tables.rows("SELECT DISTINCT kind FROM agreements_met")]
    alone = [(kind,) for kind, one in kinds if one.via is Via.SELF and one.number_alone]
    tables.make("kinds_alone", {"kind": "INTEGER"}, alone)
    lines = "SELECT register_line AS line FROM agreements_met SEMI JOIN kinds_alone USING (kind)"
    tables.keep("contested", f"SELECT line, name, county AS place FROM register SEMI JOIN ({lines}) USING (line)")


def _read_places(tables: Tables, side: str, places: str) -> None:
    """``…_places``: the divisions that stand beside suspect numbers, each writing once."""
    texts = tables.rows(f"SELECT DISTINCT place FROM ({places})")
    codes = [
        (text, code, int(code) if code.isdigit() else None) for (text,) in texts if (code := place_code(text or ""))
    ]
    tables.make(f"{side}_places", {"place": "VARCHAR", "code": "VARCHAR", "division": "BIGINT"}, codes)


def _suspect(tables: Tables, side: str) -> None:
    """``…_suspects``: whose number does not hold, with what is legible of it and the columns beside it.

    ``…_doubted``: pupils whose number holds but is of another birth day than the roster says.
    """
    tables.keep(
        f"{side}_suspects",
        f"""
        SELECT u.line, u.name, u.former_name, b.day, p.code, p.division AS county,
               t.division, t.year, t.month_day, t.sequence
        FROM {side}_odd o JOIN traces t ON t.raw = o.raw AND t.kind = o.kind JOIN {side}_unread u ON u.line = o.line
        LEFT JOIN births b ON b.birth_date = u.birth_date LEFT JOIN {side}_places p ON p.place = u.place
        WHERE o.via = {SELF} AND o.key IS NULL
        """,
    )
    tables.keep(
        f"{side}_doubted",
        f"""
        SELECT u.line, u.name, u.former_name, b.day FROM {side}_unread u JOIN births b ON b.birth_date = u.birth_date
        JOIN (
            SELECT line, key FROM {side}_numbers WHERE doubted AND via = {SELF}
            UNION ALL SELECT line, key FROM {side}_read WHERE certain AND via = {SELF}
        ) k ON k.line = u.line WHERE key > 0 AND b.day <> key // 1000 % 100000000
        """,
    )


def _seek(tables: Tables, side: str) -> None:
    """``…_sought`` (line, heard, pair, a, b): what the suspects of one side seek by, a name and any two facts."""
    facts = {
        "division": ("division", "county"),
        "year": ("year", "day // 10000"),
        "month_day": ("month_day", "day % 10000"),
        "sequence": ("sequence",),
    }
    known = " UNION ".join(
        f"SELECT line, {FACT[fact]} AS fact, CAST({value} AS INTEGER) AS value FROM {side}_suspects "
        f"WHERE {value} IS NOT NULL"
        for fact, values in facts.items()
        for value in values
    )
    tables.keep(f"{side}_facts", known)
    also = "UNION ALL SELECT line, name FROM contested" if side == "register" else ""
    tables.keep(
        f"{side}_voices",
        f"""
        SELECT DISTINCT line, heard FROM (
            SELECT line, name FROM {side}_suspects UNION ALL SELECT line, former_name FROM {side}_suspects
            UNION ALL SELECT line, name FROM {side}_doubted UNION ALL SELECT line, former_name FROM {side}_doubted
            {also}
        ) JOIN heard USING (name) WHERE heard IS NOT NULL
        """,
    )
    tables.keep(
        f"{side}_sought",
        f"""
        SELECT line, heard, pair, a, b FROM (
            SELECT o.line, o.fact * {len(FACTS)} + t.fact AS pair, o.value AS a, t.value AS b
            FROM {side}_facts o JOIN {side}_facts t ON t.line = o.line AND t.fact > o.fact
            UNION ALL
            SELECT line, {PAIRS["year", "month_day"]} AS pair, day // 10000 AS a, day % 10000 AS b FROM {side}_doubted
        ) JOIN {side}_voices USING (line)
        """,
    )


def _offer(tables: Tables, side: str) -> None:
    """``…_offered``: who has a name that is sought and a number that holds; a former name is offered too."""
    names = ["name", "former_name"] if side == "roster" else ["name"]
    wanted = f"SELECT name, heard FROM heard SEMI JOIN {OTHER[side]}_voices USING (heard)"
    tables.keep(f"{side}_wanted", wanted)
    named = " UNION ALL ".join(
        f"SELECT p.line, w.name, w.heard, p.{PLACE[side]} AS place FROM {side} p "
        f"JOIN {side}_wanted w ON p.{name} = w.name"
        for name in names
    )
    tables.keep(f"{side}_namesakes", named)
    tables.keep(
        f"{side}_offered",
        f"SELECT n.line, n.name, n.heard, k.key FROM {side}_namesakes n JOIN {side}_known k ON k.line = n.line "
        f"WHERE k.via = {SELF} AND k.certain AND k.key > 0",
    )


def _bring_near(tables: Tables, side: str, *also: str) -> None:
    """``…_near`` (roster_line, via, register_line): the suspects of one side, beside whoever is offered them."""
    roster = "s" if side == "roster" else "o"
    near = [
        (
            f"SELECT {_lines(side, f'{roster}.via')} FROM {side}_meant s "
            f"JOIN {OTHER[side]}_known o ON s.key = o.key WHERE o.certain"
        ),
        _by_first_places(side),
        *(_by_facts(side, *pair) for pair in PAIRS),
        f"SELECT roster_line, via, register_line FROM {side}_at_place SEMI JOIN {side}_suspects s ON s.line = seeker",
        *also,
    ]
    tables.keep(f"{side}_near", " UNION ALL ".join(near))


def _by_facts(side: str, one: str, two: str) -> str:
    return (
        f"SELECT {_lines(side)} FROM {OTHER[side]}_offered o "
        f"JOIN (SELECT line, heard, a, b FROM {side}_sought WHERE pair = {PAIRS[one, two]}) s "
        f"ON s.heard = o.heard AND s.a = {PARTS[one]} AND s.b = {PARTS[two]}"
    )


def _by_first_places(side: str) -> str:
    """Whose number holds and may be cut by Excel, beside all that begin alike.

    ``cut_short`` asks for the name, and for the check digit, which would cost more here than it keeps away.
    """
    return (
        f"SELECT {_lines(side)} FROM {OTHER[side]}_known o "
        f"JOIN (SELECT line, key FROM {side}_known WHERE via = {SELF} AND certain AND key > 0 AND key % 100 = 0) s "
        f"ON o.key // 100 = s.key // 100 WHERE o.via = {SELF} AND o.certain AND o.key <> s.key"
    )


def _by_place(tables: Tables, side: str) -> None:
    """``…_at_place``: those whose birth nobody knows beside the few namesakes of their county."""
    other = OTHER[side]
    contested = "UNION ALL SELECT line, name, code FROM contested JOIN register_places USING (place) WHERE name <> ''"
    also = contested if side == "register" else ""
    tables.keep(
        f"{side}_lone",
        f"""
        SELECT line, v.name, code FROM (
            SELECT line, name, code FROM {side}_suspects WHERE code IS NOT NULL
            UNION SELECT line, former_name, code FROM {side}_suspects WHERE code IS NOT NULL
            UNION SELECT line, name, CAST(division AS VARCHAR) FROM {side}_suspects WHERE division IS NOT NULL
            UNION SELECT line, former_name, CAST(division AS VARCHAR) FROM {side}_suspects WHERE division IS NOT NULL
        ) v ANTI JOIN (
            SELECT line FROM {side}_facts WHERE fact IN ({FACT["year"]}, {FACT["month_day"]})
            GROUP BY line HAVING count(DISTINCT fact) = 2
        ) USING (line) WHERE name <> ''
        {also}
        """,
    )
    heard = f"SELECT heard FROM {side}_lone JOIN heard USING (name) WHERE heard IS NOT NULL"
    tables.keep(
        f"{side}_placed",
        f"""
        SELECT line, name, place FROM {other}_namesakes SEMI JOIN ({heard}) USING (heard) WHERE place <> ''
        UNION
        SELECT line, name, CAST({PARTS["division"]} AS VARCHAR) FROM {other}_offered SEMI JOIN ({heard}) USING (heard)
        """,
    )
    _spell(tables, side)
    tables.keep(
        f"{side}_pairs_at_place",
        f"""
        SELECT DISTINCT s.line AS seeker, {_lines(side)}
        FROM {side}_placed o JOIN {side}_codes c ON c.place = o.place JOIN {side}_spelled n ON n.name = o.name
        JOIN (SELECT l.line, l.code, m.named FROM {side}_lone l JOIN {side}_spelled m ON m.name = l.name) s
        ON s.named = n.named AND s.code = c.code
        """,
    )
    tables.keep(
        f"{side}_at_place",
        f"SELECT seeker, roster_line, via, register_line FROM {side}_pairs_at_place SEMI JOIN ("
        f"SELECT seeker FROM {side}_pairs_at_place GROUP BY seeker HAVING count(*) <= {CROWD}) USING (seeker)",
    )


def _spell(tables: Tables, side: str) -> None:
    """``…_spelled`` and ``…_codes``: names and places by what makes two of them one, each writing once."""
    names = tables.rows(f"SELECT name FROM {side}_lone UNION SELECT name FROM {side}_placed")
    tables.make(
        f"{side}_spelled", {"name": "VARCHAR", "named": "VARCHAR"}, [(name, name_key(name)) for (name,) in names]
    )
    texts = tables.rows(f"SELECT DISTINCT place FROM {side}_placed WHERE place <> ''")
    codes = [(text, place_code(text)) for (text,) in texts]
    tables.make(f"{side}_codes", {"place": "VARCHAR", "code": "VARCHAR"}, codes)


def _lines(side: str, via: str = f"{SELF}") -> str:
    """``s`` seeks, ``o`` is found; the answer names the roster's line first."""
    roster, register = ("s", "o") if side == "roster" else ("o", "s")
    return f"{roster}.line AS roster_line, {via} AS via, {register}.line AS register_line"
