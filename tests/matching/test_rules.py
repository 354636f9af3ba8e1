"""The table read as a whole: what may never happen whatever a pair looks like."""

from itertools import product

import pytest

from portal.matching.agreement import Agreement, NameAgreement, NumberAgreement, Sharing, Validity
from portal.matching.people import GUARDIANS, Via
from portal.matching.rules import AGREES, RULES, rule_for
from portal.vocabulary import Decision

EVERYTHING = [Agreement(*found) for found in product(Via, NumberAgreement, NameAgreement, Validity, Sharing)]
CERTAIN = [found for found in EVERYTHING if (rule := rule_for(found)) and rule.may_be_certain]


def test_certain_needs_a_verified_number_an_agreeing_name_validity_and_nobody_else():
    assert CERTAIN
    for found in CERTAIN:
        assert found.via is Via.SELF
        assert found.number is NumberAgreement.SAME
        assert found.name in AGREES
        assert found.validity is Validity.IN_FORCE
        assert found.sharing is Sharing.NONE


def test_whoever_shares_a_number_is_at_least_looked_at_by_a_person():
    for found in EVERYTHING:
        brought_together = found.number is not NumberAgreement.DIFFERENT and found.via is not Via.HOUSEHOLD
        assert (rule_for(found) is not None) == brought_together


def test_a_guardian_gives_no_more_than_the_household():
    for found in EVERYTHING:
        rule = rule_for(found)
        if rule and found.via in GUARDIANS:
            assert rule.decision in (Decision.HOUSEHOLD, Decision.HOUSEHOLD_POSSIBLE)


def test_every_rule_decides_some_pair():
    assert {rule.code for found in EVERYTHING if (rule := rule_for(found))} == {rule.code for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_family_reads_neither_category_nor_a_demand_for_proof(rule):
    assert not any(word in rule.family for word in ("贫困", "困难", "低保", "残疾", "孤儿", "请提供", "疑似"))
    assert rule.family.endswith("。")


def test_the_doubtful_are_told_they_need_no_proof():
    doubtful = [rule for rule in RULES if rule.decision in (Decision.POSSIBLE, Decision.HOUSEHOLD_POSSIBLE)]
    assert all("不用交证明" in rule.family for rule in doubtful)
