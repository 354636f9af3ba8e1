"""Invented rosters and registers with the truth beside them: districts 3299xx and 4199xx, which nobody lives in.

An error kind is a row of ``ERRORS``: extend the table, not the generator. The same seed makes the same people.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SURNAMES = list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
GIVEN = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅建国文斌辉鑫波宇浩凯秀珍健俊帆雪荣爱香月莺媛雨晨欣怡子涵梓萱一诺"
)
DOTTED = ["阿依古丽·买买提", "古丽娜尔·艾山", "吐尔逊·阿不都", "买买提·艾力"]
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array(list("10X98765432"))

Change = Callable[[str, str, np.random.Generator], tuple[str, str]]


@dataclass(frozen=True)
class ErrorKind:
    """How often, of a thousand register entries, and what it does to (name, number)."""

    code: str
    per_thousand: float
    change: Change


def _wrong_digit(number: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(0, 17))
    return number[:place] + str((int(number[place]) + 1 + int(rng.integers(0, 9))) % 10) + number[place + 1 :]


def _exchanged(number: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(6, 16))
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
DUMMIES = ["无", "0" * 18, "1" * 18, "123456789012345678"]


def _any_given(rng: np.random.Generator) -> str:
    return GIVEN[int(rng.integers(len(GIVEN)))]


# Each is called with (name, number, rng); the last is only for those that draw.
ERRORS = (
    ErrorKind("lower_x", 20, lambda name, number, _: (name, number.lower())),
    ErrorKind("blanks", 5, lambda name, number, _: (name, f" {number[:6]} {number[6:14]} {number[14:]}")),
    ErrorKind("full_width", 2, lambda name, number, _: (name, number.translate(FULL_WIDTH))),
    ErrorKind("apostrophe", 3, lambda name, number, _: (name, "'" + number)),
    ErrorKind("certificate", 10, lambda name, number, _: (name, number + "43")),
    ErrorKind("dot", 5, lambda name, number, _: (name.replace("·", "•"), number)),
    ErrorKind("blank_in_name", 5, lambda name, number, _: (name[0] + "\u3000" + name[1:], number)),
    ErrorKind("other_character", 4, lambda name, number, rng: (name[:-1] + _any_given(rng), number)),
    ErrorKind("wrong_digit", 3, lambda name, number, rng: (name, _wrong_digit(number, rng))),
    ErrorKind("exchanged", 1, lambda name, number, rng: (name, _exchanged(number, rng))),
    ErrorKind("fifteen", 1, lambda name, number, _: (name, number[:6] + number[8:17])),
    ErrorKind("excel", 1, lambda name, number, _: (name, number[:15] + "000")),
    ErrorKind("masked", 1, lambda name, number, _: (name, number[:6] + "********" + number[14:])),
    ErrorKind("empty", 2, lambda name, *_: (name, "")),
    ErrorKind("dummy", 1, lambda name, _, rng: (name, DUMMIES[int(rng.integers(len(DUMMIES)))])),
)
ROSTER_DUMMY_PER_THOUSAND = 3
SIBLINGS_NUMBER_PER_THOUSAND = 0.5


@dataclass(frozen=True)
class Files:
    """Three parquet files; the truth has one line a true pair: roster_row, register_row, via (self or guardian)."""

    roster: Path
    register: Path
    truth: Path


def make(folder: Path, pupils: int, entries: int, seed: int = 20260907, stress: float = 1.0) -> Files:
    """About a quarter of the entries are pupils of the roster, an eighth their guardians, the rest strangers."""
    rng = np.random.default_rng(seed)
    grown = 2 * pupils
    people = pupils + grown + entries
    numbers = _numbers(rng, people)
    names = _names(rng, people)
    roster_numbers, roster_names = numbers[:pupils].copy(), names[:pupils]
    guardians = pupils + rng.permutation(grown)
    listed = rng.permutation(pupils)[: entries // 4]
    parents = rng.permutation(pupils)[: entries // 8]
    who = np.concatenate([listed, guardians[parents], np.arange(people - entries, people)])[:entries]
    who = rng.permutation(who)

    dummies = rng.random(pupils) < ROSTER_DUMMY_PER_THOUSAND * stress / 1000
    roster_numbers[dummies] = rng.choice(np.array(["无", "0" * 18, "", "1" * 18], dtype=object), dummies.sum())
    siblings = np.flatnonzero(rng.random(pupils - 1) < SIBLINGS_NUMBER_PER_THOUSAND * stress / 1000)
    roster_numbers[siblings] = numbers[siblings + 1]

    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder / "roster.parquet", folder / "register.parquet", folder / "truth.parquet")
    _write(
        files.roster,
        row_id=np.arange(1, pupils + 1),
        name=roster_names,
        id_no=roster_numbers,
        g1_name=names[guardians[:pupils]],
        g1_id=numbers[guardians[:pupils]],
        g2_name=names[guardians[pupils:]],
        g2_id=np.where(rng.random(pupils) < 0.3, "", numbers[guardians[pupils:]]),
    )
    register_names, register_numbers, errors = _damage(rng, names[who], numbers[who], stress)
    _write(files.register, row_id=np.arange(1, entries + 1), name=register_names, id_no=register_numbers)
    pupil_of_guardian = np.full(people, -1)
    pupil_of_guardian[guardians] = np.tile(np.arange(pupils), 2)
    of_pupil = np.where(who < pupils, who, np.where(who < pupils + grown, pupil_of_guardian[who], -1))
    true = np.flatnonzero(of_pupil >= 0)
    _write(
        files.truth,
        roster_row=of_pupil[true] + 1,
        register_row=true + 1,
        via=np.where(who[true] < pupils, "self", "guardian"),
        error=errors[true],
    )
    return files


def _numbers(rng: np.random.Generator, count: int) -> np.ndarray:
    """Every number once: places, days and sequence numbers are drawn without replacement as one mixed-radix integer."""
    days = np.arange("1975-01-01", "2020-01-01", dtype="datetime64[D]")
    drawn = rng.permutation(np.unique(rng.integers(0, 200 * len(days) * 999, int(count * 1.1) + 100)))[:count]
    place, rest = np.divmod(drawn, len(days) * 999)
    day, sequence = np.divmod(rest, 999)
    ymd = np.char.replace(days[day].astype(str), "-", "").astype(np.int64)
    division = np.where(place < 100, 329900, 419900) + place % 100
    first = (division * 10**8 + ymd) * 1000 + sequence + 1
    total = sum(weight * (first // 10 ** (16 - k) % 10) for k, weight in enumerate(WEIGHTS))
    return np.char.add(first.astype(str), CHECKS[total % 11]).astype(object)


def _names(rng: np.random.Generator, count: int) -> np.ndarray:
    surnames, given = np.array(SURNAMES), np.array(GIVEN)
    names = np.char.add(rng.choice(surnames, count), rng.choice(given, count))
    names = np.where(rng.random(count) < 0.75, np.char.add(names, rng.choice(given, count)), names).astype(object)
    dotted = rng.random(count) < 0.01
    names[dotted] = rng.choice(np.array(DOTTED, dtype=object), dotted.sum())
    return names


def _damage(
    rng: np.random.Generator, names: np.ndarray, numbers: np.ndarray, stress: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    names, numbers, errors = names.copy(), numbers.copy(), np.full(len(names), "", dtype=object)
    bounds = np.cumsum([kind.per_thousand * stress / 1000 for kind in ERRORS])
    drawn = np.searchsorted(bounds, rng.random(len(names)), side="right")
    for place in np.flatnonzero(drawn < len(ERRORS)):
        kind = ERRORS[drawn[place]]
        names[place], numbers[place] = kind.change(names[place], numbers[place], rng)
        errors[place] = kind.code
    return names, numbers, errors


def _write(path: Path, **columns: np.ndarray) -> None:
    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), stress=float(sys.argv[4]))
