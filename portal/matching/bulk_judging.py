"""How far pairs agree, column by column where they are plain, one by one where not; and what the rules say of it."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from portal.matching.agreement import (
    AGREES,
    NUMBERS_MEET,
    NUMBERS_OF_KIN,
    SOMEBODY_ELSE,
    Agreement,
    BirthAgreement,
    NameAgreement,
    PlaceAgreement,
    Sharing,
    Validity,
    compare,
    compare_names,
    validity,
)
from portal.matching.bulk import GUARDIANS, SELF, Connection, table
from portal.matching.days import read_day, read_end
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Guardian, Kin, Pair, RegisterPerson, RosterPerson, Via
from portal.matching.rules import STRENGTH, explained, rule_for
from portal.vocabulary import Labelled, Sex

VIAS = {SELF: Via.SELF, 1: Via.GUARDIAN_1, 2: Via.GUARDIAN_2, 3: Via.HOUSEHOLD}
HOUSEHOLD = 3
SEXES = {"男": Sex.MALE, "1": Sex.MALE, "男性": Sex.MALE, "女": Sex.FEMALE, "2": Sex.FEMALE, "女性": Sex.FEMALE}
NAMED = {SELF: "name", **{via: f"{who}_name" for via, who in GUARDIANS.items()}}

# The same text on both sides agrees, unless it may stand for no name (未知) or be damaged (锟斤拷).
PLAIN_NAME = "name = other AND regexp_full_match(name, '\\p{Han}{2,}') AND NOT regexp_matches(name, '[无無未不暂暫锟]')"
WORDS: dict[str, type[Labelled]] = {
    "number": NumberAgreement,
    "name": NameAgreement,
    "validity": Validity,
    "sharing": Sharing,
    "birth": BirthAgreement,
    "place": PlaceAgreement,
    "kin": Kin,
}
NOT_KNOWN = {"birth": BirthAgreement.UNKNOWN, "place": PlaceAgreement.UNKNOWN, "kin": Kin.NONE}
COLUMNS = "roster_line, register_line, via, number, name, validity, birth, place, kin"


class _Row(NamedTuple):
    """A candidate as it is fetched."""

    roster_line: int
    via: int
    register_line: int
    kin: str
    name: str
    number: str
    number_type: str | None
    former_name: str
    sex: str
    birth_date: str
    division: str
    other: str
    listed: str
    county: str
    valid_from: str
    valid_to: str


def compare_met(con: Connection, day: date) -> None:
    """The pairs of one number, as ``agreements``."""
    names = " ".join(f"WHEN {via} THEN r.{column}" for via, column in NAMED.items())
    con.execute(
        f"""
        CREATE TEMP TABLE named AS
        SELECT m.*, coalesce(g.name, '') AS other, coalesce(trim(g.valid_from), '') AS valid_from,
               coalesce(trim(g.valid_to), '') AS valid_to, coalesce(CASE m.via {names} END, '') AS name,
               CASE m.via WHEN {SELF} THEN coalesce(r.former_name, '') ELSE '' END AS former,
               CASE m.via WHEN {SELF} THEN coalesce(trim(r.birth_date), '') ELSE '' END AS born,
               CASE WHEN m.via <> {SELF} THEN '' ELSE coalesce(trim(r.sex), '') END AS sex
        FROM met m JOIN roster r ON r.line = m.roster_line JOIN register g ON g.line = m.register_line
        """
    )
    odd = con.sql(f"SELECT DISTINCT name, former, other FROM named WHERE NOT ({PLAIN_NAME})").fetchall()
    found = [(*row, str(compare_names(*row))) for row in odd]
    table(con, "names", dict.fromkeys(("name", "former", "other", "found")), found)
    terms = con.sql("SELECT DISTINCT valid_from, valid_to FROM named").fetchall()
    ends = [(begins, end, str(_validity(begins, end, day))) for begins, end in terms]
    table(con, "terms", dict.fromkeys(("valid_from", "valid_to", "found")), ends)
    texts = [text for (text,) in con.sql("SELECT DISTINCT born FROM named WHERE born <> ''").fetchall()]
    days = [(text, int(f"{birth:%Y%m%d}")) for text in texts if (birth := read_day(text))]
    table(con, "births", {"born": None, "day": pa.int64()}, days)
    sexes = [(text, sex is Sex.MALE) for text, sex in SEXES.items()]
    table(con, "sexes", {"sex": None, "male": pa.bool_()}, sexes)
    con.execute(
        f"""
        CREATE TEMP TABLE agreements AS
        SELECT p.roster_line, p.register_line, p.via,
               CASE WHEN p.certain THEN '{NumberAgreement.SAME}' ELSE '{NumberAgreement.UNVERIFIED}' END AS number,
               coalesce(n.found, '{NameAgreement.EQUAL}') AS name, e.found AS validity,
               CASE WHEN p.key < 0 OR p.via <> {SELF} OR NOT p.listed_certain THEN '{BirthAgreement.UNKNOWN}'
                    WHEN s.male <> (p.key % 2 = 1) THEN '{BirthAgreement.SEX_DIFFERS}'
                    WHEN b.day IS NULL THEN '{BirthAgreement.UNKNOWN}'
                    WHEN b.day = p.key // 1000 % 100000000 THEN '{BirthAgreement.AGREES}'
                    ELSE '{BirthAgreement.DATE_DIFFERS}' END AS birth,
               '{PlaceAgreement.UNKNOWN}' AS place, '{Kin.NONE}' AS kin
        FROM named p JOIN terms e ON e.valid_from = p.valid_from AND e.valid_to = p.valid_to
        LEFT JOIN names n ON n.name = p.name AND n.former = p.former AND n.other = p.other
        LEFT JOIN births b ON b.born = p.born LEFT JOIN sexes s ON s.sex = p.sex
        """
    )


def compare_candidates(con: Connection, candidates: str, day: date) -> None:
    """Judge each pair of a table (roster_line, via, register_line, kin), and keep those of which a rule holds."""
    names = " ".join(f"WHEN {via} THEN r.{column}" for via, column in NAMED.items())
    rows = con.execute(
        f"""
        SELECT m.roster_line, m.via, m.register_line, m.kin, coalesce(CASE m.via {names} END, ''),
               coalesce(CASE m.via WHEN 0 THEN r.id_no WHEN 1 THEN r.g1_id ELSE r.g2_id END, ''),
               CASE m.via WHEN {SELF} THEN CAST(r.id_type AS VARCHAR) END, coalesce(r.former_name, ''),
               coalesce(trim(r.sex), ''), coalesce(r.birth_date, ''), coalesce(r.hukou_div, ''), coalesce(g.name, ''),
               coalesce(g.id_no, ''), coalesce(g.county, ''), coalesce(g.valid_from, ''), coalesce(g.valid_to, '')
        FROM {candidates} m JOIN roster r ON r.line = m.roster_line JOIN register g ON g.line = m.register_line
        """
    )
    found: list[tuple[object, ...]] = []
    while some := rows.fetchmany(10_000):
        for row in map(_Row._make, some):
            former = row.former_name if row.via == SELF else ""
            if _names(row.name, former, row.other) not in (NameAgreement.DIFFERENT, NameAgreement.MISSING):
                agreement = compare(_pair(row), day)
                if rule_for(agreement):
                    codes = (str(getattr(agreement, word)) for word in ("number", "name", "validity"))
                    rest = (str(getattr(agreement, word)) for word in NOT_KNOWN)
                    found.append((row.roster_line, row.register_line, row.via, *codes, *rest))
    kinds = {column.strip(): None for column in COLUMNS.split(",")}
    lines = {"roster_line": pa.int32(), "register_line": pa.int32(), "via": pa.uint8()}
    table(con, "judged", {**kinds, **lines}, found)
    con.execute(f"INSERT INTO agreements ({COLUMNS}) SELECT {COLUMNS} FROM judged")


@lru_cache(maxsize=1 << 16)
def _names(name: str, former: str, other: str) -> NameAgreement:
    return compare_names(name, former, other)


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
        number_type=row.number_type,
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


def decide(con: Connection) -> None:
    """Ask the rules once for each kind of agreement; ``decided`` is the strongest for a pupil and an entry that stands.

    As ``engine.settle`` does: what one number says of two people, and an entry being one person.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE shared AS
        SELECT *, CASE
            WHEN via = {SELF} AND (
                bool_or(contradicts AND via = {SELF}) OVER (PARTITION BY register_line)
                OR bool_or(contradicts) OVER (PARTITION BY roster_line, register_line)
            ) THEN '{Sharing.IN_ROSTER}'
            WHEN bool_or(contradicts) OVER (PARTITION BY roster_line, via) THEN '{Sharing.IN_REGISTER}'
            WHEN is_pupil AND count(*) FILTER (is_pupil) OVER (PARTITION BY register_line) > 1
            THEN '{Sharing.TWICE_IN_ROSTER}'
            ELSE '{Sharing.NONE}' END AS sharing
        FROM (
            SELECT *, number IN {_in(NUMBERS_MEET)}
                      AND name IN {_in(SOMEBODY_ELSE)} AS contradicts,
                   via = {SELF} AND number = '{NumberAgreement.SAME}' AND name IN {_in(AGREES)} AS is_pupil,
                   number IN {_in(NUMBERS_MEET)} AND name = '{NameAgreement.DIFFERENT}' AS number_alone,
                   via = {SELF} AND kin IN {_in(NUMBERS_OF_KIN)} AND name IN {_in(AGREES)} AS explains
            FROM agreements
        )
        """
    )
    _ask_the_rules(con)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE decided AS
        SELECT roster_line, register_line, via, number, name, decision, rule, because FROM (
            SELECT *, bool_or(is_pupil) OVER (PARTITION BY register_line) AS known,
                   bool_or(explains) OVER (PARTITION BY register_line) AS explained,
                   min(place_in_table) FILTER (weak) OVER (PARTITION BY register_line) AS best,
                   count(*) FILTER (lone) OVER (PARTITION BY register_line) AS entry_alone,
                   count(*) FILTER (lone) OVER (PARTITION BY roster_line) AS pupil_alone
            FROM (
                SELECT s.*, v.* EXCLUDE (via, {", ".join(WORDS)})
                FROM shared s JOIN verdicts v USING (via, {", ".join(WORDS)})
                QUALIFY row_number() OVER (PARTITION BY roster_line, register_line ORDER BY place_in_table, via) = 1
            )
        )
        WHERE (NOT weak AND NOT (number_alone AND explained)) OR (
            weak AND NOT known AND place_in_table = best AND (NOT lone OR (entry_alone = 1 AND pupil_alone = 1))
        )
        """
    )


def decide_siblings(con: Connection, day: date) -> None:
    """Add the brothers and sisters whose household stands on the list to ``decided``."""
    listed = con.sql(
        "SELECT DISTINCT coalesce(trim(valid_from), ''), coalesce(trim(valid_to), '') FROM register "
        "SEMI JOIN sibling_candidates ON register_line = line"
    ).fetchall()
    verdicts: list[tuple[object, ...]] = []
    for begins, end in listed:
        agreement = Agreement(
            Via.HOUSEHOLD,
            NumberAgreement.DIFFERENT,
            NameAgreement.DIFFERENT,
            _validity(begins, end, day),
            kin=Kin.SIBLING_LISTED,
        )
        if rule := rule_for(agreement):
            verdicts.append((begins, end, str(rule.decision), rule.code, explained(rule, agreement)))
    columns = ("valid_from", "valid_to", "decision", "rule", "because")
    table(con, "sibling_verdicts", dict.fromkeys(columns), verdicts)
    con.execute(
        f"""
        INSERT INTO decided (roster_line, register_line, via, decision, rule, because)
        SELECT c.roster_line, c.register_line, {HOUSEHOLD}, v.decision, v.rule, v.because
        FROM sibling_candidates c JOIN register g ON g.line = c.register_line JOIN sibling_verdicts v
        ON v.valid_from = coalesce(trim(g.valid_from), '') AND v.valid_to = coalesce(trim(g.valid_to), '')
        """
    )


def _ask_the_rules(con: Connection) -> None:
    kinds = con.sql(f"SELECT DISTINCT via, {', '.join(WORDS)} FROM shared").fetchall()
    verdicts: list[tuple[object, ...]] = []
    for via, *codes in kinds:
        words = {word: kind(code) for (word, kind), code in zip(WORDS.items(), codes, strict=True)}
        agreement = Agreement(VIAS[via], **words)  # type: ignore[arg-type]  # each word is of its own kind
        if rule := rule_for(agreement):
            told = (STRENGTH[rule.code], rule.code, str(rule.decision), explained(rule, agreement))
            verdicts.append((via, *codes, *told, rule.weak, rule.lone))
    columns: dict[str, pa.DataType | None] = {"via": pa.uint8(), **dict.fromkeys(WORDS)}
    columns |= {"place_in_table": pa.int64(), "rule": None, "decision": None, "because": None}
    table(con, "verdicts", {**columns, "weak": pa.bool_(), "lone": pa.bool_()}, verdicts)


def _in(codes: Collection[Labelled]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in sorted(codes)) + ")"
