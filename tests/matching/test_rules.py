"""The table read as a whole: what may never happen whatever a pair looks like."""

from itertools import product

import pytest

from portal.matching.agreement import (
    AGREES,
    NUMBERS_MEET,
    Agreement,
    BirthAgreement,
    NameAgreement,
    PlaceAgreement,
    Sharing,
    Validity,
)
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import GUARDIANS, Kin, Via
from portal.matching.rules import RULES
from portal.vocabulary import Decision

# Not through rule_for: every agreement is asked for once.
EVERYTHING = [
    (found, next((rule for rule in RULES if rule.holds(found)), None))
    for found in (
        Agreement(*parts)
        for parts in product(
            Via, NumberAgreement, NameAgreement, (Validity.IN_FORCE, Validity.ENDED), Sharing, BirthAgreement,
            (PlaceAgreement.SAME, PlaceAgreement.UNKNOWN), (Kin.NONE, Kin.SAME_HOUSEHOLD),
        )
    )
] + [
    (found, next((rule for rule in RULES if rule.holds(found)), None))
    for found in (
        Agreement(*parts[:-1], kin=parts[-1])
        for parts in product(Via, NumberAgreement, NameAgreement, Validity, Kin)
        for parts in [(*parts[:4], Sharing.NONE, BirthAgreement.UNKNOWN, PlaceAgreement.SAME, parts[4])]
    )
]  # fmt: skip
CERTAIN = [found for found, rule in EVERYTHING if rule and rule.decision is Decision.CERTAIN]


def test_certain_needs_a_verified_number_an_agreeing_name_validity_and_nobody_else():
    assert CERTAIN
    for found in CERTAIN:
        assert found.via is Via.SELF
        assert found.number is NumberAgreement.SAME
        assert found.name in AGREES
        assert found.validity is Validity.IN_FORCE
        assert found.sharing is Sharing.NONE
        assert found.birth is not BirthAgreement.DATE_DIFFERS


def test_whoever_shares_a_number_is_at_least_looked_at_by_a_person():
    met = [rule for found, rule in EVERYTHING if found.number in NUMBERS_MEET and found.via is not Via.HOUSEHOLD]
    assert met and all(met)


def test_a_different_name_is_never_enough_without_the_number():
    for found, rule in EVERYTHING:
        if found.number not in NUMBERS_MEET and found.name in (NameAgreement.DIFFERENT, NameAgreement.MISSING):
            assert rule is None or found.via is Via.HOUSEHOLD


def test_two_numbers_that_hold_and_differ_are_two_people_unless_the_family_says_otherwise():
    apart = [found.kin for found, rule in EVERYTHING if rule and found.number is NumberAgreement.DIFFERENT]
    assert apart and Kin.NONE not in apart


def test_a_guardian_gives_no_more_than_the_household():
    decisions = {rule.decision for found, rule in EVERYTHING if rule and found.via in GUARDIANS}
    assert decisions == {Decision.HOUSEHOLD, Decision.HOUSEHOLD_POSSIBLE}


def test_every_rule_decides_some_pair():
    assert {rule.code for _, rule in EVERYTHING if rule} == {rule.code for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_family_reads_neither_category_nor_a_demand_for_proof(rule):
    assert not any(word in rule.family for word in ("贫困", "困难", "低保", "残疾", "孤儿", "请提供", "疑似"))
    assert rule.family.endswith("。")


def test_the_doubtful_are_told_they_need_no_proof():
    doubtful = [rule for rule in RULES if rule.decision in (Decision.POSSIBLE, Decision.HOUSEHOLD_POSSIBLE)]
    assert all("不用交证明" in rule.family for rule in doubtful)
