"""The circumstances of one pupil as policies ask about them: what is None is unknown, never no."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal, TypeVar

from portal.vocabulary import Boarding, Determination, SchoolOwnership, Stage

Code = TypeVar("Code", bound=StrEnum)
UNDETERMINED: Final = "none"
"""The school has looked and given no 认定等级; JSON writes it as an explicit null."""


class WrongInput(ValueError):
    """A sentence in Chinese that names the id, the field and what to write instead."""


@dataclass(frozen=True)
class Circumstances:
    """Hashable, so that a province is evaluated once for each distinct one; ``grade`` counts within its stage."""

    stage: Stage | None = None
    grade: int | None = None
    boarding: bool | None = None
    ownership: SchoolOwnership | None = None
    inclusive: bool | None = None
    provincial: bool | None = None
    full_time: bool | None = None
    categories: frozenset[str] | None = None
    determination: Determination | Literal["none"] | None = None
    hukou: str | None = None
    county: str | None = None
    disabled: bool | None = None
    agriculture_major: bool | None = None
    first_year: bool | None = None
    veteran: bool | None = None


AT_SCHOOL = ("ownership", "inclusive", "provincial", "full_time")
"""What the file writes below ``school``."""
READ = {"id", "day", "school", *(field.name for field in fields(Circumstances))} - set(AT_SCHOOL)


@dataclass(frozen=True)
class Question:
    """One line of the file for ``flask evaluate``."""

    id: str
    day: date
    circumstances: Circumstances


NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九", 1)}
PRESCHOOL_CLASSES = {"小": 1, "中": 2, "大": 3}
FIRST_GRADE = {Stage.JUNIOR: 7, Stage.SENIOR: 10}
YEARS = {Stage.PRESCHOOL: 4, Stage.PRIMARY: 6, Stage.JUNIOR: 4, Stage.SENIOR: 3}
LONGEST_STAGE = 8
NO_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half of a pair, as JSON may spell it; no text can hold it."""


def read_grade(value: object, stage: Stage | None) -> int | None:
    """年级 within the stage from 4, "四年级", "7年级", "初二", "高一", "大班"; None when it cannot be that."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    if stage is Stage.PRESCHOOL and (small := re.fullmatch(r"([小中大])(?:班.*)?", text)):
        return PRESCHOOL_CLASSES[small[1]]
    found = re.fullmatch(
        r"(?:小学|初中|高中|中职|高职|大学|大专|初|高|研)?([0-9]{1,2}|[一二三四五六七八九])(?:年级)?", text
    )
    if not found:
        return None
    grade = NUMERALS.get(found[1]) or int(found[1])
    first = FIRST_GRADE.get(stage, 1) if stage else 1
    if grade >= first:
        grade -= first - 1
    longest = YEARS.get(stage, LONGEST_STAGE) if stage else 12
    return grade if 1 <= grade <= longest else None


def read_question(data: object, position: int, known_categories: Collection[str]) -> Question:
    """One object of the contract's input; ``position`` counts from 1 and is named when there is no id."""
    if not isinstance(data, Mapping):
        raise WrongInput(f"第{position}条不是对象：每个学生写成 {{…}}")
    reader = _Reader(data, f"第{position}条")
    identity = data.get("id")
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        raise reader.wrong("id", identity, "请给每个学生一个编号")
    if NO_CHARACTER.search(str(identity)):
        raise reader.wrong("id", identity, "里面有不成字的编码")
    reader = _Reader(data, f"第{position}条（id {identity}）")
    school = data.get("school")
    if not isinstance(school, Mapping | None):
        raise reader.wrong("school", school, '请写成对象，如 {"ownership": "public"}')
    at_school = _Reader(school or {}, reader.where, "school.")
    stage = reader.member("stage", Stage)
    circumstances = Circumstances(
        stage=stage,
        grade=reader.grade(stage),
        boarding=reader.boarding(),
        ownership=at_school.member("ownership", SchoolOwnership),
        inclusive=at_school.yes_no("inclusive"),
        provincial=at_school.yes_no("provincial"),
        full_time=at_school.yes_no("full_time"),
        categories=reader.categories(known_categories),
        determination=reader.determination(),
        hukou=reader.division("hukou"),
        county=reader.division("county"),
        disabled=reader.yes_no("disabled"),
        agriculture_major=reader.yes_no("agriculture_major"),
        first_year=reader.yes_no("first_year"),
        veteran=reader.yes_no("veteran"),
    )
    return Question(str(identity), reader.day(), circumstances)


def fields_not_read(questions: list[dict[str, Any]]) -> list[str]:
    """Names in a file that mean nothing here: further columns of its maker, or a slip of the pen."""
    unread = {name for question in questions for name in question.keys() - READ}
    at_school = {name for question in questions for name in (question.get("school") or {}).keys() - set(AT_SCHOOL)}
    return [*sorted(unread), *(f"school.{name}" for name in sorted(at_school))]


@dataclass(frozen=True)
class _Reader:
    """Reads fields of one object; every refusal names the place, the field, the value and the remedy."""

    data: Mapping[object, object]
    where: str
    prefix: str = ""

    def wrong(self, field: str, value: object, remedy: str) -> WrongInput:
        return WrongInput(f"{self.where}：{self.prefix}{field} 写的是{_shown(value)}，{remedy}")

    def yes_no(self, field: str) -> bool | None:
        value = self.data.get(field)
        if not isinstance(value, bool | None):
            raise self.wrong(field, value, "只能写 true 或 false，不知道就不写")
        return value

    def member(self, field: str, kind: type[Code]) -> Code | None:
        value = self.data.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            raise self.wrong(field, value, f"只能写 {'、'.join(kind)} 之一，不知道就不写")
        return kind(value)

    def grade(self, stage: Stage | None) -> int | None:
        value = self.data.get("grade")
        if value is None:
            return None
        grade = read_grade(value, stage)
        if grade is None:
            raise self.wrong("grade", value, "请写本学段的第几年级，如 4")
        return grade

    def boarding(self) -> bool | None:
        value = self.data.get("boarding")
        if isinstance(value, bool | None):
            return value
        if not isinstance(value, str) or value not in {place.value for place in Boarding}:
            raise self.wrong("boarding", value, f"只能写 true、false 或 {'、'.join(Boarding)}，不知道就不写")
        return value == Boarding.BOARDING

    def categories(self, known: Collection[str]) -> frozenset[str] | None:
        value = self.data.get("categories")
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.wrong("categories", value, '请写成代码的列表，如 ["DIBAO"]；不在任何名单写 []')
        for code in value:
            if not isinstance(code, str) or code not in known:
                raise self.wrong("categories", code, f"不是认识的类别代码，请用 {'、'.join(sorted(known))}")
        return frozenset(value)

    def determination(self) -> Determination | Literal["none"] | None:
        if "determination" in self.data and self.data["determination"] is None:
            return UNDETERMINED
        return self.member("determination", Determination)

    def division(self, field: str) -> str | None:
        value = self.data.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{5}(?:[0-9]{3}|[0-9]{6})?", value):
            raise self.wrong(field, value, '请写 6 位行政区划代码并加引号，如 "329901"')
        return value[:6]

    def day(self) -> date:
        value = self.data.get("day")
        try:
            if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise self.wrong("day", value, "请写成 2026-09-07 这样的日期") from None


def _shown(value: object) -> str:
    return "空" if value is None else f"“{str(value)[:40]}”"
