import json

import pytest

from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import WrongInput
from portal.policies.document import evaluate_document

PUPIL = {"id": "k1", "day": "2026-09-07", "stage": "senior", "categories": ["DIBAO"]}
CONTRACT_KEYS = ["policy", "verdict", "amount", "claim_mode", "version_from", "source", "because", "missing"]


def test_each_id_has_a_finding_for_each_policy_in_the_shape_of_the_contract(catalogue: Catalogue) -> None:
    answered = json.loads(json.dumps(evaluate_document(catalogue, [PUPIL, PUPIL | {"id": 2}])))
    assert list(answered) == ["k1", "2"]
    assert [list(finding)[:8] for finding in answered["k1"]] == [CONTRACT_KEYS] * len(catalogue.policies)


def test_money_and_waivers_are_written_as_the_contract_says(catalogue: Catalogue) -> None:
    answered = {finding["policy"]: finding for finding in evaluate_document(catalogue, [PUPIL])["k1"]}
    assert answered["HIGH-GRANT"]["amount"] == {
        "from": 1200,
        "to": 3500,
        "typical": 2300,
        "per": "year",
        "unit": "yuan",
    }
    assert answered["HIGH-FREE"]["amount"] == {"waives": "fees"}
    assert answered["UG-NG"]["amount"] is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"id": "k1"}, "文件应是一个列表"),
        (["k1"], "第1条不是对象"),
        ([PUPIL, PUPIL], "编号 k1 出现了不止一次"),
        ([PUPIL, PUPIL | {"id": "k2", "stage": "gymnasium"}], "第2条（id k2）：stage 写的是“gymnasium”"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_whole(catalogue: Catalogue, data: object, sentence: str) -> None:
    with pytest.raises(WrongInput, match=sentence):
        evaluate_document(catalogue, data)
