"""One pair, and pairs that get in each other's way (J2, J5, J10, J11)."""

from dataclasses import replace
from datetime import date

import pytest

from portal.clock import term_of
from portal.matching.agreement import BirthAgreement, last_day_of_term
from portal.matching.engine import judge, settle_conflicts
from portal.matching.in_memory import match
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import Pair, Via
from portal.vocabulary import Basis, Decision, Sex
from tests.matching.people import (
    AYGUL,
    AYGUL_NUMBER,
    CUT_NUMBER,
    LI_DI,
    LI_DI_NUMBER,
    MOTHER,
    MOTHER_NUMBER,
    SUN_AN,
    SUN_AN_NUMBER,
    TERM_START,
    WHOLE_NUMBER,
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
    return match(roster, register, TERM_START)


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


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("329901201603050014", "number_repaired"),  # the check digit
        ("329901201603060015", "number_repaired"),  # a day
        ("329901201603500015", "number_repaired"),  # neighbours
        ("32990120160305015", "number_repaired"),  # one lost
        ("3299012016030500155", "number_repaired"),  # one added
        ("32990120I603O50015", "number_repaired"),  # letters
        ("329901160305001", "number_old"),
        ("329901201603050000", "number_partly"),
        ("3.29901201603050E+17", "number_partly"),
        ("329901201603****15", "number_partly"),
        ("329901201604060015", "number_two_slips"),
        ("G329901201603050015", "number_repaired"),
    ],
)
def test_a_damaged_number_is_found_and_never_certain(written, rule):
    for roster, register in (([a_pupil(number=written)], [an_entry()]), ([a_pupil()], [an_entry(number=written)])):
        (found,) = matched(roster, register)
        assert (found.decision, found.rule.code) == (Decision.POSSIBLE, rule)


@pytest.mark.parametrize("written", ["329901201603050014", "329901160305001", "329901201603050000", "3.29901E+17"])
def test_a_damaged_number_alone_finds_nobody_of_another_name(written):
    assert matched([a_pupil(number=written)], [an_entry("李强")]) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (CUT_NUMBER, WHOLE_NUMBER, NumberAgreement.OURS_CUT),
        (WHOLE_NUMBER, CUT_NUMBER, NumberAgreement.THEIRS_CUT),
        (CUT_NUMBER, "329901201607056134", NumberAgreement.OURS_CUT),  # which does not hold
    ],
)
def test_a_number_cut_by_excel_that_holds_by_chance_is_sought_by_what_is_left_of_it(ours, theirs, said):
    (found,) = matched([a_pupil(number=ours, sex=Sex.MALE)], [an_entry(number=theirs)])
    assert (found.decision, found.rule.code) == (Decision.POSSIBLE, "number_partly")
    assert said in found.evidence and BirthAgreement.SEX_DIFFERS not in found.evidence
    assert matched([a_pupil(number=ours)], [an_entry("王小宇", theirs)]) == []
    assert matched([a_pupil(number=ours)], [an_entry(number=XIAOYU_NUMBER)]) == []


def test_a_number_that_ends_in_zeros_and_meets_a_person_of_the_name_is_nobody_elses():
    cut, whole = a_pupil(number=CUT_NUMBER), a_pupil(number=WHOLE_NUMBER)
    listed_cut, listed_whole = an_entry(number=CUT_NUMBER), an_entry(number=WHOLE_NUMBER)
    assert codes([cut], [listed_cut, listed_whole]) == ["number_name"]
    assert codes([cut, whole], [listed_cut]) == ["number_name"]
    assert codes([whole], [listed_cut, listed_whole]) == ["number_name", "number_partly"]


@pytest.mark.parametrize("lost", ["", "无", "0" * 18, "3.29901E+17", "329901********0015"])
def test_a_pupil_without_a_number_is_found_by_name_and_birth_date(lost):
    pupil = a_pupil(number=lost, birth_date=date(2016, 3, 5), sex=Sex.MALE)
    assert codes([pupil], [an_entry()]) == ["name_birth"]
    assert codes([replace(pupil, sex=Sex.FEMALE)], [an_entry()]) == []
    assert codes([replace(pupil, birth_date=date(2016, 3, 6))], [an_entry()]) == []


def test_an_entry_without_a_number_is_found_where_only_one_child_of_the_county_has_the_name():
    pupil, entry = a_pupil(), an_entry(number="", county="329901")
    assert codes([pupil], [entry]) == ["name_place"]
    assert codes([pupil, a_pupil(number=XIAOCHUAN_NUMBER)], [entry]) == []
    assert codes([pupil], [replace(entry, county="329902")]) == []


def test_an_entry_that_is_somebody_is_nobody_else():
    namesake = a_pupil(number="329901201603050031")
    assert codes([a_pupil(), namesake], [an_entry()]) == ["number_name"]


def test_a_number_that_says_another_birth_than_the_roster_is_not_certain():
    assert codes([a_pupil(birth_date=date(2015, 3, 5))], [an_entry()]) == ["number_birth_differs"]


def test_a_sex_typed_wrong_is_said_and_takes_nothing_from_a_certain_match():
    (pair,) = matched([a_pupil(sex=Sex.FEMALE)], [an_entry()])
    assert pair.rule.code == "number_name"
    assert BirthAgreement.SEX_DIFFERS in pair.evidence


@pytest.mark.parametrize(
    ("begins", "rule"), [(date(2027, 1, 31), "number_name"), (date(2027, 2, 1), "validity_not_begun")]
)
def test_an_entry_that_begins_after_the_term_is_not_certain(begins, rule):
    assert codes([a_pupil()], [an_entry(valid_from=begins)]) == [rule]


def test_an_entry_that_ends_before_it_begins_is_not_certain():
    entry = an_entry(valid_from=date(2027, 1, 31), valid_to=date(2026, 12, 31))
    assert codes([a_pupil()], [entry]) == ["validity_unreadable"]


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2027, 1, 10), date(2027, 2, 1), date(2027, 8, 31)])
def test_a_term_ends_here_as_in_the_calendar(day):
    assert last_day_of_term(day) == term_of(day).last_day


def test_the_childs_name_under_the_mothers_number_is_found():
    pupil = a_pupil(guardian_1=a_guardian())
    found = {one.rule.code: one.basis for one in matched([pupil], [an_entry(XIAOYU, MOTHER_NUMBER)])}
    assert found == {"guardians_number_own_name": Basis.SELF}


def test_the_childs_name_under_the_brothers_number_is_found():
    roster = [a_pupil(guardian_1=a_guardian()), a_pupil("王大川", XIAOCHUAN_NUMBER, guardian_1=a_guardian())]
    assert codes(roster, [an_entry(XIAOYU, XIAOCHUAN_NUMBER)]) == ["siblings_number_own_name"]


def test_the_childs_name_under_a_strangers_number_is_found_where_no_other_of_the_county_has_the_name():
    pupil, stranger = a_pupil(division="329901"), a_pupil(ZHOU_XIAO, ZHOU_XIAO_NUMBER)
    entry = an_entry(XIAOYU, ZHOU_XIAO_NUMBER, county="329901")
    assert codes([pupil, stranger], [entry]) == ["number_other_name", "strangers_number_own_name"]
    assert codes([pupil, stranger, a_pupil(number=XIAOCHUAN_NUMBER)], [entry]) == ["number_other_name"]
    assert codes([pupil, stranger], [replace(entry, county="329902")]) == ["number_other_name"]


def test_a_pupil_under_the_brothers_number_is_found_by_the_birth_date_of_the_roster():
    pupil = a_pupil(number=XIAOCHUAN_NUMBER, birth_date=date(2016, 3, 5))
    assert codes([pupil], [an_entry()]) == ["name_birth_number_doubted"]
    assert codes([replace(pupil, birth_date=date(2018, 9, 17))], [an_entry()]) == []


@pytest.mark.parametrize("number", ["329901198802020026", "3299011988****0025"])
def test_a_guardians_damaged_number_in_the_childs_household_is_the_guardians(number):
    pupil = a_pupil(guardian_1=a_guardian())
    register = [an_entry(household="H1"), an_entry(MOTHER, number, household="H1")]
    assert codes([pupil], register) == ["guardian_same_household", "number_name"]


def test_another_number_that_holds_is_another_mother_of_the_same_name():
    pupil = a_pupil(guardian_1=a_guardian())
    register = [an_entry(household="H1"), an_entry(MOTHER, "329901198802020068", household="H1")]
    assert codes([pupil], register) == ["number_name"]


def test_an_entry_known_to_be_one_child_under_the_mothers_number_asks_nothing_of_the_other():
    roster = [a_pupil(guardian_1=a_guardian()), a_pupil("王大川", XIAOCHUAN_NUMBER, guardian_1=a_guardian())]
    assert codes(roster, [an_entry(XIAOYU, MOTHER_NUMBER)]) == ["guardians_number_own_name"]


@pytest.mark.parametrize("number", ["", "329901201002020025", "无"])
def test_the_childs_name_in_the_mothers_household_is_found_whatever_the_number(number):
    pupil = a_pupil(guardian_1=a_guardian())
    register = [
        an_entry(a_guardian().name, MOTHER_NUMBER, household="H1"),
        an_entry(XIAOYU, number, household="H1"),
        an_entry(XIAOYU, number and "329901201002020068", household="H2"),
    ]
    assert codes([pupil], register) == ["guardian_number_name", "household_name"]


def test_a_brother_of_a_matched_child_who_is_not_on_the_list_is_shown_with_the_household():
    sister, brother = a_pupil(guardian_1=a_guardian()), a_pupil(XIAOCHUAN, XIAOCHUAN_NUMBER, guardian_2=a_guardian())
    found = {one.roster_id: one for one in matched([sister, brother], [an_entry(household="H1")])}
    assert found[sister.id].decision is Decision.CERTAIN
    assert (found[brother.id].rule.code, found[brother.id].basis) == ("sibling_listed", Basis.HOUSEHOLD)
    assert codes([sister, brother], [an_entry()]) == ["number_name"]


@pytest.mark.parametrize(
    ("category", "led_on"),
    [
        ("城乡低保家庭", True),
        ("DIBAO", True),
        ("dibao_edge", True),
        ("WORKER", True),
        ("残疾人子女", True),
        ("残疾学生", False),
        ("DIS", False),
        ("ORPHAN", False),
        ("HTP-3", False),
    ],
)
def test_a_list_without_households_leads_to_the_brother_where_the_category_is_the_familys(category, led_on):
    family = [a_pupil(guardian_1=a_guardian()), a_pupil(XIAOCHUAN, XIAOCHUAN_NUMBER, guardian_2=a_guardian())]
    found = codes(family, [an_entry(category=category)])
    assert found == (["number_name", "sibling_listed"] if led_on else ["number_name"])


def test_a_brother_who_is_met_himself_is_not_led_to_by_a_list_without_households():
    family = [a_pupil(guardian_1=a_guardian()), a_pupil(XIAOCHUAN, XIAOCHUAN_NUMBER, guardian_2=a_guardian())]
    listed = [an_entry(category="DIBAO"), an_entry(XIAOCHUAN, XIAOCHUAN_NUMBER, category="DIBAO")]
    assert codes(family, listed) == ["number_name", "number_name"]


def test_a_guardian_with_a_slip_in_the_number_is_a_possible_household():
    pupil = a_pupil(guardian_1=a_guardian())
    assert codes([pupil], [an_entry(a_guardian().name, "329901198802020026")]) == ["guardian_number_repaired"]


def test_two_lists_with_the_same_old_number_wait_for_a_person():
    found = judged(a_pupil(number="329901160305001"), an_entry(number="329901160305001"))
    assert (found.decision, found.rule.code) == (Decision.POSSIBLE, "number_unverified")


@pytest.mark.parametrize(
    "dummy", ["", "无", "0" * 18, "1" * 18, "123456789012345678", "999" + "1" * 15, "********", "-"]
)
def test_a_dummy_or_masked_number_brings_nobody_together(dummy):
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
    ("name", "rule"),
    [
        ("王大雨", "number_name_close"),
        ("李小雨", "number_name_close"),
        ("王雨", "number_name_close"),
        ("王晓宇", "number_name_close"),
        ("王xiao雨", "number_name_close"),
        ("王?雨", "number_name_close"),
        ("王\ue123雨", "number_name_close"),
        ("李强", "number_other_name"),
        ("", "number_name_missing"),
        ("?□", "number_name_missing"),
    ],
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
    assert codes([sister, brother], [an_entry()]) == ["number_name_close", "number_shared_in_roster"]


def test_a_pupil_entered_as_their_own_guardian_does_not_hide_the_shared_number():
    sister = a_pupil(guardian_1=a_guardian(XIAOYU, XIAOYU_NUMBER))
    assert codes([sister, a_pupil(XIAOCHUAN, XIAOYU_NUMBER)], [an_entry()]) == [
        "number_name_close",
        "number_shared_in_roster",
    ]


def test_one_number_for_two_people_on_the_register_is_never_certain():
    assert codes([a_pupil()], [an_entry(), an_entry("李小雨")]) == ["number_name_close", "number_shared_in_register"]


def test_one_person_on_two_registers_stays_certain():
    assert codes([a_pupil()], [an_entry(), an_entry()]) == ["number_name"] * 2


def test_one_person_enrolled_twice_waits_for_a_person():
    assert codes([a_pupil(), a_pupil()], [an_entry()]) == ["number_twice_in_roster"] * 2


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
    assert [item.label for item in found.evidence][:2] == ["证件号一致", "姓名差一个字"]


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
    assert codes(roster, register) == ["number_name_close"] * 2


def test_an_ended_entry_leaves_the_one_in_force_certain():
    ended, in_force = an_entry(valid_to=date(2026, 8, 31)), an_entry(valid_to=date(2027, 8, 31))
    assert codes([a_pupil()], [ended, in_force]) == ["number_name", "validity_ended"]
