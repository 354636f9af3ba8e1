"""学籍名册 read line by line: every good row, every lossless repair, and a sentence for whatever is wrong."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from portal.clock import today
from portal.intake.bulk import without_collection
from portal.intake.cells import plain, read_phone, unwrapped
from portal.intake.columns import find_columns
from portal.intake.grades import read_grade, stages_of_school
from portal.intake.notes import NO_NUMBER, Notes, PersonNumber
from portal.intake.problems import Problem, Repair
from portal.intake.spreadsheet import Table
from portal.privacy.document_types import NumberKind
from portal.privacy.names import damaged, tidy_name
from portal.privacy.resident_id import birth_date_of, sex_of
from portal.vocabulary import Boarding, IntakeKind, Sex, Stage


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """监护人; ``id_no`` is as legible as it is unless ``id_certain``, ``phone`` digits only or empty."""

    relation: str
    name: str
    id_no: str | None
    id_certain: bool
    phone: str


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One pupil; ``row`` as in Excel, ``serial`` the file's own 序号; ``grade_number`` is the year within the stage.

    ``stage`` is None where neither the grade nor the school's name settles it: see ``grades.read_grade``.
    ``written_birth`` is what the column says where the number says otherwise.
    """

    row: int
    serial: str
    name: str
    former_name: str
    sex: Sex | None
    birth_date: date | None
    written_birth: date | None
    id_type: NumberKind
    id_no: str | None
    id_certain: bool
    student_no: str
    school_code: str
    school_name: str
    stage: Stage | None
    grade: str
    grade_number: int | None
    class_name: str
    boarding: Boarding | None
    guardians: tuple[GuardianLine, ...]
    hukou_division: str


@dataclass(frozen=True)
class Roster:
    """``rows`` counts the lines that were not blank; ``dropped`` are headings whose columns were not read.

    ``fields`` are the columns the file has: of the others it says nothing, not that they are empty.
    """

    lines: list[RosterLine]
    repaired: list[Repair]
    problems: list[Problem]
    dropped: tuple[str, ...]
    rows: int
    fields: frozenset[str]


_SEXES = {"男": Sex.MALE, "男性": Sex.MALE, "男生": Sex.MALE, "1": Sex.MALE, "m": Sex.MALE}
_SEXES |= {"女": Sex.FEMALE, "女性": Sex.FEMALE, "女生": Sex.FEMALE, "2": Sex.FEMALE, "f": Sex.FEMALE}

_BOARDING = (
    (Boarding.AT_HOME, "送教上门 送教 at_home"),
    (Boarding.BOARDING, "住校 寄宿 寄宿生 住宿 住宿生 住校生 全寄宿 2 是 boarding"),
    (Boarding.DAY, "走读 走读生 不住校 非寄宿 非寄宿生 不寄宿 1 否 0 day"),
)
_BOARDING_WORDS = {word: way for way, words in _BOARDING for word in words.split()}

_YES_NO_BOARDING = {"1": Boarding.BOARDING}
"""In a column that asks 是否寄宿, 1 is yes; in 就读方式 it is the code of 走读."""


@without_collection()
def read_roster(table: Table, *, day: date | None = None) -> Roster:
    """``day`` is the last day a birth may fall on, today in Shanghai when left out."""
    columns = find_columns(table.headings, IntakeKind.ROSTER)
    notes = Notes(IntakeKind.ROSTER, columns, day or today())
    rows = len(table.lines)
    lines = []
    for row, values in notes.lines(table):
        number = NO_NUMBER
        if values.get("id_no"):
            found = notes.person_number(row, "id_no", values["id_no"], values.get("id_type"))
            if found is None:
                continue
            number = found
        lines.append(_line(row, values, number, notes))
    kept = _without_repeats(lines, notes)
    return Roster(kept, notes.repaired, notes.sorted_problems(), columns.dropped, rows, frozenset(columns.positions))


def _line(row: int, values: Mapping[str, str], number: PersonNumber, notes: Notes) -> RosterLine:
    school_name = values.get("school", "").strip()
    grade_words = unwrapped(values.get("grade", ""))
    grade = read_grade(grade_words, stages_of_school(school_name))
    if grade_words and grade.stage is None and grade.number is None:
        notes.remark(row, "grade", "认不出是哪个年级，已照原样记下；请写成“四年级”“初二”“高一”这样的说法")
    sex = _sex(row, values.get("sex", ""), number, notes)
    born, written_birth = _birth_date(row, values.get("birth_date", ""), number, notes)
    return RosterLine(
        row=row,
        serial=unwrapped(values.get("row_id", "")),
        name=values["name"],
        former_name=tidy_name(values.get("former_name", "")),
        sex=sex,
        birth_date=born,
        written_birth=written_birth,
        id_type=number.kind,
        id_no=number.value,
        id_certain=number.certain,
        student_no=notes.code(row, "student_no", values.get("student_no", "")),
        school_code=notes.code(row, "school_code", values.get("school_code", "")),
        school_name=school_name,
        stage=grade.stage,
        grade=grade_words,
        grade_number=grade.number,
        class_name=unwrapped(values.get("class_", "")),
        boarding=_boarding(row, values.get("boarding", ""), notes),
        guardians=tuple(person for which in ("g1", "g2") if (person := _guardian(row, which, values, notes))),
        hukou_division=_division(row, values.get("hukou_div", ""), notes),
    )


def _sex(row: int, text: str, number: PersonNumber, notes: Notes) -> Sex | None:
    """By the number where there is a certain one; a column that says otherwise is remarked."""
    by_number = sex_of(number.value) if number.value and number.certain else None
    word = unwrapped(text).lower()
    if not word:
        return by_number
    written = _SEXES.get(word)
    if written is None:
        notes.remark(row, "sex", "性别写法认不出；请写“男”或“女”")
    elif by_number and written is not by_number:
        notes.remark(row, "sex", "性别与身份证件号不一致，按证件号记为" + by_number.label + "；请核对")
    return by_number or written


def _birth_date(row: int, text: str, number: PersonNumber, notes: Notes) -> tuple[date | None, date | None]:
    """By the number where there is a certain one, and what the column says otherwise, which is asked about."""
    by_number = birth_date_of(number.value) if number.value and number.certain else None
    written = notes.day_of(row, "birth_date", text)
    if by_number and written and written != by_number:
        notes.remark(row, "birth_date", "出生日期与身份证件号不一致，按证件号记下，比对到名单时由人核实；请核对")
        return by_number, written
    return by_number or written, None


def _boarding(row: int, text: str, notes: Notes) -> Boarding | None:
    word = unwrapped(text).lower()
    asked_yes_no = notes.heading("boarding").startswith("是否")
    way = (asked_yes_no and _YES_NO_BOARDING.get(word)) or _BOARDING_WORDS.get(word)
    if word and way is None:
        notes.remark(row, "boarding", "就读方式认不出；请写“走读”“住校”或“送教上门”")
    return way


def _guardian(row: int, which: str, values: Mapping[str, str], notes: Notes) -> GuardianLine | None:
    """None when the file says nothing of this guardian; the heading 父亲姓名 says the relation too."""
    if not any(values.get(f"{which}_{what}") for what in ("name", "phone", "id")):
        return None
    name = tidy_name(values.get(f"{which}_name", ""))
    phone = read_phone(values.get(f"{which}_phone", ""))
    if phone.problem:
        notes.remark(row, f"{which}_phone", phone.problem)
    written_number = values.get(f"{which}_id", "")
    number = notes.listed_number(row, f"{which}_id", written_number) if written_number else NO_NUMBER
    if sentence := damaged(name):
        notes.remark(row, f"{which}_name", sentence)
    if not (name or phone.number or number.value):
        return None
    relation = plain(values.get(f"{which}_relation", ""))
    if not relation:
        relation = next((word for word in ("父亲", "母亲") if word in notes.heading(f"{which}_name")), "")
    return GuardianLine(relation, name, number.value, number.certain, phone.number)


def _division(row: int, text: str, notes: Notes) -> str:
    """Six digits, of twelve the first six; empty and remarked when it is the name of a place."""
    code = unwrapped(text)
    if not code:
        return ""
    if code.isdecimal() and len(code) in (6, 9, 12):
        return code[:6]
    notes.remark(row, "hukou_div", "不是6位行政区划码，没有记下；请填区划码")
    return ""


def _without_repeats(lines: list[RosterLine], notes: Notes) -> list[RosterLine]:
    """One number twice: the same name again is left out; different names are both kept, neither number certain."""
    times = Counter(line.id_no for line in lines)
    by_number: dict[str, list[RosterLine]] = defaultdict(list)
    for line in lines:
        if line.id_no and times[line.id_no] > 1 and line.id_type is not NumberKind.OTHER:
            by_number[line.id_no].append(line)
    changed: dict[int, RosterLine | None] = {}
    for same in by_number.values():
        if len(same) == 1:
            continue
        if len({line.name for line in same}) == 1:
            for line in same[1:]:
                notes.refuse(
                    line.row, "id_no", f"与第{same[0].row}行是同一个人（姓名和证件号都相同），只记第{same[0].row}行"
                )
                changed[line.row] = None
            continue
        rows = "、".join(str(line.row) for line in same)
        for line in same:
            notes.remark(
                line.row, "id_no", f"第{rows}行的证件号相同而姓名不同，都已记下但不作为确定匹配；请核对是哪一行写错"
            )
            changed[line.row] = replace(line, id_certain=False)
    return [kept for line in lines if (kept := changed.get(line.row, line)) is not None]
