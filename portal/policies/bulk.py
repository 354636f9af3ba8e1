"""A province at once: each distinct circumstance is judged one time, however many pupils share it."""
# ruff: noqa: S608 — every name in the SQL is ours, paths are quoted, no cell of a file is ever in it.

from dataclasses import dataclass, fields
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from portal.policies.asked import evaluate_each
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import UNDETERMINED, Circumstances, WrongInput, read_question
from portal.policies.evaluation import Finding, term_amount
from portal.policies.policy import PROVINCE_DIVISION, Waiver
from portal.vocabulary import Verdict

FACTS = tuple(field.name for field in fields(Circumstances))
OF_SCHOOL = ("ownership", "inclusive", "provincial", "full_time")
PLACES = ("county", "hukou")
FINDINGS = pa.schema(
    [
        ("circumstance", pa.int64()),
        ("policy", pa.string()),
        ("verdict", pa.string()),
        ("term_yuan", pa.float64()),
        ("waives", pa.string()),
        ("claim_mode", pa.string()),
        ("version_from", pa.date32()),
        ("because", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True)
class Judged:
    """What was judged how often; ``circumstances`` is how many different ones the pupils have."""

    pupils: int
    circumstances: int
    findings: int


def evaluate_file(catalogue: Catalogue, source: Path, out: Path, findings_out: Path, day: date) -> Judged:
    """Parquet in: ``id`` and any facts of ``Circumstances`` by name, null or absent for unknown; places as text.

    Out come two: each id with the number of its circumstance, and the findings of each number but the plain noes.
    """
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.execute("SET preserve_insertion_order = false")
        known = {name for name, *_ in con.execute("DESCRIBE FROM read_parquet(?)", [str(source)]).fetchall()}
        if "id" not in known:
            raise WrongInput(f"{source.name}：没有 id 一列，请给每个学生一个编号")
        facts = [fact for fact in FACTS if fact in known]
        told = ", ".join(f"{_reduced(fact, catalogue)} AS {fact}" for fact in facts) or "NULL AS stage"
        con.execute(f"CREATE VIEW pupil AS SELECT id, {told} FROM read_parquet('{_quoted(source)}')")
        con.execute("CREATE TABLE circumstance AS SELECT DISTINCT * EXCLUDE (id) FROM pupil")
        told_apart = ", ".join(facts or ["stage"])
        number = _number(con, told_apart)
        rows = con.execute(f"SELECT {number}, {told_apart} FROM circumstance").fetchall()
        judged = _judge(catalogue, facts, rows, day)
        con.execute(f"COPY (FROM judged) TO '{_quoted(findings_out)}' (FORMAT parquet)")
        con.execute(f"COPY (SELECT id, {number} AS circumstance FROM pupil) TO '{_quoted(out)}' (FORMAT parquet)")
        pupils = con.execute("SELECT count(*) FROM read_parquet(?)", [str(out)]).fetchall()[0][0]
    return Judged(pupils, len(rows), judged.num_rows)


def _number(con: duckdb.DuckDBPyConnection, told_apart: str) -> str:
    """SQL that numbers a pupil's circumstance from its own columns, so that none has to be looked up for ten million.

    A digest that was seen to differ for every circumstance there is; where two met, the next salt is tried.
    """
    numbers = (f"(hash({told_apart}, {salt}) >> 1)::BIGINT" for salt in count())
    met = "SELECT count(*) > count(DISTINCT {}) FROM circumstance"
    return next(number for number in numbers if not con.execute(met.format(number)).fetchall()[0][0])


def _reduced(fact: str, catalogue: Catalogue) -> str:
    """Of a place only what some local standard tells apart, so that ninety counties are not ninety circumstances."""
    if fact not in PLACES:
        return fact
    narrow_first = sorted({overlay.division for overlay in catalogue.overlays}, key=lambda one: -len(one))
    cases = [f"WHEN starts_with({fact}, '{division}') THEN '{division.ljust(6, '0')}'" for division in narrow_first]
    province = f"WHEN starts_with({fact}, '{PROVINCE_DIVISION}') THEN '{PROVINCE_DIVISION.ljust(6, '0')}'"
    return f"CASE {' '.join([*cases, province])} ELSE {fact} END"


def _judge(catalogue: Catalogue, facts: list[str], rows: list[tuple[Any, ...]], day: date) -> pa.Table:
    pupils = (
        _circumstances(catalogue, place, dict(zip(facts, values, strict=False)), day)
        for place, (_, *values) in enumerate(rows, 1)
    )
    numbers: list[int] = []
    told: list[tuple[Any, ...]] = []
    known: dict[int, tuple[Any, ...] | None] = {}  # by identity: those alike share their findings, all kept here
    findings_of = list(evaluate_each(catalogue, pupils, day))
    for (number, *_), findings in zip(rows, findings_of, strict=True):
        for finding in findings:
            if id(finding) not in known:
                known[id(finding)] = _told(finding)
            line = known[id(finding)]
            if line is not None:
                numbers.append(number)
                told.append(line)
    columns = [numbers, *map(list, zip(*told, strict=True))] if told else [[] for _ in FINDINGS.names]
    return pa.table(dict(zip(FINDINGS.names, columns, strict=True)), schema=FINDINGS)


def _circumstances(catalogue: Catalogue, place: int, known: dict[str, Any], day: date) -> Circumstances:
    """Through the same reading as a file of JSON, so that a wrong value is refused in the same words."""
    row = {fact: value for fact, value in known.items() if value is not None and fact not in OF_SCHOOL}
    school = {fact: known[fact] for fact in OF_SCHOOL if known.get(fact) is not None}
    if row.get("determination") == UNDETERMINED:
        row["determination"] = None
    question = {"id": place, "day": day.isoformat(), **row, "school": school}
    return read_question(question, place, catalogue.categories).circumstances


def _told(finding: Finding) -> tuple[Any, ...] | None:
    """A line of FINDINGS but for the circumstance; None for a plain no."""
    if finding.verdict is Verdict.NOT_ENTITLED:
        return None
    yuan = term_amount(finding)
    return (
        finding.policy,
        finding.verdict.value,
        None if yuan is None else float(yuan),
        finding.amount.what.value if isinstance(finding.amount, Waiver) else None,
        finding.claim_mode.value,
        finding.version_from,
        finding.because,
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
