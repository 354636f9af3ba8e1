"""名单 for officers, each a question about the pupils of a scope: who was not found, who fell off, who changed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, not_, or_, select, union
from sqlalchemy import Date as Day
from sqlalchemy.orm import Session

from portal.access.one_to_one import has_class_teacher, is_named
from portal.access.scope import Scope
from portal.coverage import further_aid, quality
from portal.coverage.lists import names_of
from portal.coverage.words import class_words
from portal.enrolment.lists import category_names
from portal.enrolment.standing import stands
from portal.models import (
    Addition,
    DoubleEnrolment,
    EnrolmentRecord,
    Entitlement,
    MatchPair,
    Pupil,
    RegisterEntry,
    Unit,
)
from portal.privacy.masking import mask_name
from portal.vocabulary import AdditionState, Decision

NATIONAL = "全国系统"
"""How 数据来源 of the national system's own lists begins: 全国系统下发."""


@dataclass(frozen=True)
class RollLine:
    """A pupil, name masked, and why it is on this list."""

    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    why: str


Condition = Callable[[Scope, str], ColumnElement[bool]]
Words = Callable[[Session, Sequence[UUID], str], Mapping[UUID, str]]


@dataclass(frozen=True)
class Roll:
    """``empty`` is said when nobody is on it; it names the next step."""

    code: str
    label: str
    sentence: str
    empty: str
    holds: Condition
    words: Words


def lines(session: Session, scope: Scope, roll: Roll, term: str, offset: int, limit: int) -> list[RollLine]:
    """School by school, class by class; only those of the page are opened."""
    page = (
        _enrolled(scope, roll, term, EnrolmentRecord.pupil_id, EnrolmentRecord.grade, EnrolmentRecord.class_name)
        .add_columns(Unit.name)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .order_by(Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name, EnrolmentRecord.pupil_id)
        .offset(offset)
        .limit(limit)
    )
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


def count(session: Session, scope: Scope, roll: Roll, term: str) -> int:
    return session.scalar(_enrolled(scope, roll, term, func.count())) or 0


def by_school(session: Session, scope: Scope, roll: Roll, term: str) -> list[tuple[str, int]]:
    """How many of each school, the most first."""
    counted = _enrolled(scope, roll, term, EnrolmentRecord.school_id, func.count().label("number"))
    each = counted.group_by(EnrolmentRecord.school_id).subquery()
    named = select(Unit.name, each.c.number).join(Unit, Unit.id == each.c.school_id)
    return [(name, number) for name, number in session.execute(named.order_by(each.c.number.desc(), Unit.name))]


def _enrolled(scope: Scope, roll: Roll, term: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    statement = select(*columns).where(
        EnrolmentRecord.term == term, EnrolmentRecord.left_on.is_(None), roll.holds(scope, term)
    )
    return scope.narrow(statement.select_from(EnrolmentRecord), EnrolmentRecord.school_id)


Pupils = Select[UUID]


def _enrolled_among(pupils: Pupils) -> ColumnElement[bool]:
    return EnrolmentRecord.pupil_id.in_(pupils)


def _of_pupil(holds: Condition) -> Condition:
    """What is said of the pupil's own row, asked of those enrolled."""

    def of_enrolled(scope: Scope, term: str) -> ColumnElement[bool]:
        return _enrolled_among(scope.narrow(select(Pupil.id).where(holds(scope, term)), Pupil.school_id))

    return of_enrolled


def _not_among(*several: Select[Any]) -> ColumnElement[bool]:
    """Each said for itself, so that PostgreSQL joins what is not there instead of asking row by row."""
    return and_(*(~one.exists() for one in several))


def _paired(scope: Scope, term: str, *more: ColumnElement[bool]) -> Select[Any]:
    """The standing pairs of an enrolment's pupil, within the scope."""
    of_pupil = MatchPair.pupil_id == EnrolmentRecord.pupil_id
    return scope.narrow(select(MatchPair.id).where(of_pupil, stands(term), *more), MatchPair.school_id)


def _added(scope: Scope) -> Select[Any]:
    of_pupil = Addition.pupil_id == EnrolmentRecord.pupil_id
    return scope.narrow(select(Addition.id).where(of_pupil, Addition.state == AdditionState.ADDED), Addition.school_id)


def _unfound(scope: Scope, term: str) -> ColumnElement[bool]:
    return _not_among(_paired(scope, term), _added(scope))


def _missed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has an open row, and is neither on a list as itself or with the household, nor added by hand."""
    open_rows = select(Entitlement.pupil_id).where(Entitlement.term == term, Entitlement.closed_on.is_(None))
    sure = _paired(scope, term, MatchPair.outcome == Decision.CERTAIN)
    return and_(_enrolled_among(scope.narrow(open_rows, Entitlement.school_id)), _not_among(sure, _added(scope)))


def _outside(scope: Scope, term: str) -> ColumnElement[bool]:
    province = scope.path.strip("/").partition("/")[0][:2]
    elsewhere = select(Pupil.id).where(
        Pupil.hukou_division != "", not_(Pupil.hukou_division.startswith(province, autoescape=True))
    )
    national = (
        select(MatchPair.pupil_id)
        .join(RegisterEntry, RegisterEntry.id == MatchPair.register_entry_id)
        .where(stands(term), RegisterEntry.source.startswith(NATIONAL))
    )
    either = union(scope.narrow(elsewhere, Pupil.school_id), scope.narrow(national, MatchPair.school_id))
    return EnrolmentRecord.pupil_id.in_(either)


def _changed(scope: Scope, term: str) -> ColumnElement[bool]:
    """Some pair came or fell on the day of the last change; whether anything came of it is said by the words."""
    last = _last_change(term)
    changed = select(MatchPair.pupil_id).where(
        MatchPair.term == term, or_(MatchPair.found_on == last, _fell_on() == last)
    )
    return _enrolled_among(scope.narrow(changed, MatchPair.school_id))


def _fell_on() -> ColumnElement[date | None]:
    return cast(func.timezone("Asia/Shanghai", MatchPair.superseded_at), Day)


def _last_change(term: str) -> Any:
    latest = select(func.greatest(func.max(MatchPair.found_on), func.max(_fell_on())))
    return latest.where(MatchPair.term == term).scalar_subquery()


def _double(_: Scope, term: str) -> ColumnElement[bool]:
    return exists().where(
        DoubleEnrolment.pupil_id == EnrolmentRecord.pupil_id,
        DoubleEnrolment.term == term,
        DoubleEnrolment.settled_at.is_(None),
    )


def _alone(scope: Scope, term: str) -> ColumnElement[bool]:
    """Has a row in the ledger, and nobody's name stands beside it (N2-3)."""
    listed = select(Entitlement.pupil_id).where(Entitlement.term == term, not_(Entitlement.retracted))
    among = _enrolled_among(scope.narrow(listed, Entitlement.school_id))
    return and_(among, not_(is_named()), not_(has_class_teacher()))


def _nothing(_session: Session, _pupils: Sequence[UUID], _term: str) -> Mapping[UUID, str]:
    return {}


def _what_stands(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    rows = select(Entitlement.pupil_id, Entitlement.next_step).where(
        Entitlement.pupil_id.in_(pupils), Entitlement.term == term, Entitlement.closed_on.is_(None)
    )
    return {pupil_id: f"台账没有停：{step}" for pupil_id, step in session.execute(rows)}


def _registers(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    said: defaultdict[UUID, list[str]] = defaultdict(list)
    for pair in session.scalars(select(MatchPair).where(MatchPair.pupil_id.in_(pupils), stands(term))):
        said[pair.pupil_id].append(pair.register or "")
    return {pupil_id: "、".join(sorted(set(registers))) for pupil_id, registers in said.items()}


def _changes(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    """新增, 消失 or 类别变化, from what was sure before the day of the last change and what is now."""
    last = session.scalar(select(_last_change(term)))
    before: defaultdict[UUID, set[str]] = defaultdict(set)
    after: defaultdict[UUID, set[str]] = defaultdict(set)
    pairs = select(MatchPair, _fell_on()).where(MatchPair.pupil_id.in_(pupils), MatchPair.term == term)
    names = category_names(session)
    for pair, fell_on in session.execute(pairs.where(MatchPair.outcome == Decision.CERTAIN)):
        name = names.get(pair.category or "", "")
        if fell_on is None:
            after[pair.pupil_id].add(name)
        if last is not None and pair.found_on < last and (fell_on is None or fell_on == last):
            before[pair.pupil_id].add(name)
    return {pupil_id: _change(before[pupil_id], after[pupil_id]) for pupil_id in pupils}


def _change(before: set[str], after: set[str]) -> str:
    was, now = "、".join(sorted(before)), "、".join(sorted(after))
    if before == after:
        return "疑似记录有变化，没有影响已匹配的结论"
    if not before:
        return f"新增：{now}"
    return f"类别变化：{was} → {now}" if after else f"本次没有匹配到：以前是{was}，台账没有停"


def _doubles(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    rows = select(DoubleEnrolment).where(
        DoubleEnrolment.pupil_id.in_(pupils), DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    )
    return {
        row.pupil_id: f"同时在{row.school.name}和{row.other_school.name}，资助只在"
        f"{row.school.name if row.aided_here else row.other_school.name}发一份"
        for row in session.scalars(rows)
    }


ROLLS = {
    roll.code: roll
    for roll in (
        Roll(
            "unfound", "没有识别到", "本学期在校、不在任何名单里的学生。确有困难的，打开学生页提名或新增。",
            "每名在校学生都有比对结果。还没有名册的，先导入学籍。", _unfound, _nothing,
        ),
        Roll(
            "missed", "上期受助、本期未匹配", "资助不停。要结束，须在台账里写明原因；仍符合的，由县人工新增。",
            "没有上期受助、本期未匹配的学生。", _missed, _what_stands,
        ),
        Roll(
            "outside", "省外户籍", "户籍在省外，或由全国系统下发的学生；省内再比对不会去掉。",
            "没有户籍在省外的学生。", _outside, _registers,
        ),
        Roll(
            "changes", "最近的变化", "最近一次有变化的比对：新增的、没有匹配到的、类别变了的。",
            "还没有比对过，或没有变化。", _changed, _changes,
        ),
        Roll(
            "no-phone", "没有监护人电话", "消息发不到，也打不通。请补全名册里的监护人电话后重新导入。",
            "每名在校学生都有监护人电话。", _of_pupil(quality.no_phone), _nothing,
        ),
        Roll(
            "no-guardian", "没有监护人", "名册里没有监护人姓名。由机构监护的，填机构名称。",
            "每名在校学生都有监护人。", _of_pupil(quality.no_guardian), _nothing,
        ),
        Roll(
            "bad-id", "证件号没有或存疑", "没有证件号，或不能确定是本人的，比对不会自动认定。请核对后重新导入名册。",
            "在校学生的证件号都能用来比对。", _of_pupil(quality.bad_number), _nothing,
        ),
        Roll(
            "conflicts", "信息有冲突", "两个来源说法不同，还没有人核实。打开学生页或“核实”逐个处理。",
            "没有互相矛盾的信息。", _of_pupil(quality.conflict), quality.conflicts,
        ),
        Roll(
            "further", "特别困难，待落实其他资助",
            "还没有落实地方、校内或社会资助的。打开学生页记下落实的一项，或写明为什么没有。",
            "没有待落实的。困难程度特别高的学生，在学生页可以标记。",
            _of_pupil(further_aid.is_open), further_aid.why_open,
        ),
        Roll(
            "doubles", "双重学籍", "同一个人在两所学校的名册里。资助只发一份，由县核实孩子在哪里上学。",
            "没有同时在两所学校的学生。", _double, _doubles,
        ),
        Roll(
            "alone", "没有帮扶人", "每名应助学生有一名帮扶人：班主任的账号分到班级就是班主任，也可在学生页另指定老师。",
            "每名应助学生都有帮扶人。", _alone, _nothing,
        ),
    )
}  # fmt: skip
