"""回填模板: which ledger rows are typed into which other system, in which columns (N3-17).

Where nobody has published the columns, the table says so, and so does the page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, true, tuple_
from sqlalchemy.orm import aliased

from portal.clock import SchoolTerm
from portal.coverage.economics import NOTHING, Economics
from portal.coverage.reasons import label_of
from portal.coverage.totals import COUNTED_AS_AIDED, is_in_gap
from portal.models import BackFill, DeterminationRecord, EnrolmentRecord, Entitlement, Pupil, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.document_types import NumberKind
from portal.privacy.masking import mask_name, mask_number
from portal.vocabulary import Determination, DeterminationRoute, EntitlementState


@dataclass(frozen=True)
class Line:
    """A ledger row beside its pupil and the class of the term; ``plain`` numbers and names stand in full."""

    row: Entitlement
    pupil: Pupil
    school: Unit
    record: EnrolmentRecord | None
    policy_name: str
    plain: bool
    economics: Economics = NOTHING

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


def _level(line: Line) -> str:
    determination = line.economics.determination
    return Determination(determination.level).label if determination and determination.level else ""


def _decided_on(line: Line) -> str:
    determination = line.economics.determination
    return f"{determination.decided_on:%Y%m%d}" if determination else ""


def _determined_because(line: Line) -> str:
    determination = line.economics.determination
    if determination is None:
        return ""
    listed = determination.route is DeterminationRoute.LISTED
    return determination.words or ("在特殊困难学生名单里" if listed else "")


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
CATEGORIES = Column("特殊困难类型", lambda line: "、".join(line.economics.categories), sure=False)
LEVEL = Column("认定等级", _level)
DECIDED_ON = Column("认定时间", _decided_on)
DETERMINED_BECAUSE = Column("认定原因", _determined_because)


def _never(_term: SchoolTerm) -> ColumnElement[bool]:
    """What a template says of itself is in the row alone."""
    return false()


@dataclass(frozen=True)
class Template:
    """``holds`` says which rows are to be typed; ``watches`` what, once changed, is to be typed again, and so is a row
    that ``moved_on`` since its mark. ``of_family``: it asks for the pupil's ``economics``, and the mark is the pupil's.
    """

    code: str
    system: str
    label: str
    columns: tuple[Column, ...]
    holds: Callable[[], ColumnElement[bool]]
    watches: tuple[str, ...]
    says: str
    """Where the columns are from, and what nobody could say."""
    moved_on: Callable[[SchoolTerm], ColumnElement[bool]] = _never
    of_family: bool = False

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


def _one_of_each_pupil() -> ColumnElement[bool]:
    """The first that was opened."""
    other = aliased(Entitlement)
    beside = (other.pupil_id == Entitlement.pupil_id, other.school_id == Entitlement.school_id)
    before = tuple_(other.opened_at, other.id) < tuple_(Entitlement.opened_at, Entitlement.id)
    return not_(exists().where(*beside, other.term == Entitlement.term, not_(other.retracted), before))


def _determined_since(term: SchoolTerm) -> ColumnElement[bool]:
    """For the school year of the term."""
    of_pupil = DeterminationRecord.pupil_id == Entitlement.pupil_id
    of_year = DeterminationRecord.school_year == term.school_year
    return exists().where(of_pupil, of_year, DeterminationRecord.recorded_at > BackFill.filled_at)


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
            "national-family", "全国系统", "家庭经济信息录入",
            (
                NAME, NUMBER_TYPE, NUMBER, SCHOOL_CODE, SCHOOL, GRADE, CLASS, YEAR, TERM,
                CATEGORIES, LEVEL, DECIDED_ON, DETERMINED_BECAUSE,
            ),
            _one_of_each_pupil, (),
            "每名学生一行。特殊困难类型只写部门名单上有、或县里认定的；没有依据的留空，不要填“否”。认定等级、认定时间、认定原因"
            "来自学生页登记的认定，没有登记的先登记。认定改了会提示重新录入，部门名单变了不会，"
            "要自己对照。" + UNPUBLISHED,
            moved_on=_determined_since, of_family=True,
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


def line_of(
    row: Entitlement, record: EnrolmentRecord | None, catalogue: Catalogue, plain: bool, economics: Economics
) -> Line:
    return Line(row, row.pupil, row.school, record, catalogue[row.policy].name, plain, economics)
