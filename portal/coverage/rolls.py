"""名单 for officers, each a question about the pupils of a scope: who was not found, who fell off, who changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.coverage import further_aid, quality
from portal.coverage.lists import names_of
from portal.coverage.roll_conditions import Condition, alone, changed, double, missed, of_pupil, outside, unfound
from portal.coverage.roll_words import Words, changes, doubles, nothing, registers, what_stands
from portal.coverage.tallies import Found, Tally, by_school, number, page_of, together
from portal.coverage.words import class_words
from portal.database import whole
from portal.models import EnrolmentRecord, Unit
from portal.privacy.masking import mask_name


@dataclass(frozen=True)
class RollLine:
    """A pupil, name masked, and why it is on this list."""

    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    why: str


@dataclass(frozen=True)
class Roll:
    """``empty`` is said when nobody is on it; it names the next step."""

    code: str
    label: str
    sentence: str
    empty: str
    holds: Condition
    words: Words


def lines(
    session: Session, scope: Scope, roll: Roll, term: str, on: Mapping[UUID, int], offset: int, limit: int
) -> list[RollLine]:
    """School by school, class by class; only those of the page are opened, and only their schools looked at."""
    schools, skipped = page_of(session, on, offset, limit)
    columns = EnrolmentRecord.pupil_id, EnrolmentRecord.grade, EnrolmentRecord.grade_number, EnrolmentRecord.class_name
    rows = _enrolled(scope.of_schools(schools), roll, term, *columns).join(Unit, Unit.id == EnrolmentRecord.school_id)
    found_at = whole(rows.add_columns(Unit.name, Unit.code))
    place = (found_at.c[name] for name in ("code", "grade_number", "class_name", "pupil_id"))
    page = select(found_at).order_by(*place).offset(skipped).limit(limit)
    found = session.execute(page).all()
    ids = [row.pupil_id for row in found]
    why, names = roll.words(session, ids, term), names_of(session, ids)
    return [
        RollLine(
            row.pupil_id,
            mask_name(names.get(row.pupil_id, "")),
            row.name,
            class_words(row.grade, row.class_name),
            why.get(row.pupil_id, ""),
        )
        for row in found
    ]


def _on_rolls(session: Session, scope: Scope, term: str) -> Found:
    for roll in ROLLS.values():
        counted = _enrolled(scope, roll, term, EnrolmentRecord.school_id, func.count())
        for school, pupils in session.execute(counted.group_by(EnrolmentRecord.school_id)):
            yield school, (roll.code,), (pupils,)


ON_ROLLS = Tally("rolls-3", _on_rolls)


def counts(session: Session, scope: Scope, term: str) -> dict[str, int]:
    """How many stand on each roll, by its code."""
    found = together(session, scope, term, ON_ROLLS)
    return {code: number(found, code) for code in ROLLS}


def on_roll(session: Session, scope: Scope, roll: Roll, term: str) -> dict[UUID, int]:
    """How many of each school stand on it."""
    found = by_school(session, scope, term, ON_ROLLS)
    return {school: on for school, counts in found.items() if (on := number(counts, roll.code))}


def named(session: Session, on: Mapping[UUID, int]) -> list[tuple[str, int]]:
    """Schools by name, the most first."""
    names = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(on)))
    return sorted(((name, on[school]) for school, name in names), key=lambda one: (-one[1], one[0]))


def _enrolled(scope: Scope, roll: Roll, term: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    statement = select(*columns).where(
        EnrolmentRecord.term == term, EnrolmentRecord.left_on.is_(None), roll.holds(scope, term)
    )
    return scope.narrow(statement.select_from(EnrolmentRecord), EnrolmentRecord.school_id)


ROLLS = {
    roll.code: roll
    for roll in (
        Roll(
            "unfound", "没有识别到", "本学期在校、不在任何名单里的学生。确有困难的，打开学生页提名或新增。",
            "每名在校学生都有比对结果。还没有名册的，先导入学籍。", unfound, nothing,
        ),
        Roll(
            "missed", "上期受助、本期未匹配", "资助不停。要结束，须在台账里写明原因；仍符合的，由资助中心人工新增。",
            "没有上期受助、本期未匹配的学生。", missed, what_stands,
        ),
        Roll(
            "outside", "省外户籍", "户籍在省外，或由全国系统下发的学生；省内再比对不会去掉。",
            "没有户籍在省外的学生。", outside, registers,
        ),
        Roll(
            "changes", "最近的变化", "最近一次有变化的比对：新增的、没有匹配到的、类别变了的。",
            "还没有比对过，或没有变化。", changed, changes,
        ),
        Roll(
            "no-phone", "没有监护人电话", "消息发不到，也打不通。请补全名册里的监护人电话后重新导入。",
            "每名在校学生都有监护人电话。", of_pupil(quality.no_phone), nothing,
        ),
        Roll(
            "no-guardian", "没有监护人", "名册里没有监护人姓名。由机构监护的，填机构名称。",
            "每名在校学生都有监护人。", of_pupil(quality.no_guardian), nothing,
        ),
        Roll(
            "bad-id", "证件号没有或存疑", "没有证件号，或不能确定是本人的，比对不会自动认定。请核对后重新导入名册。",
            "在校学生的证件号都能用来比对。", of_pupil(quality.bad_number), nothing,
        ),
        Roll(
            "conflicts", "信息有冲突", "两个来源说法不同，还没有人核实。打开学生页或“核实”逐个处理。",
            "没有互相矛盾的信息。", of_pupil(quality.conflict), quality.conflicts,
        ),
        Roll(
            "further", "特别困难，待落实其他资助",
            "还没有落实地方、校内或社会资助的。打开学生页记下落实的一项，或写明为什么没有。",
            "没有待落实的。困难程度特别高的学生，在学生页可以标记。",
            of_pupil(further_aid.is_open), further_aid.why_open,
        ),
        Roll(
            "doubles", "双重学籍", "同一个人在两所学校的名册里。资助只发一份，由上级资助中心核实孩子在哪里上学。",
            "没有同时在两所学校的学生。", double, doubles,
        ),
        Roll(
            "alone", "没有帮扶人", "每名应助学生有一名帮扶人：班主任的账号分到班级就是班主任，也可在学生页另指定老师。",
            "每名应助学生都有帮扶人。", alone, nothing,
        ),
    )
}  # fmt: skip
