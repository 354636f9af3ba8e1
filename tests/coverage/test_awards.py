from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.coverage import progress
from portal.coverage.projects import policy_of
from portal.intake.findings import Findings
from portal.models import Award, Entitlement
from portal.vocabulary import Stage
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school
from tests.coverage.award_files import GOOD, imported
from tests.coverage.builders import a_row


def problems(found: Findings) -> list[str]:
    return [problem.problem for problem in found.problems]


def test_the_paid_file_makes_the_row_paid(session: Session) -> None:
    row = a_row(session)
    found = imported(session, GOOD)
    assert (found.rows, found.kept, found.problems) == (1, 1, ())
    assert (row.state, row.paid_yuan, row.closed_on) == ("paid", 500, None)
    award = session.scalars(select(Award)).one()
    assert (award.policy, award.term, award.yuan, award.paid_on) == ("CMP-LIVE", TERM, 500, date(2026, 10, 12))
    assert award.payee == "王丽"


def test_the_same_file_again_adds_nothing(session: Session) -> None:
    row = a_row(session)
    imported(session, GOOD)
    progress.note_received(session, row, "family", A_MONDAY)
    assert imported(session, GOOD).problems == ()
    assert session.scalar(select(func.count()).select_from(Award)) == 1
    assert row.state == "received"


def test_two_payments_of_a_term_are_summed(session: Session) -> None:
    row = a_row(session)
    half = GOOD.replace(",500,", ",250,")
    assert imported(session, half, half.replace("10-12", "11-12")).problems == ()
    assert row.paid_yuan == 500


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (GOOD.replace("329901201603050015", "329901201809170039"), "本单位的学籍里没有这个学生"),
        (GOOD.replace("王小雨", "张三"), "证件号与学籍一致而姓名不同"),
        (GOOD.replace("义务教育家庭经济困难学生生活补助", "校服费"), "资助项目“校服费”不认识"),
    ],
)
def test_what_is_not_ours_or_not_known_is_said_and_not_kept(session: Session, line: str, sentence: str) -> None:
    row = a_row(session)
    found = imported(session, line)
    assert found.kept == 0
    assert [sentence in problem for problem in problems(found)] == [True]
    assert row.state == "matched"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (GOOD.replace(",500,", ",300,"), "已发300元，本学期应发500元"),
        (GOOD.replace("2026-10-12", ""), "发放日期没有填写"),
        (GOOD.replace("王丽", "陈明"), "收款账户户主不是学生本人"),
        (GOOD.replace("3299010001", "3299010009"), "与名单上的学校不同"),
    ],
)
def test_a_difference_is_listed_and_the_award_kept(session: Session, line: str, sentence: str) -> None:
    row = a_row(session)
    found = imported(session, line)
    assert found.kept == 1
    assert [sentence in problem for problem in problems(found)] == [True]
    assert row.state == "paid"


def test_an_award_without_a_row_is_kept_and_listed(session: Session) -> None:
    a_pupil(session)
    found = imported(session, GOOD)
    assert (found.kept, session.scalar(select(func.count()).select_from(Entitlement))) == (1, 0)
    assert "台账里没有这一行" in problems(found)[0]


def test_another_countys_file_cannot_ask_about_our_pupils(session: Session) -> None:
    row = a_row(session)
    found = imported(session, GOOD, unit=a_county(session, "329902", "邻县"))
    assert (found.kept, row.state) == (0, "matched")


def test_the_dot_in_a_name_may_be_any_dot(session: Session) -> None:
    a_pupil(session, a_school(session), "阿依古丽·买买提", "329901200906200047", stage=Stage.SENIOR)
    line = GOOD.replace("王小雨", "阿依古丽.买买提").replace("329901201603050015", "329901200906200047")
    assert imported(session, line.replace("义务教育家庭经济困难学生生活补助", "国家助学金")).kept == 1
    assert session.scalars(select(Award)).one().policy == "HIGH-GRANT"


@pytest.mark.parametrize(
    ("written", "held", "stage", "policy"),
    [
        ("国家助学金", set(), Stage.COLLEGE, "UG-NG"),
        ("生活补助", {"CMP-LIVE-B"}, Stage.PRIMARY, "CMP-LIVE-B"),
        ("义务教育家庭经济困难学生生活补助（寄宿生）", set(), Stage.PRIMARY, "CMP-LIVE-B"),
        ("cmp-live", set(), None, "CMP-LIVE"),
        ("国家助学金", set(), Stage.PRIMARY, None),
    ],
)
def test_a_projects_name_means_the_policy_its_pupil_has(
    written: str, held: set[str], stage: Stage | None, policy: str | None
) -> None:
    assert policy_of(written, held, stage, {}) == policy
