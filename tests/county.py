"""A county of 2,000 invented pupils and the registers of its bureaus, as files, with the truth known beforehand."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from portal.privacy.resident_id import check_digit_of

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
ROSTER = (
    "序号", "姓名", "身份证件类型", "身份证件号", "学籍号", "学校标识码", "学校名称", "年级", "班级", "就读方式",
    "监护人1关系", "监护人1姓名", "监护人1身份证件号", "监护人1电话",
)  # fmt: skip
REGISTER = ("序号", "数据来源", "困难类别", "姓名", "身份证件号", "户编号", "家庭住址", "有效期止")
UNITS = (
    ("代码", "名称", "级别", "上级代码", "学段"),
    ("32", "江苏省教育厅", "province", "", ""),
    ("3299", "示例市教育局", "city", "32", ""),
    ("329901", "示例县教育局", "county", "3299", ""),
    ("329901-MZ", "示例县民政局", "bureau", "329901", ""),
)


@dataclass(frozen=True)
class CountyFiles:
    """Of the pupils, ``certain`` are on the register, of ``household`` a guardian is, of ``possible`` another name."""

    units: Path
    roster: Path
    register: Path
    pupils: int = 2000
    certain: int = 150
    household: int = 60
    possible: int = 40


def number(place: int, born: date = date(2015, 1, 1)) -> str:
    """The place-th invented number of district 329901."""
    first = f"329901{born + timedelta(days=place // 500):%Y%m%d}{place % 500:03}"
    return first + check_digit_of(first)


def name(place: int) -> str:
    surname, first, second = SURNAMES[place % 20], GIVEN[place // 20 % 20], GIVEN[place // 400 % 20]
    return surname + first + second


def write_county(folder: Path, encoding: str = "utf-8-sig", others: int = 3000) -> CountyFiles:
    """The register holds ``others`` people besides, who are no pupil's relatives."""
    files = CountyFiles(folder / "units.csv", folder / "roster.csv", folder / "register.csv")
    _write(files.units, UNITS, encoding)
    mother = date(1985, 1, 1)
    pupils = range(1, files.pupils + 1)
    _write(files.roster, [ROSTER, *(_pupil(place, number(place, mother)) for place in pupils)], encoding)
    certain, household = files.certain, files.certain + files.household
    listed = [(name(place), number(place)) for place in range(1, certain + 1)]
    listed += [(f"妈{name(place)}", number(place, mother)) for place in range(certain + 1, household + 1)]
    listed += [("别人名", number(place)) for place in range(household + 1, household + files.possible + 1)]
    listed += [(name(place), number(place, date(1950, 1, 1))) for place in range(others)]
    entries = (
        (str(row), "民政", "低保", *person, f"H{row}", "某路1号", "长期") for row, person in enumerate(listed, 1)
    )
    _write(files.register, [REGISTER, *entries], encoding)
    return files


def _pupil(place: int, mother: str) -> Sequence[str]:
    school = place % 8 + 1
    return (
        str(place), name(place), "居民身份证", number(place), f"G{number(place)}",
        f"32990100{school:02}", f"示例县第{school}小学", "四年级", f"({place % 5 + 1})班", "走读",
        "母亲", f"妈{name(place)}", mother, f"1990000{place:04}",
    )  # fmt: skip


def _write(path: Path, rows: Iterable[Sequence[str]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
