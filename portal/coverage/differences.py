"""差异: where the national system's awards and the ledger disagree, each kind a list in words (N1-2, N3-15)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.coverage import differing
from portal.coverage.difference_counts import Numbers
from portal.coverage.differing import Asked, Kind
from portal.coverage.lists import classes_of
from portal.coverage.tallies import page_of
from portal.coverage.words import yuan_words
from portal.database import whole
from portal.models import Pupil, StrayAward, Unit
from portal.privacy.masking import mask_name


@dataclass(frozen=True)
class Difference:
    """``words`` says of one that was found what differs, by how much."""

    kind: Kind
    sentence: str
    """What it is and what to do about it."""
    empty: str
    words: Callable[[Row[Any]], str]


@dataclass(frozen=True)
class DifferenceLine:
    """``pupil_id`` is None for a line of the file that is nobody's here."""

    pupil_id: UUID | None
    masked_name: str
    school: str
    class_words: str
    project: str
    due: Decimal | None
    paid: Decimal
    what: str


def at_schools(session: Session, numbers: Numbers) -> list[tuple[str, int]]:
    """How many of each school, the most first (N1-2)."""
    named = session.execute(select(Unit.name, Unit.id).where(Unit.id.in_(numbers)))
    return sorted(((name, numbers[unit_id]) for name, unit_id in named), key=lambda line: (-line[1], line[0]))


def lines(
    session: Session, asked: Asked, difference: Difference, numbers: Numbers, offset: int, limit: int
) -> list[DifferenceLine]:
    """School by school; only the schools of the page are looked at."""
    units, offset = page_of(session, numbers, offset, limit)
    found = differing.found(replace(asked, units=tuple(units)), difference.kind).subquery()
    there = whole(select(found, Unit.name.label("school"), Unit.code).join(Unit, Unit.id == found.c.unit_id))
    page = select(there).order_by(there.c.code, there.c.pupil_id, there.c.id).offset(offset).limit(limit)
    rows = session.execute(page).all()
    pupils = {row.pupil_id for row in rows if row.pupil_id}
    names = {pupil.id: pupil.name for pupil in session.scalars(select(Pupil).where(Pupil.id.in_(pupils)))}
    strays = {row.id for row in rows if not row.pupil_id}
    names |= {stray.id: stray.name for stray in session.scalars(select(StrayAward).where(StrayAward.id.in_(strays)))}
    classes = classes_of(session, asked.term.code, list(pupils))
    return [
        DifferenceLine(
            row.pupil_id, mask_name(names.get(row.pupil_id or row.id) or ""), row.school,
            classes.get(row.pupil_id, ""), _project(asked, row.project), row.due, row.paid, difference.words(row),
        )
        for row in rows
    ]  # fmt: skip


def _project(asked: Asked, code: str) -> str:
    known = {policy.code for policy in asked.catalogue.policies}
    return asked.catalogue[code].name if code in known else code


def _words_unlisted(row: Row[Any]) -> str:
    return f"应发{yuan_words(row.due)}元，受助名单里没有；应在{row.promised}前到账"


def _words_late(row: Row[Any]) -> str:
    came = f"{row.day}才发放" if row.day else "还没有发放"
    return f"应在{row.promised}前到账，{came}"


def _words_short(row: Row[Any]) -> str:
    return f"应发{yuan_words(row.due)}元，已发{yuan_words(row.paid)}元，少{yuan_words(row.due - row.paid)}元"


def _words_tier(row: Row[Any]) -> str:
    more = row.paid - row.due
    by = f"{'多' if more > 0 else '少'}{yuan_words(abs(more))}元"
    return f"应发{yuan_words(row.due)}元，发了{yuan_words(row.paid)}元，{by}"


def _words_duplicate(row: Row[Any]) -> str:
    if row.why:
        return f"{row.day}发放{yuan_words(row.paid)}元；{row.why}"
    return f"发了{row.times}次，共{yuan_words(row.paid)}元，应发{yuan_words(row.due)}元"


def _words_person(row: Row[Any]) -> str:
    return f"发放{yuan_words(row.paid)}元；{row.why}"


def _words_payee(row: Row[Any]) -> str:
    return f"{row.day}发放{yuan_words(row.paid)}元，收款账户户主不是学生本人，也不是登记的监护人"


DIFFERENCES = {
    difference.kind: difference
    for difference in (
        Difference(
            Kind.UNLISTED, "名单上的学生，受助名单里还没有，从学期第一天起欠发。查明原因，补进发放名单。",
            "名单上的学生都有发放记录。", _words_unlisted,
        ),
        Difference(
            Kind.LATE, "过了答应家长的日期才发放，或到今天还没有发放。日期由门户按台账开立的日子算，谁都不能手填。",
            "没有迟发的。", _words_late,
        ),
        Difference(
            Kind.SHORT, "发放的钱少于本学期应发。查明原因并补发；补发后重新导入受助名单。",
            "发放的都足额。", _words_short,
        ),
        Difference(
            Kind.WRONG_TIER, "发放的是另一档的标准，或多于应发又不是全年的数。请核对困难类别和档次。",
            "发放的档次都与台账一致。", _words_tier,
        ),
        Difference(
            Kind.DUPLICATE, "同一名学生同一项发了不止一次，或在两所学校都发了。请与发放部门核对后收回或更正。",
            "没有重复发放的。", _words_duplicate,
        ),
        Difference(
            Kind.WRONG_PERSON, "受助名单上有，学籍或台账里没有，或姓名与证件号对不上。先核对是不是发错了人。",
            "受助名单上的每个人都在台账里。", _words_person,
        ),
        Difference(
            Kind.PAYEE, "钱进了别人的账户。请核实户主与学生的关系，在全国系统里更正账户。",
            "收款人都是学生本人或登记的监护人。", _words_payee,
        ),
        Difference(
            Kind.UNKNOWN, "受助名单上的资助项目名称认不出，没有记到学生名下。请核对项目名称后重新导入。",
            "受助名单上的项目都认得。", _words_person,
        ),
    )
}  # fmt: skip
