"""Guardians, brothers and households over whole files, as ``kin.Families`` finds them in memory."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from portal.matching.agreement import AGREES
from portal.matching.bulk import SELF, Connection
from portal.matching.kin import LARGEST_FAMILY, LARGEST_HOUSEHOLD
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Kin
from portal.vocabulary import Decision

_AGREES = "(" + ", ".join(f"'{code}'" for code in sorted(AGREES)) + ")"
_MEET = f"number IN ('{NumberAgreement.SAME}', '{NumberAgreement.UNVERIFIED}')"
# 户编号 counts within a county, of which twelve digits may be written.
_HOME = """
    SELECT line, CASE WHEN regexp_matches(trim(county), '^[0-9]{6}') THEN substr(trim(county), 1, 6)
                      ELSE coalesce(trim(county), '') END || '/' || trim(household_id) AS home
    FROM register WHERE trim(household_id) <> ''
"""


def find_siblings(con: Connection) -> None:
    """``siblings`` (line, sibling) of the pupils somebody of whose family was found; ``homes`` of the entries."""
    con.execute(f"CREATE TEMP TABLE homes AS {_HOME}")
    con.execute(
        f"""
        CREATE TEMP TABLE families AS
        SELECT DISTINCT line, key FROM roster_known WHERE via <> {SELF} AND certain AND key IN (
            SELECT key FROM roster_known SEMI JOIN decided ON roster_line = line WHERE via <> {SELF} AND certain
        )
        """
    )
    con.execute(
        f"""
        CREATE TEMP TABLE siblings AS SELECT DISTINCT a.line, b.line AS sibling
        FROM (FROM families QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {LARGEST_FAMILY}) a
        JOIN families b ON b.key = a.key AND b.line <> a.line
        """
    )


def find_names_of_kin(con: Connection) -> None:
    """Entries that may be the child itself, or a guardian of the found household, as ``kin_candidates``."""
    _find_housemates(con)
    con.execute(
        f"""
        CREATE TEMP TABLE kin_candidates AS
        SELECT roster_line, {SELF} AS via, register_line, first(kin ORDER BY rank) AS kin FROM (
            FROM (
                SELECT roster_line, register_line, '{Kin.GUARDIANS_NUMBER}' AS kin, 1 AS rank FROM decided
                WHERE via <> {SELF} AND {_MEET} AND name NOT IN {_AGREES}
                UNION ALL
                SELECT s.sibling, d.register_line, '{Kin.SIBLINGS_NUMBER}', 1 FROM decided d
                JOIN siblings s ON s.line = d.roster_line
                WHERE d.via = {SELF} AND {_MEET} AND d.name NOT IN {_AGREES}
                UNION ALL
                SELECT roster_line, register_line, '{Kin.SAME_HOUSEHOLD}', 2 FROM housemates
            )
            ANTI JOIN (FROM decided WHERE via = {SELF}) USING (roster_line, register_line)
            ANTI JOIN (SELECT register_line FROM shared WHERE is_pupil) USING (register_line)
        ) k JOIN roster_names r ON r.line = roster_line JOIN register_names g ON g.line = register_line
        WHERE r.heard = g.heard OR r.heard IS NULL OR g.heard IS NULL
        GROUP BY roster_line, register_line
        UNION ALL
        SELECT DISTINCT roster_line, u.via, register_line, '{Kin.SAME_HOUSEHOLD}' FROM housemates
        JOIN {_unsure("roster")} u ON u.line = roster_line WHERE u.via <> {SELF}
        UNION
        SELECT roster_line, who.via, register_line, '{Kin.SAME_HOUSEHOLD}' FROM housemates
        JOIN {_unsure("register")} u ON u.line = register_line, (VALUES (1), (2)) who (via)
        """
    )


def _find_housemates(con: Connection) -> None:
    """``housemates``: pupils beside the other entries of a household in which they or a sibling were found."""
    con.execute(
        f"""
        CREATE TEMP TABLE housemates AS
        SELECT DISTINCT c.child AS roster_line, o.line AS register_line FROM (
            SELECT roster_line AS child, register_line, decision FROM decided
            UNION SELECT s.sibling, d.register_line, d.decision FROM decided d
            JOIN siblings s ON s.line = d.roster_line
        ) c JOIN homes h ON h.line = c.register_line
        JOIN (FROM homes QUALIFY count(*) OVER (PARTITION BY home) <= {LARGEST_HOUSEHOLD}) o
        ON o.home = h.home AND o.line <> h.line
        WHERE c.decision IN ('{Decision.CERTAIN}', '{Decision.HOUSEHOLD}')
        """
    )


def _unsure(side: str) -> str:
    """Numbers that do not hold by themselves; two that do and differ are of two people."""
    return f"(SELECT line, via FROM {side}_odd ANTI JOIN (FROM {side}_read WHERE certain) USING (line, via))"


def find_listed_siblings(con: Connection) -> None:
    """「哥哥已匹配，弟弟未匹配」, as ``sibling_candidates``: nobody of that household is met by the sibling."""
    con.execute(
        f"""
        CREATE TEMP TABLE sibling_candidates AS
        SELECT DISTINCT s.sibling AS roster_line, d.register_line, h.home
        FROM decided d JOIN homes h ON h.line = d.register_line JOIN siblings s ON s.line = d.roster_line
        ANTI JOIN (SELECT x.roster_line, y.home FROM decided x JOIN homes y ON y.line = x.register_line) t
        ON t.roster_line = s.sibling AND t.home = h.home
        WHERE d.decision = '{Decision.CERTAIN}'
        """
    )
