"""Which school each line of a roster belongs to; schools under the unit that are not known yet are made."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.intake.fitting import Fitting
from portal.intake.rosters import RosterLine
from portal.models import Unit
from portal.vocabulary import Stage, UnitLevel

COLUMN = "学校标识码"
_CODE = re.compile(r"[0-9A-Za-z-]{1,32}")
_LONGEST_NAME = 100


def place_lines(
    session: Session, unit: Unit, lines: Iterable[RosterLine], fitting: Fitting, by: str
) -> list[tuple[RosterLine, Unit]]:
    """Each line that is kept beside its school; of a school's own roster the code may be missing, but not another's."""
    if unit.level is UnitLevel.SCHOOL:
        return [(line, unit) for line in lines if _is_ours(line, unit, fitting)]
    lines = list(lines)
    known = _known(session, {line.school_code for line in lines})
    placed = []
    for line in lines:
        fault = _fault(line.school_code, known.get(line.school_code), unit)
        if fault:
            fitting.refuse(line.row, COLUMN, fault)
            continue
        if line.school_code not in known:
            known[line.school_code] = _made(session, line, unit, fitting, by)
        placed.append((line, known[line.school_code]))
    _note_stages(placed)
    return placed


def _is_ours(line: RosterLine, school: Unit, fitting: Fitting) -> bool:
    if line.school_code in ("", school.code):
        return True
    fitting.refuse(line.row, COLUMN, f"不是本校的标识码，这一行没有导入；本校是 {school.code}，别校学生请在别校导入")
    return False


def _known(session: Session, codes: set[str]) -> dict[str, Unit]:
    return {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_(codes)))}


def _fault(code: str, school: Unit | None, unit: Unit) -> str | None:
    if not code:
        return "学校标识码没有填写，不知道是哪所学校的学生；请补上后重新导入这一行"
    if not _CODE.fullmatch(code):
        return "学校标识码应是数字或字母，最多32位；请改正后重新导入这一行"
    if school is not None and school.level is not UnitLevel.SCHOOL:
        return f"这个代码是{school.level.label}级单位，不是学校；请改成学校的标识码"
    if school is not None and not unit.holds(school):
        return f"这所学校不在“{unit.name}”之下，这一行没有导入；请由它的上级单位导入"
    return None


def _made(session: Session, line: RosterLine, unit: Unit, fitting: Fitting, by: str) -> Unit:
    name = fitting.fit(line.row, "学校名称", line.school_name or line.school_code, _LONGEST_NAME)
    school = Unit(
        code=line.school_code,
        name=name,
        level=UnitLevel.SCHOOL,
        parent_id=unit.id,
        path=f"{unit.path}{line.school_code}/",
        stages=[],
    )
    session.add(school)
    session.flush()
    audit.record(session, by, "unit_changed", unit_id=school.id, code=school.code, level=school.level.value)
    return school


def _note_stages(placed: list[tuple[RosterLine, Unit]]) -> None:
    """学段 of schools that say none yet: those their pupils are in."""
    silent = {school.id for _, school in placed if not school.stages}
    for line, school in placed:
        if school.id in silent and line.stage is not None and line.stage.value not in school.stages:
            school.stages = [stage.value for stage in Stage if stage in (*school.stages, line.stage)]
