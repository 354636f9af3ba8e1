"""What every reader of lines shares: sound lines one by one, and a note of whatever was wrong or repaired."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.headings.heading_line import Columns
from portal.intake.cells import CUT_BY_EXCEL, LONGEST, NotADate, cut_by_excel, read_date, unwrapped
from portal.intake.columns import our_heading
from portal.intake.problems import Problem, Repair
from portal.intake.spreadsheet import Table
from portal.privacy.document_types import NumberKind
from portal.privacy.names import damaged, tidy_name
from portal.privacy.number_traces import traces_of
from portal.privacy.resident_id import NumberReading, read_number, tidied_number
from portal.vocabulary import IntakeKind


@dataclass(frozen=True)
class PersonNumber:
    """证件号; without ``certain`` it is shown to a person and opens nothing by itself."""

    value: str | None
    certain: bool
    kind: NumberKind


_SUM = re.compile(r"\s*[合总小共]\s*计\s*(?:[:：]|$)")
_NAME_OF_DIGITS = "姓名里只有数字，可能是错了一列；请对照户口簿改正"
NO_NUMBER = PersonNumber(None, False, NumberKind.EMPTY)
SOUGHT = "这一行照收，按还看得清的部分和姓名查找，找到的由人核实"
NOT_SOUGHT = "这一行照收，号码不记，只能按姓名查找"


@dataclass
class Notes:
    """The problems and repairs of one file, by the headings as written in it."""

    kind: IntakeKind
    columns: Columns
    day: date
    problems: list[Problem] = field(default_factory=list)
    repaired: list[Repair] = field(default_factory=list)

    def refuse(self, row: int, name: str, sentence: str) -> None:
        """The row is not taken in."""
        self.problems.append(Problem(row, self.heading(name), sentence, row_kept=False))

    def remark(self, row: int, name: str, sentence: str) -> None:
        """The row is taken in; this cell is shown to a person."""
        self.problems.append(Problem(row, self.heading(name), sentence, row_kept=True))

    def heading(self, name: str) -> str:
        return self.columns.written.get(name) or our_heading(self.kind, name)

    def sorted_problems(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: problem.row)

    def lines(self, table: Table) -> Iterator[tuple[int, dict[str, str]]]:
        """Row and cells by field; refuses a line that is shifted, no person's, or has a cell of absurd length.

        A file that looks like another kind is remarked. The table is empty afterwards.
        """
        if self.columns.foreign:
            seen = "、".join(self.columns.foreign)
            odd = f"有“{seen}”，却没有{self.kind.label}才有的列；照样导入，请核对是不是拿错了文件"
            self.problems.append(Problem(table.heading_row, "表头", odd, row_kept=True))
        width = len(table.headings)
        for row, cells in table.taken_out():
            if len(cells) > width and any(cells[width:]):
                self.refuse(row, "name", "这一行比表头多出内容，可能某格里的逗号没有加引号；请改正后重新导入这一行")
                continue
            values = self.columns.values(cells)
            if max(map(len, values.values())) > LONGEST:
                longest = max(values, key=lambda name: len(values[name]))
                self.refuse(row, longest, f"这一格超过{LONGEST}个字，不像名单里的内容；请改正后重新导入这一行")
                continue
            name = tidy_name(values["name"])
            if not name:
                self.refuse(row, "name", "姓名没有填写；请补上后重新导入这一行")
                continue
            if name == self.columns.written["name"] or _SUM.match(name) or _SUM.match(values.get("row_id", "")):
                self.refuse(row, "name", "这一行是表头或合计，不是一个人，没有导入")
                continue
            values["name"] = name
            if sentence := damaged(name) or (_NAME_OF_DIGITS if name.isdecimal() else None):
                self.remark(row, "name", sentence)
            yield row, values

    def person_number(self, row: int, name: str, text: str, id_type: str | None = None) -> PersonNumber | None:
        """None when the number is wrong beyond lossless repair: the row is refused then."""
        return self._told(row, name, text, read_number(text, id_type, self.day))

    def listed_number(self, row: int, name: str, text: str) -> PersonNumber:
        """Of an entry or a guardian: the row stays, and what can be read of a wrong number leads to the child."""
        reading = read_number(text, None, self.day)
        if reading.problem is None or reading.value or reading.kind is NumberKind.DUMMY:
            return self._told(row, name, text, reading) or NO_NUMBER
        legible = traces_of(text, self.day).pattern
        self.remark(row, name, f"{reading.problem}；{SOUGHT if legible else NOT_SOUGHT}")
        return PersonNumber(tidied_number(text)[0] if legible else None, False, reading.kind)

    def _told(self, row: int, name: str, text: str, reading: NumberReading) -> PersonNumber | None:
        if reading.repairs and reading.value:
            self.repaired.append(Repair(row, self.heading(name), str(text), reading.value))
        if reading.problem is None:
            return PersonNumber(reading.value or None, reading.certain, reading.kind)
        if reading.value or reading.kind is NumberKind.DUMMY:
            self.remark(row, name, reading.problem)
            return PersonNumber(reading.value or None, False, reading.kind)
        self.refuse(row, name, reading.problem)
        return None

    def code(self, row: int, name: str, text: str) -> str:
        """A number that is no 证件号 (学籍号, 标识码): as written, unless Excel cut it or wrapped it."""
        if cut_by_excel(text):
            self.remark(row, name, CUT_BY_EXCEL)
            return ""
        code, as_written = unwrapped(text), text.strip()
        if code != as_written:
            self.repaired.append(Repair(row, self.heading(name), as_written, code))
        return code

    def day_of(self, row: int, name: str, text: str, read: Callable[[str], date | None] = read_date) -> date | None:
        """The day in a cell; one that cannot be read is left empty and remarked."""
        try:
            return read(text)
        except NotADate:
            self.remark(row, name, "不是能读的日期，没有记下；请写成 2016-03-05 这样的年月日")
            return None
