"""年级 in words, as a stage and the year within that stage: 八年级 is the second year of 初中."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portal.vocabulary import Stage


@dataclass(frozen=True)
class Grade:
    """``stage`` is None where the words fit several; ``number`` is the year within the stage, from 1."""

    stage: Stage | None
    number: int | None


_DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_NUMBER = r"第?(?P<number>十[一二]|[一二三四五六七八九十]|\d{1,2})"
_AFTER = r"(?!\d)"  # 2023级 is a year of entry, not a grade

# Words before the number, read top to bottom, the longer ones first.
_PREFIXES = (
    ("博士研究生|博士|博", Stage.DOCTOR),
    ("硕士研究生|硕士|研究生|硕|研", Stage.MASTER),
    ("五年制高职|高等职业|高职|大学|大专|本科|专科|高专|大", Stage.COLLEGE),
    ("中等职业|中职|职业高中|职高|中专|技工|技校|中技", Stage.VOCATIONAL),
    ("普通高中|高中|普高|高", Stage.SENIOR),
    ("初级中学|初中|初", Stage.JUNIOR),
    ("小学|小", Stage.PRIMARY),
)
_PREFIXED = tuple((re.compile(rf"(?:{words}){_NUMBER}{_AFTER}"), stage) for words, stage in _PREFIXES)
_BARE = re.compile(rf"(?:特教|特校|培智|义务教育)?{_NUMBER}(?:年级|年|级|$|(?=[(\d]))")
_PRESCHOOL = (("小班", 1), ("中班", 2), ("大班", 3), ("学前班", 3), ("托班", None), ("小小班", None))

# A number beyond six stands in one count from 小学 to 高中.
_ONE_COUNT = {7: (Stage.JUNIOR, 1), 8: (Stage.JUNIOR, 2), 9: (Stage.JUNIOR, 3)}
_ONE_COUNT |= {10: (Stage.SENIOR, 1), 11: (Stage.SENIOR, 2), 12: (Stage.SENIOR, 3)}

_YEARS = {
    Stage.PRESCHOOL: 3,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 3,
    Stage.SENIOR: 3,
    Stage.VOCATIONAL: 4,
    Stage.COLLEGE: 5,
    Stage.MASTER: 3,
    Stage.DOCTOR: 6,
}

# What a school's name says of its stages, read top to bottom; a school without such a word may have any.
_SCHOOL_WORDS = (
    ("幼儿园|幼稚园", frozenset({Stage.PRESCHOOL})),
    ("特殊教育|特教|启聪|启智|盲校|聋校", frozenset({Stage.PRIMARY, Stage.JUNIOR})),
    ("九年一贯", frozenset({Stage.PRIMARY, Stage.JUNIOR})),
    (
        "职业中学|职业高中|职教中心|中等职业|中等专业|中专|技工|技师学院|职业学校|职业教育中心",
        frozenset({Stage.VOCATIONAL}),
    ),
    ("职业学院|职业技术学院|高等职业|专科学校", frozenset({Stage.COLLEGE})),
    ("大学|学院|高等", frozenset({Stage.COLLEGE, Stage.MASTER, Stage.DOCTOR})),
    ("小学", frozenset({Stage.PRIMARY})),
    ("初级中学|初中", frozenset({Stage.JUNIOR})),
    ("高级中学|高中", frozenset({Stage.SENIOR})),
    ("完全中学|中学", frozenset({Stage.JUNIOR, Stage.SENIOR})),
)


@lru_cache(maxsize=4096)
def stages_of_school(name: str) -> frozenset[Stage]:
    """学段 that the name of a school allows; empty when the name says nothing."""
    return next((stages for words, stages in _SCHOOL_WORDS if re.search(words, name)), frozenset())


@lru_cache(maxsize=4096)
def read_grade(text: str, stages: frozenset[Stage] = frozenset()) -> Grade:
    """``stages`` are those of the school, empty when not known; they settle 四年级, which a college has too."""
    words = "".join(unicodedata.normalize("NFKC", text).split())
    for ending, year in _PRESCHOOL:
        if words.startswith(ending):
            return Grade(Stage.PRESCHOOL, year)
    for pattern, stage in _PREFIXED:
        if found := pattern.match(words):
            return _within(stage, _number(found))
    found = _BARE.match(words)
    number = _number(found) if found else None
    if number in _ONE_COUNT and (not stages or _ONE_COUNT[number][0] in stages):
        return Grade(*_ONE_COUNT[number])
    if number is not None and number > _YEARS[Stage.PRIMARY]:
        return Grade(None, None)
    if Stage.PRIMARY in stages or (number == _YEARS[Stage.PRIMARY] and not stages):
        return Grade(Stage.PRIMARY, number)
    if len(stages) == 1:
        (only,) = stages
        return Grade(only, number if number is None or number <= _YEARS[only] else None)
    return Grade(None, number)


def _within(stage: Stage, number: int) -> Grade:
    """初中八年级 and 高中十年级 are counted on from 小学 and brought back."""
    if number in _ONE_COUNT and _ONE_COUNT[number][0] is stage:
        return Grade(*_ONE_COUNT[number])
    return Grade(stage, number if 1 <= number <= _YEARS[stage] else None)


def _number(found: "re.Match[str]") -> int:
    word = found["number"]
    return _DIGITS[word] if word in _DIGITS else int(word)
