"""The kinds of condition a policy may set: how each is read, answered with yes, no or unknown, and said in Chinese."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.policies.circumstances import NUMERALS, UNDETERMINED, Circumstances
from portal.policies.policy import PROVINCE_DIVISION, PROVINCE_NAME, Category, Condition
from portal.vocabulary import Determination, SchoolOwnership, Stage

SCHOOL_WORDS = {
    Stage.PRESCHOOL: "幼儿园",
    Stage.PRIMARY: "小学",
    Stage.JUNIOR: "初中",
    Stage.SENIOR: "高中",
    Stage.VOCATIONAL: "中职学校",
    Stage.COLLEGE: "大学（大专）",
    Stage.MASTER: "硕士研究生",
    Stage.DOCTOR: "博士研究生",
}
NUMERAL_OF = {number: numeral for numeral, number in NUMERALS.items()}


class UnknownKind(ValueError):
    """A policy file sets a condition that is not in the table, or wants of it what it cannot be."""


@dataclass(frozen=True)
class Situation:
    """The circumstances with the day they are judged on and the categories then known."""

    circumstances: Circumstances
    day: date
    categories: Mapping[str, Category]


@dataclass(frozen=True)
class Answer:
    """``holds`` None is unknown: ``missing`` is the field and ``ask`` the question, or ``doubt`` what is unsettled.

    ``family`` is the fact or the doubt said without naming any hardship.
    """

    holds: bool | None
    fact: str = ""
    family: str = ""
    missing: str = ""
    ask: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Kind:
    """``wants`` finishes the sentence 这项给…的学生 when the policy file gives no words of its own."""

    read: Callable[[object], Any]
    answer: Callable[[Situation, Any], Answer]
    wants: Callable[[Any], str]


def _yes_no(
    field: str,
    value: Callable[[Circumstances], bool | None],
    yes: str,
    no: str,
    ask: str,
    family: tuple[str, str] | None = None,
) -> Kind:
    said = family or (yes, no)

    def read(wanted: object) -> bool:
        if not isinstance(wanted, bool):
            raise UnknownKind(f"{field} 只能是 true 或 false")
        return wanted

    def answer(situation: Situation, wanted: bool) -> Answer:
        known = value(situation.circumstances)
        if known is None:
            return Answer(None, missing=field, ask=ask)
        return Answer(known is wanted, yes if known else no, said[0] if known else said[1])

    return Kind(read, answer, lambda wanted: yes if wanted else no)


def _one_of(
    field: str,
    members: type[StrEnum],
    value: Callable[[Circumstances], str | None],
    fact: Callable[[Circumstances], str],
    label: Callable[[Any], str],
    ask: str,
    family: tuple[str, str] | None = None,
    verb: str = "",
) -> Kind:
    def answer(situation: Situation, wanted: frozenset[str]) -> Answer:
        known = value(situation.circumstances)
        if known is None:
            return Answer(None, missing=field, ask=ask)
        words = fact(situation.circumstances)
        said = family or (words, words)
        return Answer(known in wanted, words, said[0] if known in wanted else said[1])

    def wants(wanted: frozenset[str]) -> str:
        return verb + "、".join(label(member) for member in members if member in wanted)

    return Kind(lambda wanted: _codes(field, wanted, {member.value for member in members}), answer, wants)


def _codes(field: str, wanted: object, known: set[str] | None = None) -> frozenset[str]:
    if not isinstance(wanted, list) or not wanted or not all(isinstance(code, str) for code in wanted):
        raise UnknownKind(f"{field} 要写成代码的列表")
    strange = set(wanted) - known if known is not None else set()
    if strange:
        raise UnknownKind(f"{field} 里有不认识的 {'、'.join(sorted(strange))}")
    return frozenset(wanted)


def _grades(wanted: object) -> frozenset[int]:
    if (
        not isinstance(wanted, list)
        or not wanted
        or not all(type(grade) is int and 1 <= grade <= 8 for grade in wanted)
    ):
        raise UnknownKind("grade 要写成 1 到 8 的列表")
    return frozenset(wanted)


def grade_words(grade: int) -> str:
    return f"{NUMERAL_OF[grade]}年级"


def _reads(circumstances: Circumstances) -> str:
    school = SCHOOL_WORDS[circumstances.stage] if circumstances.stage else ""
    return f"读{school}{grade_words(circumstances.grade) if circumstances.grade else ''}"


def _grade(situation: Situation, wanted: frozenset[int]) -> Answer:
    if situation.circumstances.grade is None:
        return Answer(None, missing="grade", ask="孩子现在读几年级？")
    words = _reads(situation.circumstances)
    return Answer(situation.circumstances.grade in wanted, words, words)


def _categories(situation: Situation, wanted: frozenset[str]) -> Answer:
    """A category that has ended, or that the catalogue does not know yet, is a doubt and never a no."""
    held = situation.circumstances.categories
    if held is None:
        return Answer(None, missing="categories", ask="孩子或家里在不在民政、农业农村、残联等部门的名单里？")
    living = {code for code in held & wanted if not _ended(situation, code)}
    if living:
        return Answer(True, f"在名单里的类别：{_names(situation, living)}", "在部门送来的名单里")
    doubts = []
    if ended := held & wanted:
        doubts.append(f"“{_names(situation, ended)}”现在是否还按这一类享受，没有见到文件")
    if not held <= situation.categories.keys():
        doubts.append("名单里有新增的困难类别，能不能享受还没有写明")
    if doubts:
        return Answer(None, doubt=f"{'；'.join(doubts)}，请向学校或县资助中心确认")
    return Answer(False, "不在这些名单里", "没有查到在名单里")


def _categories_to_confirm(situation: Situation, wanted: frozenset[str]) -> Answer:
    held = situation.circumstances.categories
    if held is None:
        return Answer(None, missing="categories", ask="孩子或家里在不在民政、农业农村、残联等部门的名单里？")
    if open_ones := held & wanted:
        names = _names(situation, open_ones)
        return Answer(None, doubt=f"“{names}”能不能直接享受，省里的文件没有写明，请向学校或县资助中心确认")
    return Answer(False)


def _ended(situation: Situation, code: str) -> bool:
    until = situation.categories[code].until
    return until is not None and until < situation.day


def _names(situation: Situation, codes: frozenset[str] | set[str]) -> str:
    return "、".join(situation.categories[code].name for code in sorted(codes))


def _hukou(situation: Situation, wanted: frozenset[str]) -> Answer:
    """Of another province it is a doubt and no no: what rests on the 户籍 is asked for there."""
    hukou = situation.circumstances.hukou
    if hukou is None:
        return Answer(None, missing="hukou", ask="孩子的户口在哪个县（市、区）？")
    if not hukou.startswith(PROVINCE_DIVISION):
        elsewhere = f"户口不在{PROVINCE_NAME}（代码{hukou}），这一项在户口所在地办理"
        return Answer(None, family=elsewhere, doubt=elsewhere)
    words = f"户口在{PROVINCE_NAME}" if wanted == {PROVINCE_DIVISION} else f"户口所在地代码是{hukou}"
    return Answer(hukou.startswith(tuple(wanted)), words, words)


def _hukou_wanted(wanted: frozenset[str]) -> str:
    return f"户口在{PROVINCE_NAME if wanted == {PROVINCE_DIVISION} else '、'.join(sorted(wanted))}"


def _disabled(circumstances: Circumstances) -> bool | None:
    if circumstances.categories is not None and "DIS" in circumstances.categories:
        return True
    return circumstances.disabled


def _determined(circumstances: Circumstances) -> str:
    level = circumstances.determination
    if level is None or level == UNDETERMINED:
        return "学校没有认定过"
    return f"学校认定为{Determination(level).label}"


KINDS: Mapping[str, Kind] = {
    "stage": _one_of(
        "stage", Stage, lambda c: c.stage, _reads, lambda s: SCHOOL_WORDS[s], "孩子现在读哪个学段？", verb="读"
    ),
    "grade": Kind(_grades, _grade, lambda wanted: f"读{'、'.join(map(grade_words, sorted(wanted)))}"),
    "ownership": _one_of(
        "school.ownership", SchoolOwnership, lambda c: c.ownership,
        lambda c: f"学校是{c.ownership.label if c.ownership else ''}的", lambda o: f"读{o.label}学校",
        "学校是公办还是民办？",
    ),
    "inclusive": _yes_no(
        "school.inclusive", lambda c: c.inclusive, "读普惠性幼儿园", "读的不是普惠性幼儿园", "幼儿园是不是普惠性的？"
    ),
    "provincial": _yes_no(
        "school.provincial", lambda c: c.provincial, "读省属学校", "读的不是省属学校", "学校是不是省属的？"
    ),
    "full_time": _yes_no("school.full_time", lambda c: c.full_time, "全日制", "不是全日制", "读的是不是全日制？"),
    "boarding": _yes_no("boarding", lambda c: c.boarding, "住校", "不住校", "孩子住校吗？"),
    "categories": Kind(lambda wanted: _codes("categories", wanted), _categories, lambda _: "在名单里"),
    "categories_to_confirm": Kind(
        lambda wanted: _codes("categories_to_confirm", wanted), _categories_to_confirm, lambda _: "在名单里"
    ),
    "determination": _one_of(
        "determination", Determination, lambda c: c.determination, _determined, lambda d: f"学校认定为{d.label}",
        "学校这一学年认定过吗？认定的是哪一档？", family=("学校已经认定过", "学校没有认定过这一档"),
    ),
    "disabled": _yes_no(
        "disabled", _disabled, "是残疾学生", "不是残疾学生", "是不是残疾学生？",
        family=("在部门送来的名单里", "没有查到在名单里"),
    ),
    "agriculture_major": _yes_no(
        "agriculture_major", lambda c: c.agriculture_major, "读涉农专业", "读的不是涉农专业", "读的是不是涉农专业？"
    ),
    "hukou": Kind(lambda wanted: _codes("hukou", wanted), _hukou, _hukou_wanted),
    "first_year": _yes_no("first_year", lambda c: c.first_year, "是新生", "不是新生", "是不是今年入学的新生？"),
    "veteran": _yes_no("veteran", lambda c: c.veteran, "是退役士兵", "不是退役士兵", "是不是退役士兵？"),
}  # fmt: skip


def read_condition(kind: str, wanted: object) -> Condition:
    """A condition of a policy file, refused when the table has no such kind."""
    if kind not in KINDS:
        raise UnknownKind(f"不认识的条件 {kind}，可用：{'、'.join(KINDS)}")
    return Condition(kind, KINDS[kind].read(wanted))


def answer(condition: Condition, situation: Situation) -> Answer:
    return KINDS[condition.kind].answer(situation, condition.wanted)
