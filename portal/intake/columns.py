"""Which column of a file is which field, and a refusal where that cannot be said."""

from collections.abc import Iterator, Sequence

from portal.headings.columns import KINDS
from portal.headings.heading_line import Columns, columns_of, tidy_heading
from portal.intake.problems import UnreadableFile
from portal.vocabulary import IntakeKind


def find_columns(headings: Sequence[str], kind: IntakeKind, *, also_required: Sequence[str] = ()) -> Columns:
    """The columns of a file by its headings; refuses a file without the required ones or with one field twice."""
    columns = columns_of(headings, kind)
    if columns.doubled:
        field, first, second = columns.doubled
        raise UnreadableFile(
            f"“{first}”和“{second}”两列都像是“{our_heading(kind, field)}”，"
            "不知道该用哪一列：请删去一列或改掉一个表头后再导入。"
        )
    missing = list(_missing(kind, columns.positions, also_required))
    if missing:
        found = "、".join(tidy_heading(heading) for heading in headings if heading.strip())
        other = f"（像是拿错了文件：有“{'、'.join(columns.foreign)}”）" if columns.foreign else ""
        raise UnreadableFile(
            f"这份{kind.label}{other}缺少“{'”“'.join(missing)}”列；表头里找到的是：{found[:200]}。请补上这一列（名称照抄）后再导入。"
        )
    return columns


def our_heading(kind: IntakeKind, field: str) -> str:
    """The contract's heading of a field, for files that lack the column."""
    return next(column.heading for column in KINDS[kind] if column.field == field)


def _missing(kind: IntakeKind, positions: dict[str, int], also_required: Sequence[str]) -> Iterator[str]:
    for column in KINDS[kind]:
        if (column.required or column.field in also_required) and column.field not in positions:
            yield column.heading
