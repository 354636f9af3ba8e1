"""What the rules say of each kind of agreement, and what all pairs leave standing, as ``engine.settle`` does."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from dataclasses import replace

from portal.matching.agreement import AGREES, NUMBERS_MEET, Agreement, Sharing
from portal.matching.bulk_judging import agreement_of, code, via_of
from portal.matching.bulk_numbers import SELF
from portal.matching.people import Via
from portal.matching.rules import STRENGTH, explained, rule_for
from portal.matching.tables import Kind, Tables

SHARINGS = list(Sharing)
_SHARING = {sharing: place for place, sharing in enumerate(SHARINGS)}
VERDICTS: dict[str, Kind] = {
    "verdict": "INTEGER",
    "kind": "INTEGER",
    "sharing": "INTEGER",
    "rule": "VARCHAR",
    "decision": "VARCHAR",
    "because": "VARCHAR",
    "weak": "BOOLEAN",
    "lone": "BOOLEAN",
    "strength": "INTEGER",
    "is_pupil": "BOOLEAN",
    "number_alone": "BOOLEAN",
    "ours_cut": "BOOLEAN",
    "explains": "BOOLEAN",
    "numbers_meet": "BOOLEAN",
    "names_agree": "BOOLEAN",
    "own": "BOOLEAN",
}


def decide(tables: Tables, *agreements: str) -> None:
    """``decided`` (roster_line, register_line, verdict): the strongest for a pupil and an entry, where it stands.

    ``kinds`` and ``verdicts`` say of each agreement that occurs what the engine and the rules say of it.
    """
    every = " UNION ALL ".join(f"SELECT * FROM {name}" for name in agreements)
    tables.keep("agreements", every)
    _describe_kinds(tables)
    _find_shared(tables)
    _ask_the_rules(tables)
    tables.keep(
        "strongest",
        "SELECT roster_line, register_line, min(verdict) AS verdict FROM shared JOIN verdicts USING (kind, sharing) "
        "GROUP BY roster_line, register_line",
    )
    _leave_the_likely(tables)


def _describe_kinds(tables: Tables) -> None:
    """``kinds``: the kinds of agreement that occur, and what ``engine`` asks of each."""
    found = [(kind, agreement_of(kind)) for (kind,) in tables.rows("SELECT DISTINCT kind FROM agreements")]
    rows = [(kind, one.contradicts, _is_the_pupil(one)) for kind, one in found]
    tables.make("kinds", {"kind": "INTEGER", "contradicts": "BOOLEAN", "is_pupil": "BOOLEAN"}, rows)


def _find_shared(tables: Tables) -> None:
    """``shared``: the agreements, and whether somebody else goes by the same number."""
    tables.keep(
        "spoilt",
        f"SELECT roster_line, register_line, {via_of('kind')} AS via FROM agreements "
        "SEMI JOIN (SELECT kind FROM kinds WHERE contradicts) USING (kind)",
    )
    tables.keep(
        "known",
        "SELECT register_line, count(*) AS times FROM agreements "
        "SEMI JOIN (SELECT kind FROM kinds WHERE is_pupil) USING (kind) GROUP BY register_line",
    )
    tables.keep(
        "shared",
        f"""
        SELECT a.roster_line, a.register_line, a.kind,
               CASE WHEN {via_of("a.kind")} = {SELF} AND (e.register_line IS NOT NULL OR r.register_line IS NOT NULL)
                    THEN {_SHARING[Sharing.IN_ROSTER]}
                    WHEN p.roster_line IS NOT NULL THEN {_SHARING[Sharing.IN_REGISTER]}
                    WHEN t.register_line IS NOT NULL AND k.kind IS NOT NULL THEN {_SHARING[Sharing.TWICE_IN_ROSTER]}
                    ELSE {_SHARING[Sharing.NONE]} END AS sharing
        FROM agreements a
        LEFT JOIN (SELECT DISTINCT register_line FROM spoilt WHERE via = {SELF}) e ON e.register_line = a.register_line
        LEFT JOIN (SELECT DISTINCT roster_line, register_line FROM spoilt) r
        ON r.roster_line = a.roster_line AND r.register_line = a.register_line
        LEFT JOIN (SELECT DISTINCT roster_line, via FROM spoilt) p
        ON p.roster_line = a.roster_line AND p.via = {via_of("a.kind")}
        LEFT JOIN (SELECT register_line FROM known WHERE times > 1) t ON t.register_line = a.register_line
        LEFT JOIN (SELECT kind FROM kinds WHERE is_pupil) k ON k.kind = a.kind
        """,
    )


def _ask_the_rules(tables: Tables) -> None:
    """``verdicts``, the strongest first, of each kind of agreement with its sharing."""
    found = []
    for kind, sharing in tables.rows("SELECT DISTINCT kind, sharing FROM shared"):
        agreement = replace(agreement_of(kind), sharing=SHARINGS[sharing])
        if rule := rule_for(agreement):
            found.append((STRENGTH[rule.code], code("via", agreement.via), kind, sharing, rule, agreement))
    rows = [
        (
            *(place, kind, sharing, rule.code, str(rule.decision), explained(rule, agreement), rule.weak, rule.lone),
            *(strength, _is_the_pupil(agreement), agreement.number_alone, agreement.ours_cut, agreement.explains),
            *(agreement.number in NUMBERS_MEET, agreement.name in AGREES, agreement.via is Via.SELF),
        )
        for place, (strength, _, kind, sharing, rule, agreement) in enumerate(sorted(found, key=lambda one: one[:4]))
    ]
    tables.make(
        "verdicts",
        VERDICTS,
        rows,
    )


def _leave_the_likely(tables: Tables) -> None:
    """What met by an equal number stands; of the rest an entry keeps the strongest, and none once it is somebody.

    A pupil whose number and name are listed is sought no further as one whose number may be cut.
    """
    tables.keep(
        "weak",
        f"""
        SELECT s.*, v.strength, v.lone FROM strongest s JOIN verdicts v USING (verdict)
        ANTI JOIN ({_having("is_pupil")}) k ON k.register_line = s.register_line
        WHERE v.weak AND NOT (v.ours_cut AND s.roster_line IN ({_having("is_pupil", "roster_line")}))
        """,
    )
    lone = "SELECT {0} FROM weak WHERE lone GROUP BY {0} HAVING count(*) = 1"
    tables.keep(
        "decided",
        f"""
        SELECT roster_line, register_line, verdict FROM strongest
        SEMI JOIN (SELECT verdict FROM verdicts WHERE NOT weak AND NOT number_alone) USING (verdict)
        UNION ALL
        SELECT roster_line, register_line, verdict FROM strongest
        SEMI JOIN (SELECT verdict FROM verdicts WHERE NOT weak AND number_alone) USING (verdict)
        ANTI JOIN ({_having("explains")}) USING (register_line)
        UNION ALL
        SELECT w.roster_line, w.register_line, w.verdict FROM weak w
        JOIN (SELECT register_line, min(strength) AS strength FROM weak GROUP BY register_line) b
        ON b.register_line = w.register_line AND b.strength = w.strength
        WHERE NOT w.lone OR (
            w.register_line IN ({lone.format("register_line")}) AND w.roster_line IN ({lone.format("roster_line")})
        )
        """,
    )


def _having(holds: str, line: str = "register_line") -> str:
    return f"SELECT {line} FROM strongest SEMI JOIN (SELECT verdict FROM verdicts WHERE {holds}) USING (verdict)"


def _is_the_pupil(agreement: Agreement) -> bool:
    return agreement.via is Via.SELF and agreement.agrees
