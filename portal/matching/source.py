"""A file to match, opened: which of its columns are read, and one sentence where it cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Union

from portal.headings.columns import KINDS
from portal.headings.heading_line import WITHIN, Columns, columns_of, heading_line
from portal.vocabulary import IntakeKind

if TYPE_CHECKING:
    import pyarrow as pa

READ = (
    *("row_id", "name", "former_name", "sex", "birth_date", "id_type", "id_no", "g1_name", "g1_id", "g2_name", "g2_id"),
    *("hukou_div", "household_id", "county", "category", "valid_from", "valid_to"),
)
"""The columns that matching looks at; a file may lack all but ``name``."""
LINE = "line"
"""Beside them in a ``Source.table`` of rows: which line of the data it is, counted from 0."""


class MatchFilesError(Exception):
    """One Chinese sentence: which file, what is wrong, what to do."""


@dataclass(frozen=True)
class Source:
    """``table`` is a parquet path or the rows themselves; ``columns`` names where each column that is read stands.

    ``dropped`` are the headings that no kind of such file has, ``foreign`` those that make it look like the other file.
    """

    path: Path
    kind: IntakeKind
    table: Union[Path, "pa.Table"]
    columns: dict[str, str]
    dropped: tuple[str, ...]
    foreign: tuple[str, ...]

    @property
    def has_row_ids(self) -> bool:
        """Whether the file brings its own row numbers (序号)."""
        return "row_id" in self.columns


def place_headings(path: Path, lines: Sequence[Sequence[str]], kind: IntakeKind) -> tuple[int, Columns]:
    """The line (from 0) of the headings among the first ones, and the columns; refuses a file without 姓名."""
    if not any(cell.strip() for cells in lines for cell in cells):
        raise MatchFilesError(f"{path.name} 是空的，请确认选对了文件。")
    at, known = heading_line(lines)
    if not known:
        raise MatchFilesError(
            f"{path.name} 前 {WITHIN} 行里找不到带“姓名”的标题行，请在第一行写上列名（如 姓名、身份证件号）。"
        )
    return at, columns_in(path, lines[at], kind)


def columns_in(path: Path, headings: Sequence[str], kind: IntakeKind) -> Columns:
    """The columns by their headings; refuses a file without 姓名, or with two columns that look like one field."""
    columns = columns_of(headings, kind)
    if columns.doubled:
        field, first, second = columns.doubled
        ours = next(column.heading for column in KINDS[kind] if column.field == field)
        raise MatchFilesError(f"{path.name} 里“{first}”和“{second}”都像是“{ours}”，请删去一列或改掉一个列名。")
    if "name" not in columns.positions:
        raise MatchFilesError(f"{path.name} 里没有“姓名”这一列，请检查标题行。")
    return columns
