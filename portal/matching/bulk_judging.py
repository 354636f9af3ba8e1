"""How far pairs agree, column by column where they are plain, one by one where not; each kind of agreement a number."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from portal.matching.agreement import (
    Agreement,
    BirthAgreement,
    NameAgreement,
    PlaceAgreement,
    Validity,
    compare,
    compare_names,
    validity,
)
from portal.matching.bulk_numbers import GUARDIANS, SELF
from portal.matching.days import read_day, read_end
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Guardian, Kin, Pair, RegisterPerson, RosterPerson, Via
from portal.matching.rules import rule_for
from portal.matching.tables import Kind, Row, Tables
from portal.vocabulary import Labelled, Sex

VIAS = (Via.SELF, Via.GUARDIAN_1, Via.GUARDIAN_2)
SEXES = {"男": Sex.MALE, "1": Sex.MALE, "男性": Sex.MALE, "女": Sex.FEMALE, "2": Sex.FEMALE, "女性": Sex.FEMALE}
NAMED = {SELF: "name", **{via: f"{who}_name" for via, who in GUARDIANS.items()}}
WORDS: dict[str, type[Labelled]] = {
    "via": Via,
    "number": NumberAgreement,
    "name": NameAgreement,
    "validity": Validity,
    "birth": BirthAgreement,
    "place": PlaceAgreement,
    "kin": Kin,
}
"""What an agreement says but for the sharing, which no pair shows; a hexadecimal digit each makes it one number."""
_MEMBERS = {word: list(kind) for word, kind in WORDS.items()}
_CODES = {
    (word, member): place << (4 * digit)
    for digit, (word, members) in enumerate(_MEMBERS.items())
    for place, member in enumerate(members)
}


def _plain_marks() -> str:
    """The usual characters but for those of stopgaps (未知) and of damage (锟斤拷)."""
    breaks = [0x4DFF, *sorted(map(ord, "无無未不暂暫锟")), 0xA000]
    return "".join(f"{chr(before + 1)}-{chr(after - 1)}" for before, after in pairwise(breaks) if after > before + 1)


# The same text on both sides agrees, unless it may stand for no name or be damaged.
PLAIN_NAME = f"name = other AND regexp_matches(name, '^[{_plain_marks()}]{{2,}}$')"
COLUMNS: dict[str, Kind] = {"roster_line": "INTEGER", "register_line": "INTEGER", "kind": "INTEGER"}


class _Row(NamedTuple):
    """A candidate as it is fetched."""

    roster_line: int
    register_line: int
    via: int
    kin: str
    name: str
    number: str
    number_type: str
    former_name: str
    sex: str
    birth_date: str
    division: str
    other: str
    listed: str
    county: str
    valid_from: str
    valid_to: str


def code(word: str, member: Labelled) -> int:
    """What a word adds to the number of an agreement."""
    return _CODES[word, member]


def via_of(kind: str) -> str:
    """SQL for the way two met: the first digit of the number in that column."""
    return f"{kind} % 16"


def agreement_of(kind: int) -> Agreement:
    """The agreement of such a number; the sharing is not in it."""
    words = {word: members[kind >> (4 * digit) & 15] for digit, (word, members) in enumerate(_MEMBERS.items())}
    return Agreement(**words)  # type: ignore[arg-type]  # each word is of its own kind


def _kind_of(agreement: Agreement) -> int:
    return sum(code(word, getattr(agreement, word)) for word in WORDS)


def compare_met(tables: Tables, day: date) -> None:
    """The pairs of one number, as ``agreements_met`` (roster_line, register_line, kind)."""
    names = " ".join(f"WHEN {via} THEN r.{column}" for via, column in NAMED.items())
    tables.keep(
        "named",
        f"""
        SELECT m.*, coalesce(g.name, '') AS other, coalesce(g.valid_from, '') AS valid_from,
               coalesce(g.valid_to, '') AS valid_to, coalesce(CASE m.via {names} END, '') AS name,
               CASE m.via WHEN {SELF} THEN coalesce(r.former_name, '') ELSE '' END AS former,
               CASE m.via WHEN {SELF} THEN coalesce(r.birth_date, '') ELSE '' END AS born,
               CASE m.via WHEN {SELF} THEN coalesce(trim(r.sex), '') ELSE '' END AS sex
        FROM met m JOIN roster r ON r.line = m.roster_line JOIN register g ON g.line = m.register_line
        """,
    )
    odd = tables.rows(f"SELECT DISTINCT name, former, other FROM named WHERE NOT ({PLAIN_NAME})")
    found = [(*names, code("name", compare_names(*names))) for names in odd]
    tables.make("names", {"name": "VARCHAR", "former": "VARCHAR", "other": "VARCHAR", "found": "INTEGER"}, found)
    terms = tables.rows("SELECT DISTINCT valid_from, valid_to FROM named")
    ends = [(begins, end, code("validity", _validity(begins, end, day))) for begins, end in terms]
    tables.make("terms", {"valid_from": "VARCHAR", "valid_to": "VARCHAR", "found": "INTEGER"}, ends)
    tables.make(
        "sexes", {"sex": "VARCHAR", "male": "BOOLEAN"}, [(text, sex is Sex.MALE) for text, sex in SEXES.items()]
    )
    beside = {member: code("birth", member) for member in BirthAgreement}
    tables.keep(
        "agreements_met",
        f"""
        SELECT p.roster_line, p.register_line, CAST(p.via
            + CASE WHEN p.certain THEN {code("number", NumberAgreement.SAME)}
                   ELSE {code("number", NumberAgreement.UNVERIFIED)} END
            + coalesce(n.found, {code("name", NameAgreement.EQUAL)}) + e.found
            + CASE WHEN p.key < 0 OR p.via <> {SELF} OR NOT p.listed_certain THEN {beside[BirthAgreement.UNKNOWN]}
                   WHEN b.day <> p.key // 1000 % 100000000 THEN {beside[BirthAgreement.DATE_DIFFERS]}
                   WHEN s.male <> (p.key % 2 = 1) THEN {beside[BirthAgreement.SEX_DIFFERS]}
                   WHEN b.day IS NULL THEN {beside[BirthAgreement.UNKNOWN]}
                   ELSE {beside[BirthAgreement.AGREES]} END
            + {code("place", PlaceAgreement.UNKNOWN) + code("kin", Kin.NONE)} AS INTEGER) AS kind
        FROM named p JOIN terms e ON e.valid_from = p.valid_from AND e.valid_to = p.valid_to
        LEFT JOIN names n ON n.name = p.name AND n.former = p.former AND n.other = p.other
        LEFT JOIN births b ON b.birth_date = p.born LEFT JOIN sexes s ON s.sex = p.sex
        """,
    )
    tables.drop("named")


def compare_candidates(tables: Tables, pairs: str, into: str, day: date) -> None:
    """Judge each pair of a query (roster_line, via, register_line, kin), and keep those of which a rule holds."""
    named = " ".join(f"WHEN {via} THEN r.{column}" for via, column in NAMED.items())
    tables.keep(
        "proposed",
        f"""
        SELECT m.roster_line, m.register_line, m.via, m.kin, coalesce(CASE m.via {named} END, '') AS name,
               coalesce(CASE m.via WHEN 0 THEN r.id_no WHEN 1 THEN r.g1_id ELSE r.g2_id END, '') AS number,
               CASE m.via WHEN {SELF} THEN coalesce(CAST(r.id_type AS VARCHAR), '') ELSE '' END AS number_type,
               CASE m.via WHEN {SELF} THEN coalesce(r.former_name, '') ELSE '' END AS former_name,
               coalesce(trim(r.sex), '') AS sex, coalesce(r.birth_date, '') AS birth_date,
               coalesce(r.hukou_div, '') AS division, coalesce(g.name, '') AS other,
               coalesce(g.id_no, '') AS listed, coalesce(g.county, '') AS county,
               coalesce(g.valid_from, '') AS valid_from, coalesce(g.valid_to, '') AS valid_to
        FROM ({pairs}) m JOIN roster r ON r.line = m.roster_line JOIN register g ON g.line = m.register_line
        """,
    )
    names = tables.rows("SELECT DISTINCT name, former_name, other FROM proposed")
    apart = (NameAgreement.DIFFERENT, NameAgreement.MISSING)
    alike = [row for row in names if compare_names(*row) not in apart]
    tables.make("alike", dict.fromkeys(("name", "former_name", "other"), "VARCHAR"), alike)
    rows = tables.rows(
        f"SELECT {', '.join(_Row._fields)} FROM proposed SEMI JOIN alike USING (name, former_name, other)"
    )
    tables.make(into, COLUMNS, list(_judged(rows, day)))
    tables.drop("proposed")


def _judged(rows: Iterable[Row], day: date) -> Iterable[Row]:
    for row in map(_Row._make, rows):
        agreement = compare(_pair(row), day)
        if rule_for(agreement):
            yield row.roster_line, row.register_line, _kind_of(agreement)


@lru_cache(maxsize=1 << 12)
def _validity(begins: str, end: str, day: date) -> Validity:
    ends, unreadable = read_end(end.strip())
    return validity(ends, unreadable, day, read_day(begins))


def _pair(row: _Row) -> Pair:
    own = row.via == SELF
    guardian = Guardian(row.name, row.number)
    pupil = RosterPerson(
        id=row.roster_line,
        name=row.name if own else "",
        number=row.number if own else "",
        number_type=row.number_type or None,
        former_name=row.former_name,
        guardian_1=guardian,
        guardian_2=guardian,
        birth_date=read_day(row.birth_date),
        sex=SEXES.get(row.sex),
        division=row.division,
    )
    ends, unreadable = read_end(row.valid_to.strip())
    entry = RegisterPerson(
        row.register_line, row.other, row.listed, ends, unreadable, read_day(row.valid_from), county=row.county
    )
    return Pair(pupil, entry, VIAS[row.via], Kin(row.kin))
