"""受助名单: a file with the line of the child that most tests are about."""

from types import SimpleNamespace

from sqlalchemy.orm import Session

from portal.coverage.awards import keep_awards
from portal.intake.findings import Findings
from portal.intake.spreadsheet import read_table
from portal.models import Unit
from portal.vocabulary import IntakeKind
from tests.builders import A_MONDAY, a_county, an_intake

HEAD = "姓名,身份证件号,学校标识码,资助项目,学年,学期,金额,发放日期,收款账户户主"
GOOD = "王小雨,329901201603050015,3299010001,义务教育家庭经济困难学生生活补助,2026-2027,秋季学期,500,2026-10-12,王丽"


def imported(session: Session, *lines: str, unit: Unit | None = None) -> Findings:
    table = read_table("\n".join((HEAD, *lines)).encode(), "受助名单.csv")
    intake = an_intake(session, unit or a_county(session), IntakeKind.AWARDS)
    nobody_watches = SimpleNamespace(step=lambda words: None, done=0)
    return keep_awards(session, intake, table, A_MONDAY, nobody_watches)
