"""困难群体名单 read line by line; the address and whatever else was not agreed is dropped at the door (N5-4)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.clock import today
from portal.intake.bulk import without_collection
from portal.intake.cells import open_ended, plain, read_last_day, unwrapped
from portal.intake.columns import find_columns
from portal.intake.notes import NO_NUMBER, Notes
from portal.intake.problems import Problem, Repair
from portal.intake.spreadsheet import Table
from portal.privacy.document_types import NumberKind
from portal.vocabulary import IntakeKind


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One person on one list; ``category`` is the code of the hardship category, ``valid_to`` None without end."""

    row: int
    serial: str
    source: str
    category: str
    name: str
    id_type: NumberKind
    id_no: str | None
    id_certain: bool
    household_id: str
    county: str
    relation: str
    valid_from: date | None
    valid_to: date | None
    valid_to_unreadable: bool


@dataclass(frozen=True)
class Register:
    """``rows`` counts the lines that were not blank; ``dropped`` and ``read`` are headings whose columns were and
    were not kept."""

    lines: list[RegisterLine]
    repaired: list[Repair]
    problems: list[Problem]
    dropped: tuple[str, ...]
    rows: int
    read: tuple[str, ...]


_MARKS = re.compile(r"[\s()\[\]【】“”\"'、,，.。:：;；_-]+|^\d+(?=\D)")
_ENDINGS = ("家庭学生", "家庭成员", "家庭", "户", "对象", "人员", "人口", "学生", "儿童")


def category_code(text: str, codes: Mapping[str, str]) -> str | None:
    """The code for a category as somebody wrote it; ``codes`` maps names as ``category_key`` folds them to codes."""
    key = category_key(text)
    if key in codes:
        return codes[key]
    for ending in _ENDINGS:
        if key.endswith(ending) and key.removesuffix(ending) in codes:
            return codes[key.removesuffix(ending)]
    return None


def category_key(text: str) -> str:
    """A category's name without brackets, blanks, a leading number and case: 「(5) 城乡低保」 is 城乡低保."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", _MARKS.sub("", folded))


def category_keys(category_codes: Mapping[str, str]) -> dict[str, str]:
    """Every name, other spelling and code as ``category_key`` folds it, and the code it stands for."""
    names = {category_key(name): code for name, code in category_codes.items()}
    return names | {category_key(code): code for code in category_codes.values()}


@without_collection()
def read_register(
    table: Table, *, category_codes: Mapping[str, str], default_category: str | None = None, day: date | None = None
) -> Register:
    """``category_codes`` maps every known name and code to a code; ``default_category`` fills an empty 困难类别."""
    columns = find_columns(table.headings, IntakeKind.REGISTER, also_required=() if default_category else ("category",))
    dropped = columns.dropped
    if "address" in columns.positions:
        dropped = (*dropped, columns.written["address"])
    notes = Notes(IntakeKind.REGISTER, columns, day or today())
    codes = category_keys(category_codes)
    known: dict[str, str | None] = {"": default_category}
    rows, lines = len(table.lines), []
    for row, values in notes.lines(table):
        written = values.get("category", "").strip()
        if written not in known:
            known[written] = category_code(written, codes)
        category = known[written]
        if category is None:
            notes.refuse(row, "category", _unknown_category(written, category_codes))
            continue
        number = notes.listed_number(row, "id_no", values["id_no"]) if values["id_no"] else NO_NUMBER
        first_day = notes.day_of(row, "valid_from", values.get("valid_from", ""))
        last_day = notes.day_of(row, "valid_to", values.get("valid_to", ""), read_last_day)
        if first_day and last_day and last_day < first_day:
            notes.remark(row, "valid_to", "有效期止早于有效期起，照写的记下，不会作为确定匹配；请核对")
        lines.append(
            RegisterLine(
                row=row,
                serial=unwrapped(values.get("row_id", "")),
                source=values.get("register", "").strip(),
                category=category,
                name=values["name"],
                id_type=number.kind,
                id_no=number.value,
                id_certain=number.certain,
                household_id=notes.code(row, "household_id", values.get("household_id", "")),
                county=unwrapped(values.get("county", "")),
                relation=plain(values.get("relation", "")),
                valid_from=first_day,
                valid_to=last_day,
                valid_to_unreadable=last_day is None and not open_ended(values.get("valid_to", "")),
            )
        )
    read = tuple(written for field, written in columns.written.items() if field != "address")
    return Register(lines, notes.repaired, notes.sorted_problems(), dropped, rows, read)


def _unknown_category(written: str, category_codes: Mapping[str, str]) -> str:
    if not written:
        return "困难类别没有填写；请补上后重新导入这一行"
    first_names = {code: name for name, code in reversed(list(category_codes.items()))}
    names = "、".join(reversed(first_names.values()))
    return f"不认识这个困难类别；能认的有：{names}。请改成其中一个后重新导入这一行"
