"""回填模板: which ledger rows are typed into which other system, in which columns (N3-17).

Where nobody has published the columns, the table says so, and so does the page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, not_, or_, true

from portal.clock import SchoolTerm
from portal.coverage.reasons import label_of
from portal.coverage.totals import COUNTED_AS_AIDED, is_in_gap
from portal.models import EnrolmentRecord, Entitlement, Pupil, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.document_types import NumberKind
from portal.privacy.masking import mask_name, mask_number
from portal.vocabulary import EntitlementState


@dataclass(frozen=True)
class Line:
    """A ledger row beside its pupil and the class of the term; ``plain`` numbers and names stand in full."""

    row: Entitlement
    pupil: Pupil
    school: Unit
    record: EnrolmentRecord | None
    policy_name: str
    plain: bool

    @property
    def term(self) -> SchoolTerm:
        return SchoolTerm.parse(self.row.term)

    @property
    def aided(self) -> bool:
        return self.row.state in COUNTED_AS_AIDED and self.row.paid_yuan > 0


def _name(line: Line) -> str:
    return (line.pupil.name or "") if line.plain else mask_name(line.pupil.name or "")


def _number(line: Line) -> str:
    number = line.pupil.id_number or ""
    return number if line.plain else mask_number(number)


def _roll_number(line: Line) -> str:
    number = line.pupil.student_number or ""
    return number if line.plain else mask_number(number)


def _number_type(line: Line) -> str:
    return NumberKind(line.pupil.id_type).label if line.pupil.id_type else ""


def _due(line: Line) -> str:
    return "" if line.row.due_yuan is None else f"{line.row.due_yuan:.2f}"


def _paid(line: Line) -> str:
    return f"{line.row.paid_yuan:.2f}" if line.aided else ""


def _reason(line: Line) -> str:
    return "" if line.aided else label_of(line.row.reason)


@dataclass(frozen=True)
class Column:
    """``sure`` where a source that we read names the column; the others are what such a list must say."""

    heading: str
    cell: Callable[[Line], str]
    sure: bool = True


NAME = Column("姓名", _name)
NUMBER_TYPE = Column("身份证件类型", _number_type)
NUMBER = Column("身份证件号", _number)
ROLL_NUMBER = Column("学籍号", _roll_number)
SCHOOL_CODE = Column("学校标识码", lambda line: line.school.code)
SCHOOL = Column("学校名称", lambda line: line.school.name)
GRADE = Column("年级", lambda line: line.record.grade if line.record else "", sure=False)
CLASS = Column("班级", lambda line: line.record.class_name if line.record else "", sure=False)
PROJECT = Column("资助项目", lambda line: line.policy_name)
YEAR = Column("学年", lambda line: line.term.school_year)
TERM = Column("学期", lambda line: line.term.half.label)
DUE = Column("金额", _due)
AIDED = Column("是否受助", lambda line: "是" if line.aided else "否", sure=False)
PAID = Column("受助金额", _paid, sure=False)
REASON = Column("未资助原因", _reason)


@dataclass(frozen=True)
class Template:
    """``holds`` says which rows are to be typed; ``watches`` what, once changed, is to be typed again."""

    code: str
    system: str
    label: str
    columns: tuple[Column, ...]
    holds: Callable[[], ColumnElement[bool]]
    watches: tuple[str, ...]
    says: str
    """Where the columns are from, and what nobody could say."""

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(column.heading for column in self.columns)

    def cells(self, line: Line) -> tuple[str, ...]:
        return tuple(column.cell(line) for column in self.columns)


def _to_be_aided() -> ColumnElement[bool]:
    """A sum is due, and the school said that the child is there."""
    return and_(is_in_gap(), Entitlement.due_yuan.is_not(None), Entitlement.state != EntitlementState.MATCHED)


def _not_aided() -> ColumnElement[bool]:
    return and_(Entitlement.reason.is_not(None), or_(not_(_is_paid()), Entitlement.paid_yuan == 0))


def _is_paid() -> ColumnElement[bool]:
    return Entitlement.state.in_(COUNTED_AS_AIDED)


UNPUBLISHED = "2025、2026 年的模板列序没有公开；上传前请与系统里下载的模板逐列对照，不一致的告诉管理员。"
TEMPLATES = {
    template.code: template
    for template in (
        Template(
            "national-awards", "全国系统", "资助名单录入",
            (NAME, NUMBER_TYPE, NUMBER, SCHOOL_CODE, SCHOOL, GRADE, CLASS, PROJECT, YEAR, TERM, DUE),
            _to_be_aided, ("due_yuan",),
            "已知“资助名单录入”的模板有金额、学年、学期，学期写“秋季学期”“春季学期”或“全学年”。" + UNPUBLISHED,
        ),
        Template(
            "national-reasons", "全国系统", "未资助原因录入",
            (NAME, NUMBER_TYPE, NUMBER, SCHOOL_CODE, SCHOOL, GRADE, CLASS, PROJECT, YEAR, TERM, REASON),
            _not_aided, ("reason",),
            "未资助原因没有查到官方代码表，这里写的是门户的原因名称，录入时选意思相同的一项。" + UNPUBLISHED,
        ),
        Template(
            "library", "就学信息库", "受助情况和未资助原因",
            (
                NAME, NUMBER_TYPE, NUMBER, ROLL_NUMBER, SCHOOL_CODE, SCHOOL, GRADE, CLASS,
                PROJECT, YEAR, TERM, AIDED, PAID, REASON,
            ),
            true, ("paid_yuan", "reason"),
            "就学信息库要填受助情况和准确的未资助原因，列名没有公开。困难类别库里本来就有，不再导出。" + UNPUBLISHED,
        ),
    )
}  # fmt: skip


def line_of(row: Entitlement, record: EnrolmentRecord | None, catalogue: Catalogue, plain: bool) -> Line:
    return Line(row, row.pupil, row.school, record, catalogue[row.policy].name, plain)
