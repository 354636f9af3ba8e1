"""Every situation of the files in situations/ is a test; they are for people who know the policies and not the code."""

import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.policies.amounts import words_of
from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import read_question
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.policies.policy import Waiver

SITUATIONS = [
    situation
    for path in sorted(Path(__file__).with_name("situations").glob("*.toml"))
    for situation in tomllib.loads(path.read_text(encoding="utf-8"))["situation"]
]


def findings_of(catalogue: Catalogue, situation: dict[str, Any]) -> dict[str, Finding]:
    pupil = dict(situation["pupil"])
    if pupil.get("determination") == "none given":
        pupil["determination"] = None
    row = {"id": situation["name"], "day": situation["day"].isoformat(), **pupil}
    question = read_question(row, 1, catalogue.categories)
    return {finding.policy: finding for finding in evaluate(catalogue, question.circumstances, question.day)}


def in_words(finding: Finding | None, expected: str) -> str:
    """What was found, said in as many words as the line expects."""
    if finding is None:
        return "absent"
    words = [finding.verdict.value]
    if isinstance(finding.amount, Waiver):
        words += [f"waives {finding.amount.what}", finding.claim_mode.value]
    elif term_amount(finding) is not None:
        words += [f"{term_amount(finding):f}", finding.claim_mode.value]
    elif finding.amount is not None:
        words.append(words_of(finding.amount))
    return " ".join(" ".join(words).split()[: len(expected.split())])


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["name"])
def test_the_catalogue_answers_as_people_expect(catalogue: Catalogue, situation: dict[str, Any]) -> None:
    findings = findings_of(catalogue, situation)
    assert {code: in_words(findings.get(code), words) for code, words in situation["expect"].items()} == situation[
        "expect"
    ]
    for code, words in situation.get("says", {}).items():
        assert words in "；".join(findings[code].because)


def test_every_policy_has_at_least_three_situations(catalogue: Catalogue) -> None:
    told = Counter(code for situation in SITUATIONS for code in situation["expect"])
    assert {policy.code for policy in catalogue.policies if told[policy.code] < 3} == set()


def test_every_date_of_the_catalogue_has_a_situation_on_either_side(catalogue: Catalogue) -> None:
    days = {(code, situation["day"]) for situation in SITUATIONS for code in situation["expect"]}
    starts = {(policy.code, version.starts) for policy in catalogue.policies for version in policy.versions[1:]}
    assert {
        (code, start)
        for code, start in starts
        if not any(c == code and day >= start for c, day in days)
        or not any(c == code and day < start for c, day in days)
    } == set()
    boundaries = {(code, start) for code, start in starts if start.year >= 2024}
    assert boundaries <= days
    assert {(code, start - timedelta(days=1)) for code, start in boundaries} <= days
