"""The people of the demonstration: eight with a story each, and a few hundred made by chance from a fixed seed.

Nobody is real: district 3299xx and 4199xx are allotted to no place, and the phones are those of the sandbox.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.privacy.resident_id import check_digit_of

PRIMARY, SECOND, MIDDLE, SPECIAL = "3299010001", "3299010004", "3299010002", "3299010003"
VOCATIONAL, COLLEGE, NEIGHBOUR = "3299010005", "3299000001", "3299020001"

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚晨曦雨欣悦彤浩然子涵宇轩梓睿思琪嘉怡俊熙若诗博文雅婷天乐安然"
SEED = 20200308
SHARED_PHONE = "19900000009"
"""P9: the class teacher's own number, entered for 23 families."""
FIRST_PHONE = 19900000100


@dataclass(frozen=True)
class Grown:
    """A guardian as the roster names one."""

    relation: str
    name: str
    number: str
    phone: str


@dataclass(frozen=True)
class Child:
    """A line of a roster."""

    name: str
    number: str
    school: str
    grade: str
    class_name: str
    guardian: Grown
    boarding: str = "走读"
    hukou: str = "329901"


def _grown(relation: str, name: str, place: int, phone: str) -> Grown:
    return Grown(relation, name, number_of("329901", date(1985, 4, 5) + timedelta(days=place), place), phone)


def number_of(division: str, born: date, place: int) -> str:
    """``place`` is the order number of that day, odd for a boy or man."""
    first = f"{division}{born:%Y%m%d}{place % 1000:03d}"
    return first + check_digit_of(first)


K1 = Child(
    "王小雨", "329901201603050015", PRIMARY, "四年级", "(2)班", _grown("母亲", "王丽", 2, "19900000001")
)  # fmt: skip
K2 = Child("王小川", "329901201809170039", PRIMARY, "二年级", "(1)班", K1.guardian)
K3 = Child("陈明", "329901201211110023", MIDDLE, "初二", "(1)班", _grown("祖父", "陈福", 11, "19900000002"), "住校")
K4 = Child(
    "阿依古丽·买买提", "329901200906200047", MIDDLE, "高一", "(3)班",
    _grown("父亲", "买买提·吐尔逊", 13, "19900000003"), "住校",
)  # fmt: skip
K5 = Child(
    "李𬱖", "329901200702140054", COLLEGE, "高职二年级", "(1)班", Grown("本人", "李𬱖", "", "19900000004"), "住校"
)
K6 = Child(
    "赵远", "419901201510010067", PRIMARY, "五年级", "(1)班",
    _grown("姑姑", "赵兰", 14, "19900000005"), hukou="419901",
)  # fmt: skip
K7 = Child(
    "孙安", "329901201408080075", SPECIAL, "六年级", "(1)班", _grown("母亲", "孙梅", 16, "19900000006"), "送教上门"
)  # fmt: skip
K8 = Child("周晓", "32990120130206005X", MIDDLE, "七年级", "(2)班", _grown("父亲", "周建", 17, "19900000007"))
KNOWN = (K1, K2, K3, K4, K5, K6, K7, K8)


@dataclass(frozen=True)
class Year:
    """Children of one age at one school: how many, and in how many classes."""

    school: str
    grade: str
    age: int
    children: int
    classes: int


YEARS = (
    *(Year(PRIMARY, f"{numeral}年级", 6 + place, 24, 2) for place, numeral in enumerate("一二三四五六")),
    *(Year(SECOND, f"{numeral}年级", 6 + place, 10, 1) for place, numeral in enumerate("一二三四五六")),
    *(Year(MIDDLE, f"{numeral}年级", 12 + place, 14, 2) for place, numeral in enumerate("七八九")),
    *(Year(MIDDLE, f"高{numeral}", 15 + place, 10, 1) for place, numeral in enumerate("一二三")),
    Year(SPECIAL, "三年级", 9, 5, 1),
    *(Year(VOCATIONAL, f"{numeral}年级", 15 + place, 8, 1) for place, numeral in enumerate("一二三")),
    Year(COLLEGE, "高职一年级", 18, 8, 1),
    *(Year(NEIGHBOUR, f"{numeral}年级", 6 + place, 6, 1) for place, numeral in enumerate("一二三四五六")),
)


def everybody(autumn: int, years: Iterable[Year] = YEARS) -> tuple[Child, ...]:
    """All children of the school year that begins in that autumn, the eight first; the same ones every time."""
    chance = Random(SEED)  # noqa: S311 - invented people, the same on every machine
    taken = {child.number for child in KNOWN}
    return (*KNOWN, *(child for year in years for child in _of_year(year, autumn, chance, taken)))


def _of_year(year: Year, autumn: int, chance: Random, taken: set[str]) -> Iterator[Child]:
    division = "329902" if year.school == NEIGHBOUR else "329901"
    for place in range(year.children):
        born = date(autumn - year.age, 9, 1) - timedelta(days=chance.randrange(1, 360))
        number = _free(division, born, chance, taken)
        grown = _free(division, born.replace(day=1) - timedelta(days=10_000 + chance.randrange(2000)), chance, taken)
        surname = chance.choice(SURNAMES)
        phone = str(FIRST_PHONE + len(taken))
        in_first_class = year.school == PRIMARY and year.grade == "三年级"
        yield Child(
            name=surname + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2)))),
            number=number,
            school=year.school,
            grade=year.grade,
            class_name=f"({place % year.classes + 1})班",
            guardian=Grown(
                "母亲" if int(grown[16]) % 2 == 0 else "父亲",
                chance.choice(SURNAMES) + chance.choice(GIVEN),
                grown,
                SHARED_PHONE if in_first_class and place < 23 else phone,
            ),
            boarding=chance.choice(("走读", "走读", "住校")) if year.age >= 12 else "走读",
            hukou=division,
        )


def _free(division: str, born: date, chance: Random, taken: set[str]) -> str:
    while (number := number_of(division, born, chance.randrange(100, 999))) in taken:
        pass
    taken.add(number)
    return number
