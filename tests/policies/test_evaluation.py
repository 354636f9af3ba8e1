from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.policies.catalogue import Catalogue
from portal.policies.circumstances import Circumstances
from portal.policies.evaluation import Finding, evaluate, term_amount
from portal.policies.policy import Application, DayOfYear, Money, Per, RestsOn, Sureness, Waived, Waiver, Window
from portal.vocabulary import ClaimMode, Determination, SchoolOwnership, Stage, Verdict

TODAY = date(2026, 9, 7)
DIBAO_PUPIL = Circumstances(stage=Stage.PRIMARY, grade=4, boarding=False, categories=frozenset({"DIBAO"}))


def found(catalogue: Catalogue, code: str, circumstances: Circumstances, day: date = TODAY) -> Finding:
    return next(finding for finding in evaluate(catalogue, circumstances, day) if finding.policy == code)


def test_a_yes_says_why_in_sentences_with_the_official_category(catalogue: Catalogue) -> None:
    finding = found(catalogue, "CMP-LIVE", DIBAO_PUPIL)
    assert finding.because == ("读小学四年级", "在名单里的类别：城乡低保家庭")
    assert finding.family_because == ("读小学四年级", "在部门送来的名单里")


def test_a_no_says_for_whom_it_is_and_what_would_change_it(catalogue: Catalogue) -> None:
    pupil = replace(DIBAO_PUPIL, categories=frozenset(), determination="none")
    finding = found(catalogue, "CMP-LIVE", pupil)
    assert finding.because == (
        "这项给在特殊困难学生名单里、或学校认定为家庭经济困难的学生，现在不在这些名单里，学校没有认定过",
    )
    assert finding.change == ("家里有难处，随时可以向班主任提出认定，不用盖章",)


def test_an_unknown_names_the_fields_and_asks_in_chinese(catalogue: Catalogue) -> None:
    pupil = Circumstances(stage=Stage.VOCATIONAL, grade=1, agriculture_major=False, ownership=SchoolOwnership.PRIVATE)
    finding = found(catalogue, "VOC-FREE", pupil)
    assert finding.missing == ("school.full_time",)
    assert finding.ask == ("读的是不是全日制？",)
    assert finding.note.endswith("请向学校或县资助中心确认")


def test_an_ended_category_is_left_to_the_school_with_the_reason(catalogue: Catalogue) -> None:
    pupil = replace(DIBAO_PUPIL, categories=frozenset({"JS_JDLK"}), determination="none")
    finding = found(catalogue, "CMP-LIVE", pupil)
    assert finding.verdict is Verdict.UNKNOWN
    assert "“江苏省原建档立卡家庭”现在是否还按这一类享受" in finding.because[-1]
    assert term_amount(finding) is None


def test_a_category_the_catalogue_does_not_know_yet_is_not_a_no(catalogue: Catalogue) -> None:
    pupil = replace(DIBAO_PUPIL, categories=frozenset({"MONITORED_2027", "MONITORED_2028"}), determination="none")
    finding = found(catalogue, "CMP-LIVE", pupil)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.because[-1].startswith("名单里有新增的困难类别，能不能享受还没有写明，请向学校")


def test_amounts_not_read_at_the_source_are_shown_as_the_school_decides(catalogue: Catalogue) -> None:
    finding = found(catalogue, "CMP-LIVE", DIBAO_PUPIL)
    assert finding.sure is Sureness.REPRINT
    assert finding.note.endswith("；以学校或县资助中心为准")


def test_a_known_boarder_is_told_which_subsidy_is_paid_instead(catalogue: Catalogue) -> None:
    finding = found(catalogue, "CMP-LIVE", replace(DIBAO_PUPIL, boarding=True))
    assert finding.because[0] == "已按“义务教育家庭经济困难学生生活补助（寄宿生）”发放，同一学期不重复"
    assert "住校" in finding.because
    assert finding.family_because[0] == "已按“生活补助（住校）”发放，同一学期不重复"


def test_an_undecided_tier_gives_a_range_and_asks_for_what_decides_it(catalogue: Catalogue) -> None:
    finding = found(catalogue, "CMP-LIVE", replace(DIBAO_PUPIL, categories=None, determination=Determination.GENERAL))
    assert finding.verdict is Verdict.ENTITLED
    assert finding.amount == Money(1000, 1500, None, Per.YEAR)
    assert finding.missing == ("categories",)
    assert term_amount(finding) is None


def test_a_school_outside_the_province_is_neither_yes_nor_no(catalogue: Catalogue) -> None:
    findings = evaluate(catalogue, replace(DIBAO_PUPIL, county="419901"), TODAY)
    there = [finding for finding in findings if catalogue[finding.policy].rests_on is RestsOn.ROLL]
    assert {(finding.verdict, finding.amount) for finding in there} == {(Verdict.UNKNOWN, None)}


def test_what_rests_on_the_household_is_asked_for_where_it_is_registered(catalogue: Catalogue) -> None:
    student = Circumstances(stage=Stage.COLLEGE, categories=frozenset({"TP"}), county="329901", hukou="419901")
    finding = found(catalogue, "LOAN-ORIG", student)
    assert (finding.verdict, finding.missing) == (Verdict.UNKNOWN, ())
    assert "户口不在江苏省（代码419901），这一项在户口所在地办理" in finding.family_because
    assert found(catalogue, "UG-NG", student).verdict is Verdict.ENTITLED


def test_a_student_of_the_province_who_studies_elsewhere_may_borrow_at_home(catalogue: Catalogue) -> None:
    student = Circumstances(stage=Stage.COLLEGE, categories=frozenset({"TP"}), county="310101", hukou="329901")
    assert found(catalogue, "LOAN-ORIG", student).verdict is Verdict.ENTITLED
    assert found(catalogue, "LOAN-CAMPUS", student).verdict is Verdict.UNKNOWN


def test_one_loan_a_year_and_one_scholarship_are_said_on_both_sides(catalogue: Catalogue) -> None:
    student = Circumstances(stage=Stage.COLLEGE, grade=2, full_time=True, categories=frozenset({"TP"}), hukou="329901")
    for code, other in (("LOAN-ORIG", "LOAN-CAMPUS"), ("LOAN-CAMPUS", "LOAN-ORIG"), ("UG-NS", "UG-NIS")):
        words = f"与“{catalogue[other].family_name}”同一学年只能选一项"
        assert found(catalogue, code, student).note.startswith(words)


def test_an_ended_policy_is_neither_promised_nor_refused_to_those_it_was_for(catalogue: Catalogue) -> None:
    student = Circumstances(stage=Stage.COLLEGE, provincial=True, categories=frozenset({"JS_JDLK"}))
    ended = found(catalogue, "UG-JDLK", student, date(2026, 1, 1))
    assert (ended.verdict, ended.amount) == (Verdict.UNKNOWN, None)
    assert ended.because[-1] == ("这项政策写明到2025年12月31日为止，以后是否继续没有见到文件，请向学校或县资助中心确认")
    elsewhere = found(catalogue, "UG-JDLK", replace(student, provincial=False), date(2026, 1, 1))
    assert elsewhere.verdict is Verdict.NOT_ENTITLED


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (date(2026, 9, 30), date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2027, 9, 1), date(2027, 9, 30)),
        (date(2026, 3, 1), date(2026, 9, 1), date(2026, 9, 30)),
    ],
)
def test_the_window_is_the_present_one_or_the_next(catalogue: Catalogue, day: date, opens: date, closes: date) -> None:
    student = Circumstances(stage=Stage.COLLEGE, categories=frozenset({"TP"}))
    assert found(catalogue, "UG-NG", student, day).window == (opens, closes)


def test_a_span_that_closed_before_the_school_year_is_over_for_its_autumn_and_comes_again_in_its_summer() -> None:
    application = Application("", "", "", "", windows=(Window(DayOfYear(7, 1), DayOfYear(8, 31)),))
    assert application.closes_for(date(2026, 9, 1), date(2027, 1, 31)) == date(2026, 8, 31)
    assert application.closes_for(date(2026, 9, 1), date(2027, 7, 31)) == date(2027, 8, 31)


def test_a_window_may_run_over_the_new_year() -> None:
    window = Window(DayOfYear(12, 1), DayOfYear(2, 15))
    assert window.on(date(2027, 1, 5)) == (date(2026, 12, 1), date(2027, 2, 15))
    assert window.on(date(2026, 6, 1)) == (date(2026, 12, 1), date(2027, 2, 15))


def test_every_no_says_what_would_change_it_or_what_is_paid_instead(catalogue: Catalogue) -> None:
    pupil = replace(DIBAO_PUPIL, boarding=True, disabled=False, hukou="329901", determination="none")
    refused = [each for each in evaluate(catalogue, pupil, TODAY) if each.verdict is Verdict.NOT_ENTITLED]
    assert len(refused) > 20
    assert [each.policy for each in refused if not each.change and not each.because[0].startswith("已按")] == []


def test_the_demonstration_county_shows_its_standard_beside_the_province_s(catalogue: Catalogue) -> None:
    finding = found(catalogue, "CMP-LIVE", replace(DIBAO_PUPIL, county="329901"))
    assert (finding.layer, finding.claim_mode) == ("示例县", ClaimMode.AUTO)
    assert finding.province_amount == Money(None, None, 1500, Per.YEAR)
    assert "示例县标准1000元/年，省平均标准1500元/年" in finding.because[-1]


def test_every_pupil_is_given_a_finding_for_every_policy_in_force(catalogue: Catalogue) -> None:
    findings = evaluate(catalogue, Circumstances(), TODAY)
    assert [finding.policy for finding in findings] == [policy.code for policy in catalogue.policies]
    assert {finding.verdict for finding in findings} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("amount", "sure", "yuan"),
    [
        (Money(None, None, 1250, Per.YEAR), Sureness.REPRINT, Decimal(625)),
        (Money(None, None, 1225, Per.YEAR), Sureness.OFFICIAL, Decimal("612.5")),
        (Money(None, None, 750, Per.TERM), Sureness.REPRINT, Decimal(750)),
        (Money(None, None, 500, Per.ONCE), Sureness.REPRINT, None),
        (Money(2500, 5000, None, Per.YEAR), Sureness.REPRINT, None),
        (Money(None, None, 1250, Per.YEAR), Sureness.CONFLICT, None),
        (Money(None, None, 1250, Per.YEAR), Sureness.MEMORY, None),
        (Waiver(Waived.FEES), Sureness.OFFICIAL, None),
    ],
)
def test_yuan_a_term_is_counted_only_where_certain(
    catalogue: Catalogue, amount: Money | Waiver, sure: Sureness, yuan: Decimal | None
) -> None:
    finding = replace(found(catalogue, "CMP-LIVE", DIBAO_PUPIL), amount=amount, sure=sure)
    assert term_amount(finding) == yuan
