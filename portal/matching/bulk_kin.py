"""Guardians, brothers and households over whole files, as ``kin.Families`` finds them in memory."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from portal.matching.bulk_numbers import GUARDIANS, SELF
from portal.matching.household import of_whole_household
from portal.matching.kin import LARGEST_FAMILY, LARGEST_HOUSEHOLD
from portal.matching.number_agreement import place_code
from portal.matching.people import Kin
from portal.matching.tables import Tables
from portal.vocabulary import Decision


def find_homes(tables: Tables) -> None:
    """``homes`` (line, home, size): the entries of one household of one county, and how many they are."""
    counties = tables.rows("SELECT DISTINCT coalesce(county, '') FROM register WHERE household_id <> ''")
    codes = [(county, place_code(county)) for (county,) in counties]
    tables.make("counties", {"county": "VARCHAR", "code": "VARCHAR"}, codes)
    tables.keep(
        "households",
        """
        SELECT r.line, c.code, trim(r.household_id) AS household FROM register r
        JOIN counties c ON c.county = coalesce(r.county, '') WHERE trim(r.household_id) <> ''
        """,
    )
    tables.keep(
        "homes",
        """
        SELECT h.line, f.home, f.size FROM households h JOIN (
            SELECT code, household, min(line) AS home, count(*) AS size FROM households GROUP BY code, household
        ) f ON f.code = h.code AND f.household = h.household
        """,
    )
    tables.drop("households")


def find_siblings(tables: Tables) -> None:
    """``siblings`` (line, sibling) of the pupils somebody of whose family was found."""
    of_guardians = f"SELECT line, key FROM roster_known WHERE via <> {SELF} AND certain"
    tables.keep(
        "families",
        f"""
        SELECT DISTINCT line, key FROM ({of_guardians})
        SEMI JOIN (SELECT key FROM ({of_guardians}) SEMI JOIN decided ON roster_line = line) USING (key)
        """,
    )
    tables.keep(
        "siblings",
        f"""
        SELECT DISTINCT a.line, b.line AS sibling FROM families a JOIN families b ON b.key = a.key AND b.line <> a.line
        JOIN (
            SELECT key FROM families GROUP BY key HAVING count(*) BETWEEN 2 AND {LARGEST_FAMILY}
        ) f ON f.key = a.key
        """,
    )


def find_names_of_kin(tables: Tables) -> None:
    """Entries that may be the child itself, or a guardian of the found household, as ``kin_candidates``."""
    _find_housemates(tables)
    found = "SELECT d.roster_line, d.register_line, v.own FROM decided d JOIN verdicts v USING (verdict) WHERE {}"
    theirs = found.format("v.numbers_meet AND NOT v.names_agree")
    tables.keep(
        "kin_pairs",
        f"""
        SELECT roster_line, register_line, min(rank) AS rank FROM (
            SELECT roster_line, register_line, 1 AS rank FROM ({theirs} AND NOT v.own)
            UNION ALL
            SELECT s.sibling, d.register_line, 2 FROM ({theirs} AND v.own) d JOIN siblings s ON s.line = d.roster_line
            UNION ALL
            SELECT roster_line, register_line, 3 FROM housemates
            UNION ALL
            SELECT roster_line, register_line, 4 FROM strangers
        ) ANTI JOIN ({found.format("v.own")}) USING (roster_line, register_line)
        ANTI JOIN known USING (register_line)
        GROUP BY roster_line, register_line
        """,
    )
    for side, names in (("roster", ("name", "former_name")), ("register", ("name",))):
        lines = f"SELECT {side}_line AS line FROM kin_pairs"
        named = " UNION ALL ".join(f"SELECT line, {name} AS name FROM {side}" for name in names)
        tables.keep(
            f"{side}_kin_names",
            f"SELECT n.line, h.heard FROM ({named}) n SEMI JOIN ({lines}) USING (line) JOIN heard h ON h.name = n.name",
        )
    kin = {1: Kin.GUARDIANS_NUMBER, 2: Kin.SIBLINGS_NUMBER, 3: Kin.SAME_HOUSEHOLD, 4: Kin.STRANGERS_NUMBER}
    which = "CASE rank " + " ".join(f"WHEN {rank} THEN '{code}'" for rank, code in kin.items()) + " END"
    tables.keep(
        "kin_candidates",
        f"""
        SELECT DISTINCT roster_line, {SELF} AS via, register_line, {which} AS kin FROM kin_pairs
        JOIN roster_kin_names r ON r.line = roster_line JOIN register_kin_names g ON g.line = register_line
        WHERE r.heard = g.heard OR r.heard IS NULL OR g.heard IS NULL
        UNION ALL
        SELECT DISTINCT roster_line, u.via, register_line, '{Kin.SAME_HOUSEHOLD}' AS kin FROM housemates
        JOIN ({_unsure("roster")}) u ON u.line = roster_line WHERE u.via <> {SELF}
        UNION
        SELECT roster_line, who.via, register_line, '{Kin.SAME_HOUSEHOLD}' AS kin FROM housemates
        JOIN ({_unsure("register")}) u ON u.line = register_line
        CROSS JOIN ({" UNION ALL ".join(f"SELECT {via} AS via" for via in GUARDIANS)}) who
        """,
    )


def _find_housemates(tables: Tables) -> None:
    """``housemates``: pupils beside the other entries of a household in which they or a sibling were found."""
    sure = f"SELECT verdict FROM verdicts WHERE decision IN ('{Decision.CERTAIN}', '{Decision.HOUSEHOLD}')"
    tables.keep(
        "at_home",
        f"""
        SELECT DISTINCT d.roster_line, h.line, h.home FROM decided d SEMI JOIN ({sure}) USING (verdict)
        JOIN homes h ON h.line = d.register_line WHERE h.size BETWEEN 2 AND {LARGEST_HOUSEHOLD}
        """,
    )
    tables.keep(
        "housemates",
        """
        SELECT DISTINCT c.child AS roster_line, o.line AS register_line FROM (
            SELECT roster_line AS child, line, home FROM at_home
            UNION ALL
            SELECT s.sibling AS child, a.line, a.home FROM at_home a JOIN siblings s ON s.line = a.roster_line
        ) c JOIN homes o ON o.home = c.home AND o.line <> c.line
        """,
    )


def _unsure(side: str) -> str:
    """Numbers that do not hold by themselves; two that do and differ are of two people."""
    certain = f"SELECT line, via FROM {side}_read WHERE certain"
    return f"SELECT line, via FROM {side}_odd ANTI JOIN ({certain}) USING (line, via)"


def find_listed_siblings(tables: Tables) -> None:
    """「哥哥已匹配，弟弟未匹配」, as ``listed_siblings``: nobody of that household is met by the sibling."""
    sure = f"SELECT verdict FROM verdicts WHERE decision = '{Decision.CERTAIN}'"
    _find_unmet_siblings(tables, sure)
    tables.keep(
        "listed_siblings",
        f"""
        SELECT DISTINCT s.sibling AS roster_line, d.register_line
        FROM decided d SEMI JOIN ({sure}) USING (verdict) JOIN homes h ON h.line = d.register_line
        JOIN siblings s ON s.line = d.roster_line
        ANTI JOIN (SELECT x.roster_line, y.home FROM decided x JOIN homes y ON y.line = x.register_line) t
        ON t.roster_line = s.sibling AND t.home = h.home
        UNION ALL
        SELECT roster_line, register_line FROM unmet_siblings JOIN register r ON r.line = register_line
        SEMI JOIN household_kinds k ON k.category = r.category WHERE coalesce(trim(r.household_id), '') = ''
        """,
    )


def _find_unmet_siblings(tables: Tables, sure: str) -> None:
    """``unmet_siblings`` meet nobody; ``household_kinds``: what their lists call a category of whole households."""
    tables.keep(
        "unmet_siblings",
        f"""
        SELECT DISTINCT s.sibling AS roster_line, d.register_line FROM decided d SEMI JOIN ({sure}) USING (verdict)
        JOIN siblings s ON s.line = d.roster_line ANTI JOIN decided t ON t.roster_line = s.sibling
        """,
    )
    categories = tables.rows(
        "SELECT DISTINCT category FROM register SEMI JOIN (SELECT register_line AS line FROM unmet_siblings) "
        "USING (line) WHERE category IS NOT NULL"
    )
    kinds = [(category,) for (category,) in categories if of_whole_household(category)]
    tables.make("household_kinds", {"category": "VARCHAR"}, kinds)
