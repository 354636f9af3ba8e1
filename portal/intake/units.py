"""单位 come in from a csv: 代码,名称,级别,上级代码,学段, rows in any order; loading again changes what changed.

办学性质 (公办, 普惠性民办, 民办), 联系电话 and 资助老师 may stand beside them.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.headings.heading_line import WITHIN, normalise
from portal.models import Unit
from portal.vocabulary import SchoolOwnership, Stage, UnitLevel


class UnitsProblem(ValueError):
    """The file is not taken in; one line that names the rows and says what to do."""


ABOVE = {
    UnitLevel.PROVINCE: frozenset[UnitLevel](),
    UnitLevel.CITY: frozenset({UnitLevel.PROVINCE}),
    UnitLevel.COUNTY: frozenset({UnitLevel.PROVINCE, UnitLevel.CITY}),
    UnitLevel.SCHOOL: frozenset({UnitLevel.PROVINCE, UnitLevel.CITY, UnitLevel.COUNTY}),
    UnitLevel.BUREAU: frozenset({UnitLevel.PROVINCE, UnitLevel.CITY, UnitLevel.COUNTY}),
}
"""At which levels the unit above may stand; a college may hang from a city or the province."""

SHOWN = 5
_LONGEST_NAME = 100
_CODE = re.compile(r"[0-9A-Za-z-]{1,32}")
_BETWEEN = re.compile(r"[;；、,，\s]+")
_LEVEL_WORDS = {word: level for level in UnitLevel for word in (level.value, level.label, level.label + "级")}
_LEVEL_WORDS |= {"区": UnitLevel.COUNTY, "县区": UnitLevel.COUNTY, "学院": UnitLevel.SCHOOL, "部门": UnitLevel.BUREAU}
_STAGE_WORDS = {word: stage for stage in Stage for word in (stage.value, stage.label)}
_STAGE_WORDS |= {"高中": Stage.SENIOR, "普高": Stage.SENIOR, "中职": Stage.VOCATIONAL, "幼儿园": Stage.PRESCHOOL}
_STAGE_WORDS |= {"高校": Stage.COLLEGE, "本专科": Stage.COLLEGE, "硕士": Stage.MASTER, "博士": Stage.DOCTOR}
_COLUMNS = ("代码", "名称", "级别", "上级代码")
_MORE = ("学段", "办学性质", "联系电话", "资助老师")
_KINDS: dict[str, tuple[SchoolOwnership | None, bool | None]] = {
    "": (None, None),
    "公办": (SchoolOwnership.PUBLIC, None),
    "普惠性民办": (SchoolOwnership.PRIVATE, True),
    "非普惠性民办": (SchoolOwnership.PRIVATE, False),
    "民办": (SchoolOwnership.PRIVATE, None),
}
"""办学性质 as written: ownership, and whether 普惠性 where that is said."""


@dataclass(frozen=True)
class UnitLine:
    """One row; of what stands behind ``stages`` an empty cell leaves what is known."""

    row: int
    code: str
    name: str
    level: UnitLevel
    parent: str
    stages: tuple[Stage, ...]
    ownership: SchoolOwnership | None
    inclusive: bool | None
    landline: str
    aid_officer: str


def load_units(session: Session, data: bytes, by: str) -> int:
    """How many units the file names; all of them are in afterwards, or none (UnitsProblem)."""
    faults: list[str] = []
    try:
        lines = list(_lines(data, faults))
    except csv.Error as error:
        raise UnitsProblem("单位文件里有一格没有尽头，可能双引号没有配对：请改正后重新导入") from error
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    known = {**{code: unit.level for code, unit in units.items()}, **{line.code: line.level for line in lines}}
    faults += [fault for line in lines if (fault := _misplaced(line, known))]
    faults += _stranded(lines, units)
    if faults:
        more = f" …… 共 {len(faults)} 处" if len(faults) > SHOWN else ""
        raise UnitsProblem("；".join(faults[:SHOWN]) + more + "。请改正后重新导入，这次没有导入任何单位")
    for line in sorted(lines, key=lambda line: list(ABOVE).index(line.level)):
        unit = units.get(line.code)
        parent = units[line.parent] if line.parent else None
        changed = _fill(unit or Unit(code=line.code, path=f"/{line.code}/", stages=[]), line, parent)
        units[line.code] = changed
        if changed in session.dirty or unit is None:
            session.add(changed)
            session.flush()
            audit.record(session, by, "unit_changed", unit_id=changed.id, code=line.code, level=line.level.value)
    _lay_paths(units)
    session.flush()
    return len(lines)


def _lines(data: bytes, faults: list[str]) -> Iterator[UnitLine]:
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    headings = _headings(reader)
    first: dict[str, int] = {}
    for written in reader:
        row = reader.line_num
        cells = dict(zip(headings, written, strict=False))
        values = {name: cells.get(name, "").strip() for name in (*_COLUMNS, *_MORE)}
        if not any(values.values()):
            continue
        problems = list(_faults_of(values))
        if values["代码"] in first:
            problems.append(f"代码 {values['代码']} 与第 {first[values['代码']]} 行重复")
        first.setdefault(values["代码"], row)
        if problems:
            faults += [f"第 {row} 行：{problem}" for problem in problems]
            continue
        ownership, inclusive = _KINDS[values["办学性质"]]
        yield UnitLine(
            row=row,
            code=values["代码"],
            name=values["名称"],
            level=_LEVEL_WORDS[values["级别"].lower()],
            parent=values["上级代码"],
            stages=tuple(_STAGE_WORDS[word.lower()] for word in _BETWEEN.split(values["学段"]) if word),
            ownership=ownership,
            inclusive=inclusive,
            landline=values["联系电话"],
            aid_officer=values["资助老师"],
        )


def _headings(rows: Iterator[list[str]]) -> list[str]:
    """As far as the line that has them; a title may stand above."""
    nearest: list[str] = []
    for cells in islice(rows, WITHIN):
        headings = [normalise(cell) for cell in cells]
        if set(headings).issuperset(_COLUMNS):
            return headings
        nearest = max(nearest, headings, key=lambda found: len(set(found).intersection(_COLUMNS)))
    missing = [name for name in _COLUMNS if name not in nearest]
    raise UnitsProblem(
        f"单位文件缺少“{'”“'.join(missing)}”列：表头应有 代码、名称、级别、上级代码、学段，请补上后重新导入"
    )


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnitsProblem("单位文件既不是 UTF-8 也不是 GB18030 的文字：请另存为“CSV UTF-8”后重新导入")


def _faults_of(values: Mapping[str, str]) -> Iterator[str]:
    if not _CODE.fullmatch(values["代码"]):
        yield "代码应是 1 至 32 位数字、字母或短横"
    if not values["名称"] or len(values["名称"]) > _LONGEST_NAME:
        yield f"名称应有 1 至 {_LONGEST_NAME} 个字"
    if values["级别"].lower() not in _LEVEL_WORDS:
        yield f"级别写的是“{values['级别'][:20]}”，应是 {'、'.join(UnitLevel)} 之一"
    strange = [word for word in _BETWEEN.split(values["学段"]) if word and word.lower() not in _STAGE_WORDS]
    if strange:
        yield f"学段写的是“{strange[0][:20]}”，应是 {'、'.join(Stage)}，几个之间用分号"
    if values["办学性质"] not in _KINDS:
        yield f"办学性质写的是“{values['办学性质'][:20]}”，应是 {'、'.join(filter(None, _KINDS))} 之一，不知道就留空"
    for column, longest in (("联系电话", 20), ("资助老师", 30)):
        if len(values[column]) > longest:
            yield f"{column}超过 {longest} 个字"


def _misplaced(line: UnitLine, known: Mapping[str, UnitLevel]) -> str | None:
    """What is wrong with where the unit hangs."""
    allowed = ABOVE[line.level]
    if not line.parent:
        return f"第 {line.row} 行：{line.level.label}级单位要写上级代码" if allowed else None
    if not allowed:
        return f"第 {line.row} 行：省级单位没有上级，请把上级代码留空"
    if line.parent not in known:
        return f"第 {line.row} 行：上级代码 {line.parent} 不在文件里，也不在库里"
    if known[line.parent] not in allowed:
        return f"第 {line.row} 行：{line.level.label}级单位不能设在{known[line.parent].label}级单位 {line.parent} 之下"
    return None


def _stranded(lines: Iterable[UnitLine], units: Mapping[str, Unit]) -> Iterator[str]:
    """Where a unit that the file gives another level still has units below it that cannot stand there."""
    named = {line.code: line for line in lines}
    above = {units[code].id: line for code, line in named.items() if code in units}
    for unit in units.values():
        line = above.get(unit.parent_id) if unit.parent_id and unit.code not in named else None
        if line and line.level not in ABOVE[unit.level]:
            yield f"第 {line.row} 行：{line.code} 改成{line.level.label}级，下面的“{unit.name}”就没有地方了，请先改它"


def _fill(unit: Unit, line: UnitLine, parent: Unit | None) -> Unit:
    """Only what differs is set, so that a second load changes nothing."""
    wanted = {"name": line.name, "level": line.level, "parent_id": parent and parent.id}
    optional = {
        "stages": [stage.value for stage in line.stages],
        "ownership": line.ownership,
        "inclusive": line.inclusive,
        "landline": line.landline,
        "aid_officer": line.aid_officer,
    }
    told = {name: value for name, value in optional.items() if value not in ("", [], None)}
    for name, value in (wanted | told).items():
        if getattr(unit, name) != value:
            setattr(unit, name, value)
    return unit


def _lay_paths(units: Mapping[str, Unit]) -> None:
    """Every unit's codes from the root down, those below a moved unit too."""
    by_id = {unit.id: unit for unit in units.values()}
    for unit in units.values():
        codes, above = [unit.code], unit.parent_id
        while above is not None:
            codes.append(by_id[above].code)
            above = by_id[above].parent_id
        path = f"/{'/'.join(reversed(codes))}/"
        if unit.path != path:
            unit.path = path
