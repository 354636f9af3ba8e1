"""The demonstration's files, as schools and bureaus would hand them in: xlsx and csv, UTF-8 and GB18030."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from xlsxwriter import Workbook

from portal.clock import SchoolTerm
from portal.demo.people import K1, K3, K4, K5, K6, K7, KNOWN, SEED, Child, Grown, number_of
from portal.vocabulary import Term

ROSTER = (
    "序号", "姓名", "身份证件类型", "身份证件号", "学校标识码", "年级", "班级", "就读方式",
    "监护人1关系", "监护人1姓名", "监护人1身份证件号", "监护人1电话", "户口所在地行政区划码",
)  # fmt: skip
REGISTER = ("序号", "数据来源", "困难类别", "姓名", "身份证件号", "户编号", "县区代码", "与户主关系", "有效期止")
AWARDS = ("姓名", "身份证件号", "学校标识码", "资助项目", "学年", "学期", "金额", "发放日期", "收款账户户主")

Row = Sequence[str]


@dataclass(frozen=True)
class Register:
    """A list that a unit hands in."""

    unit: str
    file_name: str
    data: bytes


def roster(children: Iterable[Child]) -> bytes:
    """学籍名册 as xlsx, one line a child."""
    return _xlsx("学籍名册", ROSTER, (_roster_row(place, child) for place, child in enumerate(children, 1)))


def registers(children: Sequence[Child]) -> tuple[Register, ...]:
    """What four bureaus and the national system deliver: about one child in six, some parents, and strangers."""
    chance = Random(SEED + 1)  # noqa: S311 - invented people, the same on every machine
    others = children[len(KNOWN) :]
    poor = chance.sample(others, len(others) // 6)
    third = len(poor) // 3
    listed = {child.number for child in poor}
    parents = chance.sample([child.guardian for child in others if child.number not in listed], len(others) // 40)
    misheard = len(others) // 400
    civil = [
        *_entries("民政", "低保", [K1, *map(_misheard, poor[:misheard]), *poor[misheard:third]], "子女"),
        *_entries("民政", "低保", [K1.guardian, *parents], "户主"),
        *_entries("民政", "孤儿", [K5], "本人", "2028-06-30"),
        *_entries("民政", "低保", _strangers(chance, 120), "户主"),
    ]
    farming = _entries("农业农村", "脱贫不稳定家庭", [K3, *poor[third : 2 * third], *_strangers(chance, 60)], "子女")
    disabled = [
        *_certificates([K4], "43"),
        *_certificates([K7, *poor[2 * third :]], "32"),
        *_certificates(_strangers(chance, 40), "21"),
    ]
    national = [("全国系统下发", "脱贫户", K6.name, K6.number, "", "419901", "子女", "")]
    return (
        Register("329901-MZ", "民政困难群体.xlsx", _xlsx("名单", REGISTER, _numbered(civil))),
        Register("329901-CL", "残疾学生.csv", _csv(REGISTER, _numbered(disabled), "gb18030")),
        Register("329901-NY", "乡村振兴名单.xlsx", _xlsx("名单", REGISTER, _numbered(farming))),
        Register("32", "全国系统下发外省户籍.csv", _csv(REGISTER, _numbered(national), "utf-8-sig")),
    )


def awards(children: Iterable[tuple[Child, int]], term: SchoolTerm, paid_on: str) -> bytes:
    """受助名单 of the national system for these children and yuan."""
    half = "秋季学期" if term.half is Term.AUTUMN else "春季学期"
    rows = (
        (
            child.name, child.number, child.school, "义务教育家庭经济困难学生生活补助",
            term.school_year, half, str(yuan), paid_on, child.guardian.name,
        )
        for child, yuan in children
    )  # fmt: skip
    return _csv(AWARDS, rows, "utf-8-sig")


def _roster_row(place: int, child: Child) -> Row:
    grown = child.guardian
    return (
        str(place), child.name, "居民身份证", child.number, child.school, child.grade, child.class_name, child.boarding,
        grown.relation, grown.name, grown.number, grown.phone, child.hukou,
    )  # fmt: skip


def _entries(source: str, category: str, people: Iterable[Child | Grown], relation: str, until: str = "") -> list[Row]:
    return [
        (source, category, person.name, person.number, f"H{person.number[6:17]}", person.number[:6], relation, until)
        for person in people
    ]


def _misheard(child: Child) -> Child:
    """The register writes another character at the end of the name; a person has to look."""
    return replace(child, name=f"{child.name[:-1]}{'语' if child.name[-1] != '语' else '雨'}")


def _certificates(people: Iterable[Child | Grown], kind_and_level: str) -> list[Row]:
    """残联 writes the 20-digit number of the certificate, and another dot in a name than the school does."""
    return [
        ("残联", "残疾", person.name.replace("·", "•"), person.number + kind_and_level, "", "329901", "本人", "")
        for person in people
    ]


def _strangers(chance: Random, count: int) -> list[Grown]:
    """Entries that are no pupil of ours, born in the 1950s; whoever compares never learns of them."""
    people = []
    for place in range(count):
        name = chance.choice("柳汪毛邱") + chance.choice("国建秀桂") + chance.choice("珍英华芳")
        born = date(1950 + place % 10, place // 10 % 12 + 1, place % 28 + 1)
        people.append(Grown("", name, number_of("329901", born, chance.randrange(100, 999)), ""))
    return people


def _numbered(rows: Iterable[Row]) -> Iterable[Row]:
    return ((str(place), *row) for place, row in enumerate(rows, 1))


def _csv(headings: Row, rows: Iterable[Row], encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def _xlsx(title: str, headings: Row, rows: Iterable[Row]) -> bytes:
    """The same bytes for the same rows, so that handing a file in again is a no-op."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - xlsx knows no time zones
        sheet = book.add_worksheet(title)
        for number, row in enumerate([headings, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()
