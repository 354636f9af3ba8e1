"""公示: only for what is won in a contest and rests on no hardship; name, school and class, five working days or more.

It is taken down by itself, and its names are destroyed with it (教财厅函〔2017〕28号).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.scope import Scope
from portal.clock import SchoolTerm, local, working_days_after
from portal.coverage.words import class_words
from portal.models import EnrolmentRecord, PublicNotice, PublicNoticeLine, Pupil, StaffMember, Unit
from portal.policies.catalogue import Catalogue
from portal.policies.policy import Gives, Policy
from portal.privacy.masking import one_line

WORKING_DAYS = 5
"""Whole working days after the day on which it is put up."""
LONGEST = timedelta(days=30)
MOST = 300
"""Names of one notice."""
HARDSHIP = {"categories", "categories_to_confirm", "determination", "disabled"}
"""Conditions by which a name on a notice would tell that its family is poor or the child disabled."""
COLUMNS = ("姓名", "学校", "年级、班级")
_ORDINAL = re.compile(r"(.+?)[(（]([1-9]\d?)[)）]")
"""张伟(2): the second of the name in the class, in the order of its roll (L-23)."""


class NoticeRefused(ValueError):
    """One sentence: why it is not put up, and what to do."""


@dataclass(frozen=True)
class Notice:
    """``names`` as written: one a line, with the class behind where two of a name are enrolled.

    Two of a name in one class are told apart by an ordinal behind the name, never by digits of their numbers.
    """

    policy: str
    term: SchoolTerm
    names: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Honoured:
    """One line of a notice; ``name`` with its ordinal where the class has two."""

    pupil_id: UUID
    name: str
    class_words: str


def may_be_public(policy: Policy) -> bool:
    """评选 alone is made public, and of it only what nobody gets for being poor."""
    asked = {condition.kind for version in policy.versions for one in version.who for condition in one.conditions}
    return policy.gives is Gives.CONTEST and not asked & HARDSHIP


def earliest_end(starts_on: date) -> date:
    return working_days_after(starts_on, WORKING_DAYS)


def put_up(
    session: Session, school: Unit, notice: Notice, catalogue: Catalogue, staff: StaffMember, now: datetime
) -> PublicNotice:
    """Raise NoticeRefused; every name must be one pupil of the school's own roll."""
    _refuse(notice, catalogue, local(now).date())
    people = _people(session, school, notice)
    made = PublicNotice(
        unit_id=school.id, policy=notice.policy, school_year=notice.term.school_year, starts_on=notice.starts_on,
        ends_on=notice.ends_on, pupils=len(people), put_up_by=staff.actor, put_up_at=now,
        taken_down_by="", because="",
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(
        PublicNoticeLine(notice_id=made.id, position=place, name=one.name, class_words=one.class_words)
        for place, one in enumerate(people, 1)
    )
    audit.record(
        session, made.put_up_by, "notice_put_up",
        unit_id=school.id, policy=notice.policy, pupils=made.pupils, until=notice.ends_on.isoformat(),
    )  # fmt: skip
    session.flush()
    return made


def _refuse(notice: Notice, catalogue: Catalogue, today: date) -> None:
    known = {policy.code: policy for policy in catalogue.policies}
    if notice.policy not in known or not may_be_public(known[notice.policy]):
        raise NoticeRefused("困难类资助和困难认定不公示：名字一上墙，谁家困难就都知道了。只有评优的项目可以公示")
    if notice.starts_on < today:
        raise NoticeRefused("开始日期不能早于今天")
    if notice.ends_on < (end := earliest_end(notice.starts_on)):
        raise NoticeRefused(f"公示不少于{WORKING_DAYS}个工作日（按国务院放假安排），最早到 {end} 结束")
    if notice.ends_on - notice.starts_on > LONGEST:
        raise NoticeRefused(f"公示最长 {LONGEST.days} 天，到期自动撤下；请把结束日期改早")


def _people(session: Session, school: Unit, notice: Notice) -> list[Honoured]:
    written = [line.split() for line in notice.names.splitlines() if line.strip()]
    if not written:
        raise NoticeRefused("请写上名单，一行一个姓名")
    if len(written) > MOST:
        raise NoticeRefused(f"一份公示最多 {MOST} 人")
    lines = [_read(words) for words in written]
    called = _called(session, school, notice.term, {line.index for line in lines})
    found = [_person(called[line.index], line, notice.term, place) for place, line in enumerate(lines, 1)]
    if len({one.pupil_id for one in found}) < len(found):
        raise NoticeRefused("名单里有人写了两遍，请去掉重复的")
    return found


@dataclass(frozen=True)
class _Written:
    """A line as the school wrote it, the name as its blind index; what it did not write is empty, or 0."""

    index: bytes | None
    ordinal: int
    in_class: str


def _read(words: Sequence[str]) -> _Written:
    written, *rest = words
    ordered = _ORDINAL.fullmatch(written)
    name, ordinal = (ordered[1], int(ordered[2])) if ordered else (written, 0)
    return _Written(Pupil.name.digest(name), ordinal, "".join(rest))


def _person(called: Sequence[Honoured], line: _Written, term: SchoolTerm, place: int) -> Honoured:
    """By name, by class where that is not enough, and by the ordinal where that is not either."""
    fitting = [one for one in called if not line.in_class or one.class_words == line.in_class]
    if not fitting:
        raise NoticeRefused(f"第{place}行：{term.label}的名册里没有这个人，请核对；只写姓名和班级，别的都不能公示")
    if len({one.class_words for one in fitting}) > 1:
        raise NoticeRefused(f"第{place}行：本校有 {len(fitting)} 名学生叫这个名字，请在姓名后面空一格写上年级班级")
    if not line.ordinal and len(fitting) == 1:
        return fitting[0]
    return _numbered(fitting, line.ordinal, place)


def _numbered(alike: Sequence[Honoured], ordinal: int, place: int) -> Honoured:
    """The one of a name in its class that the school means. Raise NoticeRefused where it does not say."""
    name = alike[0].name
    if len(alike) == 1:
        raise NoticeRefused(f"第{place}行：这个班只有一名{name}，请去掉姓名后面的序号")
    if not 1 <= ordinal <= len(alike):
        raise NoticeRefused(
            f"第{place}行：这个班有 {len(alike)} 名{name}，请按名册里的先后在姓名后面写序号，"
            f"如 {name}(1)、{name}({len(alike)})；不写证件号"
        )
    return replace(alike[ordinal - 1], name=f"{name}({ordinal})")


def _called(
    session: Session, school: Unit, term: SchoolTerm, names: Collection[bytes | None]
) -> dict[bytes | None, list[Honoured]]:
    """By name everybody on the school's roll who is called so, in the order of the roll."""
    enrolled = session.execute(
        select(Pupil, EnrolmentRecord)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .where(
            Pupil.name_index.in_(names), EnrolmentRecord.school_id == school.id,
            EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None),
        )
        .order_by(func.length(EnrolmentRecord.roster_row), EnrolmentRecord.roster_row, Pupil.id)
    )  # fmt: skip
    found: dict[bytes | None, list[Honoured]] = {name: [] for name in names}
    for pupil, record in enrolled:
        in_class = class_words(record.grade, record.class_name)
        found[pupil.name_index].append(Honoured(pupil.id, pupil.name or "", in_class))
    return found


def standing(session: Session, today: date) -> list[PublicNotice]:
    """What is up: whoever asks."""
    up = select(PublicNotice).where(
        PublicNotice.taken_down_at.is_(None), PublicNotice.starts_on <= today, PublicNotice.ends_on >= today
    )
    return list(session.scalars(up.order_by(PublicNotice.ends_on, PublicNotice.id)))


def find_standing(session: Session, notice_id: UUID, today: date) -> PublicNotice | None:
    return next((one for one in standing(session, today) if one.id == notice_id), None)


def lines_of(session: Session, notice: PublicNotice) -> list[PublicNoticeLine]:
    of_notice = select(PublicNoticeLine).where(PublicNoticeLine.notice_id == notice.id)
    return list(session.scalars(of_notice.order_by(PublicNoticeLine.position)))


def all_of(session: Session, scope: Scope, offset: int, limit: int) -> list[PublicNotice]:
    """The latest first."""
    theirs = scope.narrow(select(PublicNotice), PublicNotice.unit_id).order_by(PublicNotice.put_up_at.desc())
    return list(session.scalars(theirs.offset(offset).limit(limit)))


def count(session: Session, scope: Scope) -> int:
    theirs = scope.narrow(select(func.count()).select_from(PublicNotice), PublicNotice.unit_id)
    return session.scalar(theirs) or 0


def take_down_over(session: Session, now: datetime) -> int:
    """Those whose time is over; how many. The session must reach everything."""
    over = select(PublicNotice).where(PublicNotice.taken_down_at.is_(None), PublicNotice.ends_on < local(now).date())
    taken = session.scalars(over.with_for_update(skip_locked=True)).all()
    for notice in taken:
        _take_down(session, notice, "portal", "", now)
    return len(taken)


def take_down(session: Session, notice: PublicNotice, because: str, staff: StaffMember, now: datetime) -> None:
    """Before its time. Raise NoticeRefused."""
    said = one_line(because)
    if notice.taken_down_at is not None:
        raise NoticeRefused("这份公示已经撤下了")
    if not said or len(said) > 200:
        raise NoticeRefused("请写明为什么提前撤下，不超过200个字")
    _take_down(session, notice, staff.actor, said, now)


def _take_down(session: Session, notice: PublicNotice, by: str, because: str, now: datetime) -> None:
    session.execute(delete(PublicNoticeLine).where(PublicNoticeLine.notice_id == notice.id))
    notice.taken_down_at, notice.taken_down_by, notice.because = now, by, because
    audit.record(session, by, "notice_taken_down", unit_id=notice.unit_id, policy=notice.policy)
    session.flush()
