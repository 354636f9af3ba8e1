"""A province at once: each distinct circumstance is judged one time, however many pupils share it."""
# ruff: noqa: S608 — every name in the SQL is ours, paths are quoted, no cell of a file is ever in it.

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from itertools import count, repeat
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from portal.policies.asked import PLACES, answer, questions_to
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances, WrongInput
from portal.policies.evaluation import Finding, term_amount
from portal.policies.policy import PROVINCE_DIVISION, Waiver
from portal.policies.rows import read_pupils
from portal.vocabulary import Verdict
from portal.whole_files import written_whole

FACTS = tuple(field.name for field in fields(Circumstances))
CIRCUMSTANCE = pa.field("circumstance", pa.int64())
FINDINGS = pa.schema(
    [
        ("policy", pa.string()),
        ("verdict", pa.string()),
        ("term_yuan", pa.decimal128(10, 2)),
        ("waives", pa.string()),
        ("claim_mode", pa.string()),
        ("version_from", pa.date32()),
        ("because", pa.list_(pa.string())),
    ]
)
"""What is told of a finding, beside the number of the circumstance."""


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
    unread = f"读不了文件 {source}（没有这个文件、没有权限、不是完整的 parquet，或某一列的类型不对）：请检查后再试"
    with duckdb.connect() as con, _or_refused(unread):
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
        unwritten = f"写不了文件 {out}：请检查文件夹、权限和磁盘空间"
        with _or_refused(unwritten), written_whole(out) as pupils_draft, written_whole(findings_out) as findings_draft:
            numbered = f"SELECT id, {number} AS circumstance FROM pupil"
            with ThreadPoolExecutor(1) as beside:  # the pupils are numbered while their circumstances are judged
                numbering = beside.submit(con.cursor().execute, _copy(numbered, pupils_draft))
                judged = _judge(catalogue, facts or ["stage"], rows, day)
                numbering.result()
            con.execute(_copy("FROM judged", findings_draft))
        pupils = con.execute("SELECT count(*) FROM read_parquet(?)", [str(out)]).fetchall()[0][0]
    return Judged(pupils, len(rows), judged.num_rows)


@contextmanager
def _or_refused(sentence: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as problem:
        raise WrongInput(sentence) from problem


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
    numbers: list[int] = []
    places: list[int] = []
    lines: list[tuple[Any, ...]] = []
    for numbered, pupils in read_pupils(catalogue, facts, rows, day):
        for question in questions_to(pupils.stage, catalogue):
            answers = answer(question, pupils, day)
            told = []
            for findings in answers.findings:
                began = len(lines)
                lines += (_told(finding) for finding in findings if finding.verdict is not Verdict.NOT_ENTITLED)
                told.append(range(began, len(lines)))
            for number, which in zip(numbered, answers.which, strict=True):
                numbers += repeat(number, len(told[which]))
                places += told[which]
    columns = [list(column) for column in zip(*lines, strict=True)] or [[] for _ in FINDINGS]
    told_once = pa.table(dict(zip(FINDINGS.names, columns, strict=True)), schema=FINDINGS)
    return told_once.take(pa.array(places, pa.int64())).add_column(0, CIRCUMSTANCE, [pa.array(numbers, pa.int64())])


def _told(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.policy,
        finding.verdict.value,
        term_amount(finding),
        finding.amount.what.value if isinstance(finding.amount, Waiver) else None,
        finding.claim_mode.value,
        finding.version_from,
        finding.because,
    )


def _copy(query: str, to: Path) -> str:
    return f"COPY ({query}) TO '{_quoted(to)}' (FORMAT parquet)"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
