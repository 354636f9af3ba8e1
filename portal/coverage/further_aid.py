"""特别困难的学生: beyond the policies a further source is found, or somebody says why there is none (N4-11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.clock import local
from portal.coverage.reasons import asks_for_proof
from portal.database import lock, same_place
from portal.models import FurtherAid, Pupil, StaffMember
from portal.privacy.masking import one_line

SHORTEST, LONGEST = 4, 200


class FurtherAidRefused(ValueError):
    """One sentence: why it is not recorded, and what to do."""


@dataclass(frozen=True)
class Source:
    """Where else a pupil may be helped, and whom to ask."""

    code: str
    label: str
    ask: str


SOURCES = {
    source.code: source
    for source in (
        Source("local", "地方政府资助", "县教育局、财政局，乡镇街道"),
        Source("school", "校内资助", "学校从事业收入里提取的资助经费，问学校财务"),
        Source("relief", "临时救助", "户籍地乡镇街道、县民政局"),
        Source("disabled", "残联补贴", "户籍地残联（残疾学生或残疾人子女）"),
        Source("union", "工会助学", "监护人单位工会或县总工会（困难职工子女）"),
        Source("charity", "社会资助", "慈善会、教育基金会、爱心企业"),
    )
}


def flag(session: Session, pupil: Pupil, why: str, staff: StaffMember, now: datetime) -> FurtherAid:
    """Raise FurtherAidRefused; a pupil that is flagged already stays flagged once."""
    standing = open_of(session, pupil.id)
    if standing is not None:
        return standing
    made = FurtherAid(
        pupil_id=pupil.id, school_id=pupil.school_id, flagged_by=staff.actor, flagged_at=now,
        why=_said(why, "请用一句话写明为什么特别困难"), source="", settled_by="",
    )  # fmt: skip
    session.add(made)
    audit.record(session, made.flagged_by, "further_flagged", unit_id=pupil.school_id, pupil_id=pupil.id)
    session.flush()
    return made


def settle(session: Session, row: FurtherAid, source: str, words: str, staff: StaffMember, now: datetime) -> None:
    """With a source what was arranged, without one why nothing could be. Raise FurtherAidRefused."""
    lock(session, row)
    if row.settled_at is not None:
        raise FurtherAidRefused("这一件已经记下结果了")
    if source and source not in SOURCES:
        raise FurtherAidRefused("请从列表里选落实的是哪一项")
    lacking = "请写明落实了什么、多少钱" if source else "没有落实的，请写明为什么，问过哪里"
    row.source, row.words = source, _said(words, lacking)
    row.settled_by, row.settled_at = staff.actor, now
    audit.record(
        session, row.settled_by, "further_settled",
        unit_id=row.school_id, pupil_id=row.pupil_id, source_of_aid=source or "none",
    )  # fmt: skip
    session.flush()


def open_of(session: Session, pupil_id: UUID) -> FurtherAid | None:
    found = select(FurtherAid).where(FurtherAid.pupil_id == pupil_id, FurtherAid.settled_at.is_(None))
    return session.scalars(found).first()


def all_of(session: Session, pupil_id: UUID) -> list[FurtherAid]:
    """The latest first."""
    found = select(FurtherAid).where(FurtherAid.pupil_id == pupil_id).order_by(FurtherAid.flagged_at.desc())
    return list(session.scalars(found))


def is_open(_: Scope, _term: str) -> ColumnElement[bool]:
    here = FurtherAid.pupil_id == Pupil.id, same_place(FurtherAid.school_id, Pupil.school_id)
    return exists().where(*here, FurtherAid.settled_at.is_(None))


def why_open(session: Session, pupils: Sequence[UUID], _term: str) -> Mapping[UUID, str]:
    rows = session.scalars(select(FurtherAid).where(FurtherAid.pupil_id.in_(pupils), FurtherAid.settled_at.is_(None)))
    return {row.pupil_id: f"{local(row.flagged_at).date()} 标记，还没有落实" for row in rows}


def _said(words: str, lacking: str) -> str:
    said = one_line(words)
    if len(said) < SHORTEST:
        raise FurtherAidRefused(lacking)
    if len(said) > LONGEST:
        raise FurtherAidRefused(f"请不超过{LONGEST}个字")
    if asks_for_proof(said):
        raise FurtherAidRefused("不能写要证明材料的话，请改一下说明")
    return said
