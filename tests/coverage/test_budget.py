"""下年度预算: pupils a grade up at next year's standard; the workbook's formulas say what the page says."""

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm
from portal.coverage import ledger
from portal.coverage.budget import Assumptions, Budget, budget
from portal.coverage.budget_sheet import workbook
from portal.models import Unit
from portal.vocabulary import Stage
from tests.builders import A_MONDAY, TERM, a_county, a_pupil, a_school
from tests.coverage.builders import CATALOGUE, a_match

FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


def listed(session: Session, count: int, stage: Stage = Stage.PRIMARY, grade: int = 4) -> Unit:
    for _ in range(count):
        a_match(session, a_pupil(session, a_school(session), id_number=None, stage=stage, grade_number=grade))
    return a_county(session)


def planned(session: Session, unit: Unit, stated: Assumptions | None = None) -> Budget:
    return budget(session, unit, SchoolTerm.parse(TERM), CATALOGUE, stated or Assumptions())


def test_pupils_move_up_a_grade_with_the_stated_allowance(session: Session) -> None:
    (line,) = planned(session, listed(session, 40)).lines
    assert (line.place.grade_words, line.moved, line.allowance, line.pupils) == ("小学五年级", 40, 2, 42)
    assert line.yuan == 42 * line.place.yuan * 2


def test_the_last_year_of_primary_comes_into_junior_at_its_standard(session: Session) -> None:
    made = planned(session, listed(session, 10, grade=6))
    assert [(line.place.stage, line.place.grade, line.moved) for line in made.lines] == [(Stage.JUNIOR, 1, 10)]
    assert made.leavers == 0


def test_who_ends_a_stage_leaves_and_first_grades_are_allowed_for(session: Session) -> None:
    listed(session, 8, Stage.JUNIOR, 3)
    made = planned(session, listed(session, 6, Stage.SENIOR, 1))
    assert made.leavers == 8
    first = next(line for line in made.lines if (line.place.stage, line.place.grade) == (Stage.SENIOR, 1))
    assert (first.now, first.moved, first.allowance) == (6, 0, 6)


@pytest.mark.parametrize(("percent", "allowance"), [(0, 0), (5, 1), (100, 10)])
def test_a_half_is_rounded_as_a_spreadsheet_does(session: Session, percent: int, allowance: int) -> None:
    (line,) = planned(session, listed(session, 10), Assumptions(growth_percent=percent)).lines
    assert line.allowance == allowance


def test_whom_one_visit_judged_the_next_does_not_judge_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = listed(session, 3)
    made = planned(session, unit)
    monkeypatch.setattr(ledger, "entitlements", None)
    assert planned(session, unit) == made


def test_every_computed_cell_is_a_formula_and_its_value_is_the_pages(session: Session) -> None:
    listed(session, 7, grade=1)
    made = planned(session, listed(session, 12))
    data = workbook(made, "示例县教育局", A_MONDAY.date(), CATALOGUE)
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name("预算").to_python()
    lines = rows[3 : 3 + len(made.lines)]
    assert [Decimal(str(row[8])) for row in lines] == [line.yuan for line in made.lines]
    assert Decimal(str(rows[3 + len(made.lines)][8])) == made.yuan
    with ZipFile(BytesIO(data)) as archive:
        found = [cell.text for cell in fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(FORMULA)]
    assert len(found) == 4 * len(made.lines) + 2
    assert "F4*G4*H4" in found and f"SUM(I4:I{3 + len(made.lines)})" in found
