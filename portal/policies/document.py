"""The file of ``flask evaluate``: a list of pupils in, their findings out, in the shape the contract gives."""

from typing import Any

from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import WrongInput, read_question
from portal.policies.evaluation import Finding, evaluate
from portal.policies.policy import Amount, Help, Waiver


def evaluate_document(catalogue: Catalogue, data: object) -> dict[str, list[dict[str, Any]]]:
    """Findings by id for parsed JSON; the first thing wrong in it raises WrongInput and nothing is answered."""
    if not isinstance(data, list):
        raise WrongInput("文件应是一个列表：[{…}, {…}]，每个学生一条")
    questions = [read_question(row, position, catalogue.categories) for position, row in enumerate(data, 1)]
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise WrongInput(f"编号 {question.id} 出现了不止一次，请给每个学生不同的 id")
        seen.add(question.id)
    return {
        question.id: [finding_data(finding) for finding in evaluate(catalogue, question.circumstances, question.day)]
        for question in questions
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding as JSON: the contract's keys first, then ours."""
    return {
        "policy": finding.policy,
        "verdict": finding.verdict.value,
        "amount": _amount_data(finding.amount),
        "claim_mode": finding.claim_mode.value,
        "version_from": finding.version_from.isoformat(),
        "source": finding.source,
        "because": list(finding.because),
        "missing": list(finding.missing),
        "clause": finding.clause,
        "sure": finding.sure.value,
        "checked_on": finding.checked_on.isoformat(),
        "note": finding.note,
        "ask": list(finding.ask),
        "change": list(finding.change),
        "family_because": list(finding.family_because),
        "layer": finding.layer,
        "province_amount": _amount_data(finding.province_amount),
        "local_amount": _amount_data(finding.local_amount),
        "help": finding.amount.words if isinstance(finding.amount, Help) else None,
        "gives": finding.gives.value,
        "apply_from": finding.window and finding.window[0].isoformat(),
        "apply_until": finding.window and finding.window[1].isoformat(),
    }


def _amount_data(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None or isinstance(amount, Help):
        return None
    if isinstance(amount, Waiver):
        return {"waives": amount.what.value}
    span = {"from": amount.low, "to": amount.high, "typical": amount.typical}
    return {**span, "per": amount.per.value, "unit": "yuan"}
