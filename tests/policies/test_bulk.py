"""A province at once answers as each child alone."""

from datetime import date
from itertools import product
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.policies.bulk import evaluate_file
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances, WrongInput
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.vocabulary import Stage, Verdict
from tests.policies.at_once import judged_at_once

DAY = date(2026, 9, 7)
PUPILS = [
    Circumstances(
        stage=stage, grade=grade, boarding=boarding, categories=categories, determination=determination,
        county=county, hukou=hukou, full_time=boarding, provincial=boarding, disabled=None, veteran=boarding,
    )
    for stage, grade, boarding, categories, determination, county, hukou in product(
        [None, *Stage], [1, None], [True, None],
        [None, frozenset(), frozenset({"DIBAO", "DIS"}), frozenset({"JS_JDLK"})], [None, "none"],
        [None, "320104", "419901"], ["320104", "329901", "419901"],
    )
]  # fmt: skip


def said(findings: tuple[Finding, ...]) -> dict[str, tuple[object, ...]]:
    """The source of a no is that of the tier looked at last, which depends on what was looked at."""
    return {
        each.policy: (each.verdict, each.amount, each.claim_mode, each.amount and each.source, each.missing)
        for each in findings
    }


@pytest.mark.parametrize("stage", [None, *Stage])
def test_those_alike_in_what_is_asked_are_answered_alike(catalogue: Catalogue, stage: Stage | None) -> None:
    pupils = [pupil for pupil in PUPILS if pupil.stage is stage][::3]
    for pupil, findings in zip(pupils, judged_at_once(catalogue, pupils, DAY), strict=True):
        assert said(findings) == said(evaluate(catalogue, pupil, DAY)), pupil


def a_file(folder: Path, rows: str) -> Path:
    path = folder / "pupils.parquet"
    duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    return path


def test_a_file_of_pupils_is_judged_once_for_each_circumstance(catalogue: Catalogue, tmp_path: Path) -> None:
    facts = "'primary' AS stage, ['DIBAO'] AS categories, '3299' || (range % 9 + 11) AS county"
    rows = f"FROM range(900) SELECT range AS id, {facts}"
    out, findings = tmp_path / "out.parquet", tmp_path / "findings.parquet"
    judged = evaluate_file(catalogue, a_file(tmp_path, rows), out, findings, DAY)
    assert (judged.pupils, judged.circumstances) == (900, 1)
    due = duckdb.read_parquet(str(out)).join(duckdb.read_parquet(str(findings)), "circumstance")
    assert due.filter("policy = 'CMP-LIVE'").aggregate("sum(term_yuan)").fetchall() == [(900 * 750.0,)]


def line_of(number: int, pupil: Circumstances) -> dict[str, object]:
    listed = None if pupil.categories is None else sorted(pupil.categories)
    return {"id": number, **vars(pupil), "categories": listed}


def test_a_file_answers_as_each_child_alone(catalogue: Catalogue, tmp_path: Path) -> None:
    pupils, out, findings = PUPILS[::7], tmp_path / "out.parquet", tmp_path / "findings.parquet"
    table = pa.Table.from_pylist([line_of(*each) for each in enumerate(pupils)])
    pq.write_table(table, tmp_path / "pupils.parquet")
    evaluate_file(catalogue, tmp_path / "pupils.parquet", out, findings, DAY)
    told = duckdb.read_parquet(str(out)).join(duckdb.read_parquet(str(findings)), "circumstance")
    assert set(told.project("id, policy, verdict, term_yuan").fetchall()) == {
        (number, each.policy, each.verdict.value, None if (yuan := term_amount(each)) is None else float(yuan))
        for number, pupil in enumerate(pupils)
        for each in evaluate(catalogue, pupil, DAY)
        if each.verdict is not Verdict.NOT_ENTITLED
    }


def test_a_value_that_cannot_be_is_refused_in_words(catalogue: Catalogue, tmp_path: Path) -> None:
    path = a_file(tmp_path, "SELECT 1 AS id, 'lyceum' AS stage")
    with pytest.raises(WrongInput, match="stage 写的是“lyceum”"):
        evaluate_file(catalogue, path, tmp_path / "out.parquet", tmp_path / "findings.parquet", DAY)


def test_of_pupils_of_whom_nothing_is_known_everything_is_asked(catalogue: Catalogue, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2]}), tmp_path / "pupils.parquet")
    judged = evaluate_file(catalogue, tmp_path / "pupils.parquet", tmp_path / "out.parquet", tmp_path / "f", DAY)
    assert (judged.pupils, judged.circumstances) == (2, 1)


def test_a_file_that_is_refused_leaves_the_last_answer(catalogue: Catalogue, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"the last answer")
    pq.write_table(pa.table({"id": [1], "stage": ["no stage"]}), tmp_path / "pupils.parquet")
    with pytest.raises(WrongInput):
        evaluate_file(catalogue, tmp_path / "pupils.parquet", out, tmp_path / "findings.parquet", DAY)
    assert out.read_bytes() == b"the last answer"
    assert {path.name for path in tmp_path.iterdir()} == {"out.parquet", "pupils.parquet"}


def test_pupils_without_a_number_are_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="没有 id 一列"):
        evaluate_file(catalogue, a_file(tmp_path, "SELECT 'senior' AS stage"), tmp_path / "o", tmp_path / "f", DAY)
