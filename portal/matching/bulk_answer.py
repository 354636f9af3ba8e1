"""The answer of file-to-file matching: all that is decided, rows named as the files name them."""
# ruff: noqa: S608 — every name in the SQL is ours, no cell of a file is ever in it.

from collections.abc import Mapping

from portal.matching.agreement import Agreement, NameAgreement, Validity
from portal.matching.bulk_numbers import FILLED
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Kin, Via
from portal.matching.rules import explained, rule_for
from portal.matching.tables import Tables, count
from portal.vocabulary import Decision

_SIBLING_LISTED = Agreement(
    Via.HOUSEHOLD, NumberAgreement.DIFFERENT, NameAgreement.DIFFERENT, Validity.IN_FORCE, kin=Kin.SIBLING_LISTED
)
"""The only agreement of a listed sibling: the brother's entry is in force, else he would not be certain."""


def answer(tables: Tables) -> None:
    """``answer`` (roster_line, register_line, decision, rule, because): the decided, and the listed siblings."""
    rule = rule_for(_SIBLING_LISTED)
    told = [(str(rule.decision), rule.code, explained(rule, _SIBLING_LISTED))] if rule else []
    tables.make("sibling_verdict", {"decision": "VARCHAR", "rule": "VARCHAR", "because": "VARCHAR"}, told)
    tables.keep(
        "answer",
        """
        SELECT roster_line, register_line, decision, rule, because FROM decided JOIN verdicts USING (verdict)
        UNION ALL
        SELECT roster_line, register_line, decision, rule, because FROM listed_siblings CROSS JOIN sibling_verdict
        """,
    )


def decisions(tables: Tables) -> dict[str, int]:
    """How many pairs of each decision the answer has."""
    found: dict[str, int] = dict(tables.rows("SELECT decision, count(*) FROM answer GROUP BY decision"))
    return {decision.value: found.get(decision.value, 0) for decision in Decision}


def row_label(tables: Tables, side: str) -> str:
    """What names a row in the answer: 序号 (``row_id``) when every line that is not blank has its own, else ``line``.

    ``counted``: 序号 that are whole numbers and count the lines, so that nobody has to look them up.
    """
    other = f"SELECT count(*) FROM {side} WHERE TRY_CAST(row_id AS BIGINT) IS DISTINCT FROM line + 1 AND {FILLED[side]}"
    if not count(tables, other):
        kinds = tables.rows(f"SELECT upper(typeof(row_id)) FROM {side} LIMIT 1")
        return "counted" if kinds == [("BIGINT",)] else "row_id"
    rows, own = tables.rows(
        f"SELECT count(*), count(DISTINCT own) FROM ("
        f"SELECT nullif(trim(CAST(row_id AS VARCHAR)), '') AS own FROM {side} WHERE {FILLED[side]})"
    )[0]
    return "row_id" if own == rows else "line"


def named_rows(labels: Mapping[str, str]) -> str:
    """The answer in the order of the roster, as the query that is written out; lines are told counted from 1."""
    names = {
        side: f"{side}.row_id" if label == "row_id" else f"CAST(a.{side}_line AS BIGINT) + 1"
        for side, label in labels.items()
    }
    files = [f"JOIN {side} ON {side}.line = a.{side}_line" for side, label in labels.items() if label == "row_id"]
    return f"""
        SELECT {names["roster"]} AS roster_row, {names["register"]} AS register_row, a.decision, a.rule, a.because
        FROM answer a {" ".join(files)} ORDER BY a.roster_line, a.register_line
    """
