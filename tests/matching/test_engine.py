"""One pair, and pairs that get in each other's way (J2, J5, J10, J11)."""

from dataclasses import replace
from datetime import date

import pytest

from portal.matching.engine import judge, match, settle_conflicts
from portal.matching.keys import number_key, pairs_by_number
from portal.matching.people import Pair, Via
from portal.vocabulary import Basis, Decision
from tests.matching.people import (
    AYGUL,
    AYGUL_NUMBER,
    LI_DI,
    LI_DI_NUMBER,
    MOTHER_NUMBER,
    SUN_AN,
    SUN_AN_NUMBER,
    TERM_START,
    XIAOCHUAN,
    XIAOCHUAN_NUMBER,
    XIAOYU,
    XIAOYU_NUMBER,
    ZHOU_XIAO,
    ZHOU_XIAO_NUMBER,
    a_guardian,
    a_pupil,
    an_entry,
)


def judged(pupil, entry, via=Via.SELF):
    return judge(Pair(pupil, entry, via), TERM_START)


def matched(roster, register):
    return match(pairs_by_number(roster, register, TERM_START), TERM_START)


def codes(roster, register):
    return sorted(found.rule.code for found in matched(roster, register))


@pytest.mark.parametrize(
    "written",
    [
        "32990120130206005x",
        "３２９９０１２０１３０２０６００５Ｘ",
        "329901 20130206 005X",
        "'32990120130206005X",
        "32990120130206005×",
        "\u200b32990120130206005X",
    ],
)
def test_a_number_repaired_without_loss_is_certain(written):
    found = judged(a_pupil(ZHOU_XIAO, written), an_entry(ZHOU_XIAO, ZHOU_XIAO_NUMBER))
    assert (found.decision, found.rule.code, found.basis) == (Decision.CERTAIN, "number_name", Basis.SELF)


@pytest.mark.parametrize("written", ["329901201603050014", "329901201603050000", "3.29901E+17", "329901160305001"])
def test_a_damaged_number_is_never_guessed(written):
    assert judged(a_pupil(number=written), an_entry()) is None


def test_two_lists_with_the_same_old_number_wait_for_a_person():
    found = judged(a_pupil(number="329901160305001"), an_entry(number="329901160305001"))
    assert (found.decision, found.rule.code) == (Decision.POSSIBLE, "number_unverified")


@pytest.mark.parametrize(
    "dummy", ["", "无", "0" * 18, "1" * 18, "123456789012345678", "329901********0015", "999" + "1" * 15]
)
def test_a_dummy_or_masked_number_brings_nobody_together(dummy):
    assert number_key(dummy, TERM_START) is None
    pupil = a_pupil(number=dummy, guardian_1=a_guardian(XIAOYU, dummy))
    assert matched([pupil], [an_entry(number=dummy)]) == []
    assert judged(pupil, an_entry(number=dummy)) is None


def test_a_disability_certificate_is_its_number_and_two_digits():
    found = judged(a_pupil(SUN_AN, SUN_AN_NUMBER), an_entry(SUN_AN, SUN_AN_NUMBER + "43"))
    assert found.decision is Decision.CERTAIN


@pytest.mark.parametrize("dot", "·•.・‧⋅∙．")
def test_every_dot_in_a_name_is_the_same_dot(dot):
    found = judged(a_pupil(AYGUL, AYGUL_NUMBER), an_entry(AYGUL.replace("·", dot), AYGUL_NUMBER))
    assert found.rule.code == "number_name"


def test_another_form_of_a_character_is_certain_and_named_for_correction():
    found = judged(a_pupil(LI_DI, LI_DI_NUMBER), an_entry("李頔", LI_DI_NUMBER))
    assert (found.decision, found.rule.code) == (Decision.CERTAIN, "number_name_variant")
    assert "订正" in found.because


def test_another_form_of_a_name_with_another_number_is_another_person():
    assert matched([a_pupil(LI_DI, LI_DI_NUMBER)], [an_entry("李頔", SUN_AN_NUMBER)]) == []


def test_a_former_name_on_the_register_is_certain():
    found = judged(a_pupil("赵小雨", former_name="王小雨"), an_entry("王小雨"))
    assert (found.decision, found.rule.code) == (Decision.CERTAIN, "number_former_name")


@pytest.mark.parametrize(
    ("name", "rule"), [("王大雨", "number_other_name"), ("", "number_name_missing"), ("王?雨", "number_name_missing")]
)
def test_a_name_that_does_not_agree_waits_for_a_person(name, rule):
    found = judged(a_pupil(), an_entry(name))
    assert (found.decision, found.rule.code) == (Decision.POSSIBLE, rule)


@pytest.mark.parametrize(
    ("valid_to", "rule"),
    [(None, "number_name"), (date(2026, 9, 1), "number_name"), (date(2026, 8, 31), "validity_ended")],
)
def test_an_entry_that_ended_before_the_term_is_not_certain(valid_to, rule):
    assert judged(a_pupil(), an_entry(valid_to=valid_to)).rule.code == rule


def test_an_end_nobody_can_read_is_not_certain():
    assert judged(a_pupil(), an_entry(valid_to_unreadable=True)).rule.code == "validity_unreadable"


@pytest.mark.parametrize("via", [Via.GUARDIAN_1, Via.GUARDIAN_2])
def test_a_guardian_on_the_register_gives_the_household(via):
    pupil = a_pupil(XIAOCHUAN, XIAOCHUAN_NUMBER, **{via.value: a_guardian()})
    mother = an_entry(a_guardian().name, a_guardian().number)
    (found,) = matched([pupil], [mother])
    assert (found.decision, found.rule.code, found.basis) == (
        Decision.HOUSEHOLD,
        "guardian_number_name",
        Basis.GUARDIAN,
    )


def test_a_guardians_number_under_another_name_is_a_possible_household():
    pupil = a_pupil(guardian_1=a_guardian("李强"))
    assert codes([pupil], [an_entry("王丽", a_guardian().number)]) == ["guardian_number_only"]


def test_a_pupil_under_the_mothers_number_counts_as_the_household():
    pupil = a_pupil(XIAOCHUAN, a_guardian().number, guardian_1=a_guardian())
    assert codes([pupil], [an_entry(a_guardian().name, a_guardian().number)]) == ["guardian_number_name"]


def test_a_brother_under_his_sisters_number_takes_certainty_from_both():
    sister, brother = a_pupil(XIAOYU, XIAOYU_NUMBER), a_pupil(XIAOCHUAN, XIAOYU_NUMBER)
    assert codes([sister], [an_entry()]) == ["number_name"]
    assert codes([sister, brother], [an_entry()]) == ["number_other_name", "number_shared_in_roster"]


def test_a_pupil_entered_as_their_own_guardian_does_not_hide_the_shared_number():
    sister = a_pupil(guardian_1=a_guardian(XIAOYU, XIAOYU_NUMBER))
    assert codes([sister, a_pupil(XIAOCHUAN, XIAOYU_NUMBER)], [an_entry()]) == [
        "number_other_name",
        "number_shared_in_roster",
    ]


def test_one_number_for_two_people_on_the_register_is_never_certain():
    assert codes([a_pupil()], [an_entry(), an_entry("李小雨")]) == ["number_other_name", "number_shared_in_register"]


def test_one_person_on_two_registers_or_enrolled_twice_stays_certain():
    assert codes([a_pupil()], [an_entry(), an_entry()]) == ["number_name"] * 2
    assert codes([a_pupil(), a_pupil()], [an_entry()]) == ["number_name"] * 2


def test_another_familys_slip_in_a_guardians_number_leaves_the_pupil_certain():
    stranger = a_pupil(ZHOU_XIAO, ZHOU_XIAO_NUMBER, guardian_1=a_guardian("周强", XIAOYU_NUMBER))
    assert codes([a_pupil(), stranger], [an_entry()]) == ["guardian_number_only", "number_name"]


def test_namesakes_of_the_same_birth_day_are_two_people():
    assert matched([a_pupil("王伟", "329901201603050015")], [an_entry("王伟", "329901201603050023")]) == []


def test_settling_twice_changes_nothing():
    roster = [a_pupil(guardian_1=a_guardian("李强", XIAOYU_NUMBER)), a_pupil(XIAOCHUAN, XIAOYU_NUMBER)]
    once = matched(roster, [an_entry(), an_entry("李小雨")])
    assert settle_conflicts(once) == once


def test_the_evidence_says_what_agreed_in_words():
    found = judged(a_pupil(), an_entry("王大雨"))
    assert [item.label for item in found.evidence][:2] == ["证件号一致", "姓名不同"]


def test_a_household_alone_says_nothing_of_the_child():
    assert judged(a_pupil(), replace(an_entry()), Via.HOUSEHOLD) is None


@pytest.mark.parametrize("stopgap", ["不详", "无名", "暂无", "NULL", "n/a", "/", "1", "·"])
def test_what_stands_in_for_a_name_agrees_with_nobody(stopgap):
    assert codes([a_pupil(stopgap)], [an_entry(stopgap)]) == ["number_name_missing"]


@pytest.mark.parametrize("via", ["guardian_1", "guardian_2"])
def test_a_number_that_the_pupils_own_guardian_has_too_is_not_certain(via):
    pupil = a_pupil(XIAOCHUAN, MOTHER_NUMBER, **{via: a_guardian()})
    assert codes([pupil], [an_entry(XIAOCHUAN, MOTHER_NUMBER)]) == ["number_shared_in_roster"]


def test_twins_whose_numbers_were_exchanged_are_both_left_to_a_person():
    roster = [a_pupil("赵大双", XIAOYU_NUMBER), a_pupil("赵小双", XIAOCHUAN_NUMBER)]
    register = [an_entry("赵小双", XIAOYU_NUMBER), an_entry("赵大双", XIAOCHUAN_NUMBER)]
    assert codes(roster, register) == ["number_other_name"] * 2


def test_an_ended_entry_leaves_the_one_in_force_certain():
    ended, in_force = an_entry(valid_to=date(2026, 8, 31)), an_entry(valid_to=date(2027, 8, 31))
    assert codes([a_pupil()], [ended, in_force]) == ["number_name", "validity_ended"]
