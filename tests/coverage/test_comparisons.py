"""系统名单: read and laid beside the ledger, both ways; what agrees is known to be typed there."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import scope_of
from portal.coverage import comparisons
from portal.coverage.comparisons import Asked, Kind
from portal.coverage.system_lists import keep_list
from portal.intake.findings import Findings
from portal.intake.spreadsheet import read_table
from portal.models import BackFill, Unit
from portal.vocabulary import IntakeKind
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school, an_intake
from tests.coverage.builders import CATALOGUE, a_row

HEAD = "姓名,身份证件号,资助项目,学年,学期,金额,未资助原因"
ME = "王小雨,329901201603050015,义务教育家庭经济困难学生生活补助,2026-2027,秋季学期"
AIDED, PENDING = f"{ME},500,", f"{ME},,手续、发放中（待补发）"


def came_in(session: Session, *lines: str, unit: Unit | None = None) -> Findings:
    table = read_table("\n".join((HEAD, *lines)).encode(), "名单.csv")
    intake = an_intake(session, unit or a_county(session), IntakeKind.NATIONAL_LIST)
    nobody_watches = SimpleNamespace(step=lambda words: None, done=0)
    return keep_list(session, intake, table, A_MONDAY, nobody_watches)


def told(session: Session) -> dict[Kind, list[tuple[str, str]]]:
    asked = Asked(scope_of(a_county(session)), TERM, IntakeKind.NATIONAL_LIST)
    found = {kind: comparisons.lines(session, asked, kind, CATALOGUE, 0, 50) for kind in Kind}
    assert {kind: comparisons.count(session, asked, kind) for kind in Kind} == {
        kind: len(lines) for kind, lines in found.items()
    }
    return {kind: [(line.here, line.there) for line in lines] for kind, lines in found.items() if lines}


def test_the_same_reason_on_both_sides_is_no_difference_and_is_back_filled(session: Session) -> None:
    a_row(session)
    came_in(session, PENDING)
    assert told(session) == {}
    assert [(mark.template, mark.by) for mark in session.scalars(select(BackFill))] == [("national-reasons", "portal")]


@pytest.mark.parametrize(
    ("line", "kind", "here", "there"),
    [
        (f"{ME},,已毕业、结业", Kind.REASON, "未受助：手续、发放中（待补发）", "未受助：已毕业、结业（第2行）"),
        (f"{ME},,家里有车", Kind.REASON, "未受助：手续、发放中（待补发）", "未受助：家里有车（第2行）"),
        (AIDED, Kind.AIDED, "未受助：手续、发放中（待补发）", "受助500元（第2行）"),
    ],
)
def test_where_both_speak_and_disagree_both_are_told(
    session: Session, line: str, kind: Kind, here: str, there: str
) -> None:
    a_row(session)
    came_in(session, line)
    assert told(session) == {kind: [(here, there)]}


def test_who_stands_in_one_alone_is_told_both_ways(session: Session) -> None:
    a_row(session)
    came_in(session, f"赵远,419901201510010067,{ME.split(',', 2)[2]},500,")
    assert told(session) == {
        Kind.ONLY_HERE: [("未受助：手续、发放中（待补发）", "没有这个学生的这一项")],
        Kind.ONLY_THERE: [("没有这一行", "受助500元（第2行）")],
    }


def test_a_school_whose_list_never_came_in_is_not_said_to_lack_anybody(session: Session) -> None:
    row, other = a_row(session), a_school(session, code="3299010002", name="二小")
    came_in(session, f"赵远,419901201510010067,{ME.split(',', 2)[2]},500,", unit=other)
    assert list(told(session)) == [Kind.ONLY_THERE]
    came_in(session, unit=row.school)
    assert list(told(session)) == [Kind.ONLY_HERE, Kind.ONLY_THERE]


def test_a_pupil_of_ours_without_a_row_is_only_there(session: Session) -> None:
    a_pupil(session)
    came_in(session, AIDED)
    assert list(told(session)) == [Kind.ONLY_THERE]


def test_the_next_list_takes_the_place_of_the_last(session: Session) -> None:
    a_row(session)
    came_in(session, AIDED)
    came_in(session, PENDING)
    assert told(session) == {}


def test_a_line_of_another_term_is_said_and_not_compared(session: Session) -> None:
    row = a_row(session)
    found = came_in(session, AIDED.replace("秋季", "春季"))
    assert (found.kept, found.problems[0].problem) == (0, "不是2026年秋季学期的，没有比")
    assert row.paid_yuan == 0


def test_the_list_changes_no_row(session: Session) -> None:
    row = a_row(session)
    came_in(session, AIDED)
    assert (row.state, row.paid_yuan, row.reason) == ("matched", 0, "R16")
