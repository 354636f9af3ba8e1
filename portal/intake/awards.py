"""受助名单 from the national system, read line by line."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.clock import today
from portal.intake.bulk import without_collection
from portal.intake.cells import plain, unwrapped
from portal.intake.columns import find_columns
from portal.intake.notes import NO_NUMBER, Notes
from portal.intake.problems import Problem, Repair
from portal.intake.spreadsheet import Table
from portal.privacy.document_types import NumberKind
from portal.privacy.names import tidy_name
from portal.vocabulary import IntakeKind, Term


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One grant; ``school_year`` as 2026-2027, ``term`` None for a whole year, ``amount`` in yuan."""

    row: int
    serial: str
    name: str
    id_type: NumberKind
    id_no: str | None
    id_certain: bool
    school_code: str
    policy: str
    school_year: str
    term: Term | None
    amount: Decimal
    paid_on: date | None
    account_holder: str


@dataclass(frozen=True)
class Awards:
    """``rows`` counts the lines that were not blank; ``dropped`` are headings whose columns were not read."""

    lines: list[AwardLine]
    repaired: list[Repair]
    problems: list[Problem]
    dropped: tuple[str, ...]
    rows: int


class UnclearCell(ValueError):
    """A cell that says no school year, term or amount."""


_TERMS = (
    (Term.AUTUMN, "秋季学期 秋季 秋 秋学期 上学期 第一学期 1 第1学期 autumn"),
    (Term.SPRING, "春季学期 春季 春 春学期 下学期 第二学期 2 第2学期 spring"),
    (None, "全学年 学年 全年 整学年 一学年"),
)
_TERM_WORDS = {word: term for term, words in _TERMS for word in words.split()}
_YEAR_BEFORE_TERM = re.compile(r"^\d{4}(?:[-~—/]\d{4})?(?:学年|年)?(?:度)?")
_SCHOOL_YEAR = re.compile(r"(\d{4})(?:\s*[-~—–/至]+\s*(\d{4}|\d{2}))?\s*(?:学年|年)?(?:度)?")
_AMOUNT = re.compile(r"[¥￥]?\s*([\d,]+(?:\.\d{1,2})?)\s*元?")


def read_term(text: str) -> Term | None:
    """None is the whole school year, as is an empty cell."""
    word = plain(text).lower()
    if not word:
        return None
    without_year = _YEAR_BEFORE_TERM.sub("", word) if len(word) > 4 else word
    for candidate in (word, without_year):
        if candidate in _TERM_WORDS:
            return _TERM_WORDS[candidate]
    raise UnclearCell("学期认不出；请写“秋季学期”“春季学期”或“全学年”")


def read_school_year(text: str) -> str:
    """2026学年, 2026 and 2026-2027学年 are all 2026-2027."""
    found = _SCHOOL_YEAR.fullmatch(plain(text))
    if found:
        first, last = int(found[1]), found[2]
        if last is None or int(last) % 100 == (first + 1) % 100:
            return f"{first}-{first + 1}"
    raise UnclearCell("学年认不出；请写成“2026-2027”")


def read_amount(text: str) -> Decimal:
    """Yuan with at most two decimals, more than nothing."""
    found = _AMOUNT.fullmatch(plain(text))
    try:
        amount = Decimal(found[1].replace(",", "")) if found else Decimal(0)
    except InvalidOperation as error:
        raise UnclearCell("金额不是数") from error
    if amount <= 0:
        raise UnclearCell("金额不是大于0的数；请写成“500”或“500.00”，单位元")
    return amount


@without_collection()
def read_awards(table: Table, *, day: date | None = None) -> Awards:
    """``day`` is the last day a birth may fall on, today in Shanghai when left out."""
    columns = find_columns(table.headings, IntakeKind.AWARDS)
    notes = Notes(IntakeKind.AWARDS, columns, day or today())
    rows, lines = len(table.lines), []
    for row, values in notes.lines(table):
        if line := _line(row, values, notes):
            lines.append(line)
    return Awards(lines, notes.repaired, notes.sorted_problems(), columns.dropped, rows)


def _line(row: int, values: dict[str, str], notes: Notes) -> AwardLine | None:
    number = notes.person_number(row, "id_no", values["id_no"]) if values["id_no"] else NO_NUMBER
    if number is None:
        return None
    policy = plain(values["policy"])
    if not policy:
        notes.refuse(row, "policy", "资助项目没有填写；请补上后重新导入这一行")
        return None
    at = "school_year"
    try:
        school_year = read_school_year(values["school_year"])
        at = "term"
        term = read_term(values.get("term", ""))
        at = "amount"
        amount = read_amount(values["amount"])
    except UnclearCell as error:
        notes.refuse(row, at, str(error))
        return None
    return AwardLine(
        row=row,
        serial=unwrapped(values.get("row_id", "")),
        name=values["name"],
        id_type=number.kind,
        id_no=number.value,
        id_certain=number.certain,
        school_code=notes.code(row, "school_code", values.get("school_code", "")),
        policy=policy,
        school_year=school_year,
        term=term,
        amount=amount,
        paid_on=notes.day_of(row, "paid_on", values.get("paid_on", "")),
        account_holder=tidy_name(values.get("account_holder", "")),
    )
