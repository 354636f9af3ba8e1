"""信息泄露: whose information may have got out, told by the trail alone, and what each of them is told (PIPL 57).

A page of one child names the child in the trail. A list that was taken away names its unit: then everybody who was
enrolled there that term counts, which is the most that the list can have held.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.clock import SchoolTerm, local, term_of
from portal.coverage.words import day_words
from portal.models import AuditEntry, EnrolmentRecord, Guardian, Pupil, SchoolClass, Unit
from portal.outreach.contacts import Number, Ownership, numbers_of

DRAFT_WITHIN, REPORT_WITHIN = timedelta(hours=1), timedelta(hours=4)
"""From the moment it was found out: our own draft, and the report to the 网信办 (国家网络安全事件报告管理办法 4)."""
PAGE, NUMBERS, EVERYTHING_OF_IT = "姓名、学校、班级和资助情况", "身份证件号或电话号码", "登记的全部信息"
SHOWN = {
    # an act of the trail: what whoever did it had before his eyes
    "read": PAGE,
    "revealed": NUMBERS,
    "copied": EVERYTHING_OF_IT,
    "signed_in": PAGE,
    "trail_printed": PAGE,
    "reach_printed": PAGE,
    "script_read": PAGE,
    "exported": PAGE,
    "slips_printed": "姓名和告知单号码",
}
NAMELESS = ("budget", "statistics")
"""Lists of counts, which hold nobody."""
LOOKED_AT_ONCE = 1000


@dataclass(frozen=True)
class Leak:
    """What is known of it: when, and by whose account, from which address, or about which children."""

    since: datetime
    until: datetime
    actor: str = ""
    source: str = ""
    pupils: frozenset[UUID] = frozenset()


@dataclass
class Touched:
    """One child in the trail: what was seen of it, how often, and when first."""

    first_at: datetime
    times: int = 0
    shown: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Told:
    """One person to be told: the child, or a guardian of it; ``way`` is how."""

    school: str
    class_words: str
    child: str
    who: str
    name: str
    phone: str
    way: str
    shown: str
    times: int
    first_at: datetime


@dataclass(frozen=True)
class Notice:
    """The parts of the law that only people know; the kinds and whom to ring come from the portal (PIPL 57)."""

    cause: str
    measures: str

    def text(self, told: Told, landline: str) -> str:
        return (
            f"{told.school}告诉您：{day_words(local(told.first_at).date())}起，因为{self.cause}，"
            f"{told.child}的{told.shown}可能被不该看的人看到，可能有人拿它冒充学校打电话、骗钱。"
            f"我们已经{self.measures}。请您不要相信要验证码、要转账、要证明的电话和短信；接到了，打110和学校电话。"
            f"要问、要查、要投诉，请打{landline or '学校电话'}，也可以找县资助中心。"
        )


def touched_by(session: Session, leak: Leak) -> dict[UUID, Touched]:
    """Every child that the trail shows within the leak; the session reaches everybody."""
    found: dict[UUID, Touched] = {}
    for entry in session.scalars(_entries(leak)):
        for pupil_id in _pupils_of(session, entry):
            if not leak.pupils or pupil_id in leak.pupils:
                one = found.setdefault(pupil_id, Touched(entry.at))
                one.times += 1
                one.shown.add(SHOWN[entry.action])
    return found


def people_to_tell(session: Session, touched: Mapping[UUID, Touched]) -> Iterator[tuple[Told, str]]:
    """Child and guardians, each with the school's landline; in the order of schools within each thousand."""
    everybody = list(touched)
    for first in range(0, len(everybody), LOOKED_AT_ONCE):
        some = everybody[first : first + LOOKED_AT_ONCE]
        numbers = numbers_of(session, some)
        classes = _classes(session, some)
        pupils = session.scalars(
            select(Pupil)
            .where(Pupil.id.in_(some))
            .options(joinedload(Pupil.school), selectinload(Pupil.guardians))
            .order_by(Pupil.school_id, Pupil.id)
        )
        for pupil in pupils:
            for told in _people(pupil, touched[pupil.id], numbers.get(pupil.id, ()), classes.get(pupil.id, ("", ""))):
                yield told, pupil.school.landline


def _entries(leak: Leak) -> Select[AuditEntry]:
    statement = select(AuditEntry).where(
        AuditEntry.at.between(leak.since, leak.until),
        AuditEntry.action.in_(SHOWN),
        or_(AuditEntry.detail["list"].astext.is_(None), AuditEntry.detail["list"].astext.not_in(NAMELESS)),
    )
    if leak.actor:
        statement = statement.where(AuditEntry.actor == leak.actor)
    if leak.source:
        statement = statement.where(AuditEntry.source == leak.source)
    return statement.order_by(AuditEntry.at)


def _pupils_of(session: Session, entry: AuditEntry) -> Iterable[UUID]:
    if entry.pupil_id is not None:
        return (entry.pupil_id,)
    unit = session.get(Unit, entry.unit_id) if entry.unit_id else None
    if unit is None:
        return ()
    term = term_of(local(entry.at).date()).code
    enrolled = select(EnrolmentRecord.pupil_id).where(
        EnrolmentRecord.term == term, EnrolmentRecord.school_id.in_(Unit.ids_below(unit.path))
    )
    return session.scalars(enrolled.distinct()).all()


def _classes(session: Session, pupils: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Of the newest term: the class in words and its teacher."""
    records = session.execute(
        select(EnrolmentRecord, SchoolClass.teacher)
        .outerjoin(
            SchoolClass,
            (SchoolClass.school_id == EnrolmentRecord.school_id)
            & (SchoolClass.grade == EnrolmentRecord.grade)
            & (SchoolClass.name == EnrolmentRecord.class_name),
        )
        .where(EnrolmentRecord.pupil_id.in_(list(pupils)))
    ).all()
    in_order = sorted(records, key=lambda found: SchoolTerm.parse(found[0].term))
    return {record.pupil_id: (f"{record.grade}{record.class_name}", teacher or "") for record, teacher in in_order}


def _people(pupil: Pupil, seen: Touched, numbers: Iterable[Number], in_class: tuple[str, str]) -> Iterator[Told]:
    class_words, teacher = in_class
    own = {number.phone for number in numbers if number.ownership is Ownership.OWN}
    by_school = f"{teacher or '班主任'}当面告诉，或写信"

    def told(who: str, name: str, phone: str, way: str) -> Told:
        shown = "；".join(sorted(seen.shown))
        return Told(
            pupil.school.name, class_words, pupil.name or "", who, name, phone, way, shown, seen.times, seen.first_at
        )

    yield told("学生", pupil.name or "", "", by_school)
    for guardian in pupil.guardians:
        yield told(guardian.relation or "监护人", guardian.name or "", *_reached(guardian, own, by_school))


def _reached(guardian: Guardian, own: set[str], by_school: str) -> tuple[str, str]:
    """A number of several families, and one that is no mobile, is rung by nobody about this."""
    phone = guardian.phone or ""
    return (phone, "打电话或发短信") if phone in own else ("", by_school)
