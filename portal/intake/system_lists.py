"""A list exported from 全国系统 or 就学信息库, read line by line to be laid beside the ledger."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.clock import SchoolTerm, today
from portal.intake.awards import UnclearCell, read_amount, read_school_year, read_term
from portal.intake.bulk import without_collection
from portal.intake.cells import plain
from portal.intake.columns import find_columns
from portal.intake.notes import NO_NUMBER, Notes
from portal.intake.problems import Problem, Repair
from portal.intake.spreadsheet import Table
from portal.vocabulary import IntakeKind

_YES = frozenset({"是", "有", "已受助", "已资助", "受助", "已发放", "1", "y", "yes"})


@dataclass(frozen=True, slots=True)
class SystemListLine:
    """``aided`` by its own word, or because it has a sum."""

    row: int
    name: str
    id_no: str | None
    policy: str
    aided: bool
    yuan: Decimal | None
    reason: str


@dataclass(frozen=True)
class SystemList:
    """``rows`` counts the lines that were not blank; ``dropped`` are headings whose columns were not read."""

    lines: list[SystemListLine]
    repaired: list[Repair]
    problems: list[Problem]
    dropped: tuple[str, ...]
    rows: int


@without_collection()
def read_system_list(table: Table, kind: IntakeKind, term: SchoolTerm, *, day: date | None = None) -> SystemList:
    """Lines of another term are left out and said; a line that names no term is of the one the file came in for."""
    columns = find_columns(table.headings, kind)
    notes = Notes(kind, columns, day or today())
    rows = len(table.lines)
    lines = [line for row, values in notes.lines(table) if (line := _line(row, values, notes, term))]
    return SystemList(lines, notes.repaired, notes.sorted_problems(), columns.dropped, rows)


def _line(row: int, values: dict[str, str], notes: Notes, term: SchoolTerm) -> SystemListLine | None:
    number = notes.person_number(row, "id_no", values["id_no"]) if values["id_no"] else NO_NUMBER
    if number is None:
        return None
    at = "school_year"
    try:
        written = values.get("school_year", "")
        of_year = not written or read_school_year(written) == term.school_year
        at = "term"
        half = read_term(values.get("term", ""))
        at = "amount"
        yuan = read_amount(values["amount"]) if values.get("amount", "").strip("0. ") else None
    except UnclearCell as error:
        notes.refuse(row, at, str(error))
        return None
    if not of_year or (half is not None and half is not term.half):
        notes.refuse(row, "term", f"不是{term.label}的，没有比")
        return None
    aided = plain(values.get("aided", "")).lower() in _YES or yuan is not None
    reason = " ".join(values.get("reason", "").split())
    return SystemListLine(
        row, values["name"], number.value if number.certain else None, plain(values.get("policy", "")),
        aided and not reason, yuan, reason,
    )  # fmt: skip
