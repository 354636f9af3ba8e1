from datetime import date
from decimal import Decimal

import pytest

from portal.intake.awards import Awards, UnclearCell, read_amount, read_awards, read_school_year, read_term
from portal.intake.spreadsheet import read_table
from portal.vocabulary import Term
from tests.intake import files

HEADINGS = ["姓名", "身份证件号", "学校标识码", "资助项目", "学年", "学期", "金额", "发放日期", "收款账户户主"]


def awards(*rows: str) -> Awards:
    table = read_table(files.csv(HEADINGS, *(row.split(",") for row in rows)), "受助名单.csv")
    return read_awards(table, day=date(2026, 12, 1))


def test_a_grant_is_read():
    found = awards(f"王小雨,{files.XIAOYU},3299010001,义务教育生活补助,2026-2027,秋季学期,500.00,2026-11-20,王丽")
    (line,) = found.lines
    assert (line.school_year, line.term, line.amount) == ("2026-2027", Term.AUTUMN, Decimal("500.00"))
    assert (line.policy, line.paid_on, line.account_holder) == ("义务教育生活补助", date(2026, 11, 20), "王丽")


@pytest.mark.parametrize("text", ["2026-2027", "2026-2027学年", "2026—2027学年度", "2026/27", "2026学年", "2026"])
def test_a_school_year_has_one_form(text):
    assert read_school_year(text) == "2026-2027"


@pytest.mark.parametrize("text", ["2026-2028", "", "26-27"])
def test_what_is_no_school_year_is_said(text):
    with pytest.raises(UnclearCell):
        read_school_year(text)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("秋季学期", Term.AUTUMN),
        ("春", Term.SPRING),
        ("第二学期", Term.SPRING),
        ("2026秋", Term.AUTUMN),
        ("2026-2027学年第1学期", Term.AUTUMN),
        ("全学年", None),
        ("", None),
    ],
)
def test_a_term_is_known_by_its_usual_words(text, term):
    assert read_term(text) is term


@pytest.mark.parametrize(("text", "amount"), [("1,250元", "1250"), ("￥500.5", "500.5"), ("２０００", "2000")])
def test_an_amount_is_exact(text, amount):
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("王小雨,329901201603050014,,生活补助,2026,秋,500,,", "身份证件号"),
        (f"王小雨,{files.XIAOYU},,,2026,秋,500,,", "资助项目"),
        (f"王小雨,{files.XIAOYU},,生活补助,去年,秋,500,,", "学年"),
        (f"王小雨,{files.XIAOYU},,生活补助,2026,夏,500,,", "学期"),
        (f"王小雨,{files.XIAOYU},,生活补助,2026,秋,-500,,", "金额"),
    ],
)
def test_a_grant_that_is_not_clear_is_refused_with_its_cell(row, column):
    found = awards(row)
    assert found.lines == []
    assert [(problem.row, problem.column, problem.row_kept) for problem in found.problems] == [(2, column, False)]
