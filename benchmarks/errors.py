"""What goes wrong in lists: each error kind a row, with its usual rate and the rate under stress, 10 to 50 times it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Change = Callable[[str, str, np.random.Generator], tuple[str, str]]
SYLLABLES = {"晓": "xiao", "婷": "ting", "磊": "lei", "鑫": "xin", "涵": "han", "怡": "yi"}
HOMOPHONES = dict(
    zip("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚", "玮方纳闽婧莉墙蕾君阳咏燕洁鹃滔鸣朝夏萍钢", strict=True)
)
TRADITIONAL = dict(
    zip("丽军艳杰刚华玉兰红国建辉荣爱凤龙张刘陈杨", "麗軍豔傑剛華玉蘭紅國建輝榮愛鳳龍張劉陳楊", strict=True)
)
LOOK_ALIKES = dict(zip("晴锋杨彬瑛萍阳浩宇欣颖莹", "睛峰扬杉英苹旸皓字欢颍滢", strict=True))
LETTERS = {"0": "O", "1": "l", "5": "S", "8": "B", "2": "Z"}
DUMMIES = ["无", "0" * 18, "1" * 18, "123456789012345678", "暂无"]
FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}


@dataclass(frozen=True)
class ErrorKind:
    """How often in 10,000 entries, and under stress, and what it does to (name, number). ``field``: what it damages."""

    code: str
    usual: float
    stress: float
    field: str
    change: Change


def _wrong_digit(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    place = int(rng.integers(0, 17))
    return name, number[:place] + str((int(number[place]) + 1 + int(rng.integers(0, 9))) % 10) + number[place + 1 :]


def _two_slips(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    return _wrong_digit(*_wrong_digit(name, number, rng), rng)


def _wrong_check(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    return name, number[:17] + str(rng.choice([mark for mark in "0123456789X" if mark != number[17]]))


def _exchanged(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    places = [place for place in range(16) if number[place] != number[place + 1]]
    place = int(rng.choice(places))
    return name, number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _lost(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    place = int(rng.integers(0, 18))
    return name, number[:place] + number[place + 1 :]


def _added(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    place = int(rng.integers(0, 18))
    return name, number[:place] + str(rng.integers(0, 10)) + number[place:]


def _letter(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    places = [place for place in range(17) if number[place] in LETTERS]
    if not places:
        return _wrong_digit(name, number, rng)
    place = int(rng.choice(places))
    return name, number[:place] + LETTERS[number[place]] + number[place + 1 :]


def _replaced(table: dict[str, str]) -> Change:
    """One character by the table; where no character of the name stands in it, nothing happens to this name."""

    def change(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
        places = [place for place in range(1, len(name)) if name[place] in table]
        if places:
            place = int(rng.choice(places))
            name = name[:place] + table[name[place]] + name[place + 1 :]
        return name, number

    return change


def _mark(*marks: str) -> Change:
    def change(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
        place = int(rng.integers(1, len(name)))
        return name[:place] + str(rng.choice(marks)) + name[place + 1 :], number

    return change


def _other_character(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    place = int(rng.integers(1, len(name))) if len(name) > 2 else 1
    return name[:place] + str(rng.choice(list("欣雪雨晨梓文斌"))) + name[place + 1 :], number


def _character_lost(name: str, number: str, rng: np.random.Generator) -> tuple[str, str]:
    if len(name) < 3:
        return name, number
    place = int(rng.integers(1, len(name)))
    return name[:place] + name[place + 1 :], number


# ruff: noqa: E501 — a row a line.
# Read top to bottom; lossless ones first, then numbers, then names.
ERRORS = (
    ErrorKind("lower_x", 50, 600, "number", lambda name, number, _: (name, number.lower())),
    ErrorKind("full_width", 5, 150, "number", lambda name, number, _: (name, number.translate(FULL_WIDTH))),
    ErrorKind("blanks", 30, 400, "number", lambda name, number, _: (name, f"{number[:6]} {number[6:14]} {number[14:]} ")),
    ErrorKind("zero_width", 3, 100, "number", lambda name, number, _: (name, "\u200b" + number + "\ufeff")),
    ErrorKind("apostrophe", 15, 300, "number", lambda name, number, _: (name, "'" + number)),
    ErrorKind("formula", 4, 100, "number", lambda name, number, _: (name, f'="{number}"')),
    ErrorKind("certificate", 60, 600, "number", lambda name, number, rng: (name, number + str(rng.integers(1, 8)) + "3")),
    ErrorKind("letters", 2, 20, "number", _letter),
    ErrorKind("fifteen", 2, 20, "number", lambda name, number, _: (name, number[:6] + number[8:17])),
    ErrorKind("wrong_digit", 10, 100, "number", _wrong_digit),
    ErrorKind("wrong_check", 3, 30, "number", _wrong_check),
    ErrorKind("exchanged", 4, 40, "number", _exchanged),
    ErrorKind("digit_lost", 2, 20, "number", _lost),
    ErrorKind("digit_added", 2, 20, "number", _added),
    ErrorKind("two_slips", 1, 10, "number", _two_slips),
    ErrorKind("excel_zeros", 2, 20, "number", lambda name, number, _: (name, number[:15] + "000")),
    ErrorKind(
        "excel_power", 1, 10, "number", lambda name, number, _: (name, f"{number[0]}.{number[1:15].rstrip('0')}E+17")
    ),
    ErrorKind("masked_birth", 1, 10, "number", lambda name, number, _: (name, number[:6] + "********" + number[14:])),
    ErrorKind("masked_end", 1, 10, "number", lambda name, number, _: (name, number[:14] + "****")),
    ErrorKind("empty", 2, 20, "number", lambda name, *_: (name, "")),
    ErrorKind("dummy", 1, 10, "number", lambda name, _, rng: (name, str(rng.choice(DUMMIES)))),
    ErrorKind("dot", 20, 300, "name", lambda name, number, rng: (name.replace("·", str(rng.choice(list("•.・‧⋅∙．")))), number)),
    ErrorKind("blank_in_name", 20, 300, "name", lambda name, number, _: (name[0] + "\u3000" + name[1:], number)),
    ErrorKind("suffix", 2, 60, "name", lambda name, number, rng: (f"{name}({rng.choice(list('大小'))})", number)),
    ErrorKind("traditional", 10, 200, "name", _replaced(TRADITIONAL)),
    ErrorKind("homophone", 10, 100, "name", _replaced(HOMOPHONES)),
    ErrorKind("look_alike", 4, 40, "name", _replaced(LOOK_ALIKES)),
    ErrorKind("other_character", 5, 50, "name", _other_character),
    ErrorKind("character_lost", 2, 20, "name", _character_lost),
    ErrorKind("surname", 2, 20, "name", lambda name, number, rng: (str(rng.choice(list("欧阮滕翟"))) + name[1:], number)),
    ErrorKind("pinyin", 1, 10, "name", _replaced(SYLLABLES)),
    ErrorKind("unprintable", 2, 20, "name", _mark("?", "□", "\ue123")),
)  # fmt: skip
