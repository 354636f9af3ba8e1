"""信息泄露: whose information may have got out, told by the trail alone, and what each of them is told (PIPL 57).

A page of one child names the child in the trail, a page of several names all of them. A list that was taken away names
its unit: then everybody who was enrolled there in its term counts, which is the most that the list can have held.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.access.households import died_among
from portal.access.one_to_one import in_class
from portal.clock import SchoolTerm, local, term_of
from portal.coverage.words import above_words, class_words, day_words
from portal.models import AuditEntry, EnrolmentRecord, Guardian, Pupil, SchoolClass, Unit
from portal.outreach.contacts import Ownership, numbers_of

DRAFT_WITHIN, REPORT_WITHIN = timedelta(hours=1), timedelta(hours=4)
"""From the moment it was found out: our own draft, and the report to the 网信办 (国家网络安全事件报告管理办法 4)."""
PAGE, NUMBERS, EVERYTHING_OF_IT = "姓名、学校、班级、困难类别和资助情况", "身份证件号或电话号码", "登记的全部信息"
SHOWN = {
    # an act of the trail: what whoever did it had before his eyes
    "read": PAGE,
    "looked_up": "姓名的一部分、学校和班级",
    "revealed": NUMBERS,
    "copied": EVERYTHING_OF_IT,
    "signed_in": PAGE,
    "trail_printed": PAGE,
    "reach_printed": PAGE,
    "script_read": PAGE,
    "exported": PAGE,
    "slips_printed": "姓名和告知单号码",
}
TAKEN_AWAY = ("exported", "slips_printed")
"""Acts that name a unit and mean everybody in it; of every other act the trail names the children."""
NAMELESS = ("budget", "statistics")
"""Lists of counts, which hold nobody."""
LOOKED_AT_ONCE = 1000
BY_PHONE = "打电话；短信里只请家长回电"
"""What leaked is no matter for a screen that anybody may read."""


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
    """One person to be told: the child, or a guardian of it; ``way`` is how, ``landline`` and ``above`` whom to ask."""

    school: str
    landline: str
    above: str
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

    def text(self, told: Told) -> str:
        return (
            f"{told.school}告诉您：{day_words(local(told.first_at).date())}起，因为{self.cause}，"
            f"{told.child}的{told.shown}可能被不该看的人看到，可能有人拿它冒充学校打电话、骗钱。"
            f"我们已经{self.measures}。请您不要相信要验证码、要转账、要证明的电话和短信；接到了，打110和学校电话。"
            f"要问、要查、要投诉，请打{told.landline or '学校电话'}，也可以找{told.above}。"
        )


def touched_by(session: Session, leak: Leak) -> dict[UUID, Touched]:
    """Every child that the trail shows within the leak; the session reaches everybody."""
    found: dict[UUID, Touched] = {}
    for entry in session.scalars(_entries(leak)):
        for pupil_id in _pupils_of(session, entry):
            if not leak.pupils or pupil_id in leak.pupils:
                one = found.setdefault(pupil_id, Touched(entry.at))
                one.times += 1
                one.shown |= _shown(entry)
    return found


def people_to_tell(session: Session, touched: Mapping[UUID, Touched]) -> Iterator[Told]:
    """Child and guardians, in the order of schools within each thousand."""
    everybody = list(touched)
    for first in range(0, len(everybody), LOOKED_AT_ONCE):
        some = everybody[first : first + LOOKED_AT_ONCE]
        numbers = numbers_of(session, some)
        classes = _classes(session, some)
        died = died_among(session, some)
        pupils = session.scalars(
            select(Pupil)
            .where(Pupil.id.in_(some))
            .options(joinedload(Pupil.school).joinedload(Unit.parent), selectinload(Pupil.guardians))
            .order_by(Pupil.school_id, Pupil.id)
        )
        for pupil in pupils:
            own = {number.phone for number in numbers.get(pupil.id, ()) if number.ownership is Ownership.OWN}
            about = _About(pupil, touched[pupil.id], *classes.get(pupil.id, ("", "")))
            yield from about.the_dead() if pupil.id in died else about.everybody(own)


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


def _shown(entry: AuditEntry) -> set[str]:
    in_full = {NUMBERS} if entry.detail.get("numbers") == "plain" else set()
    return {SHOWN[entry.action]} | in_full


def _pupils_of(session: Session, entry: AuditEntry) -> Iterable[UUID]:
    if entry.pupil_id is not None:
        return (entry.pupil_id,)
    if entry.action not in TAKEN_AWAY:
        return [UUID(pupil) for pupil in entry.detail.get("whose", ())]
    unit = session.get(Unit, entry.unit_id) if entry.unit_id else None
    if unit is None:
        return ()
    term = entry.detail.get("term") or term_of(local(entry.at).date()).code
    enrolled = select(EnrolmentRecord.pupil_id).where(
        EnrolmentRecord.term == term, EnrolmentRecord.school_id.in_(Unit.ids_below(unit.path))
    )
    return session.scalars(enrolled.distinct()).all()


def _classes(session: Session, pupils: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Of the newest term: the class in words and its teacher."""
    records = session.execute(
        select(EnrolmentRecord, SchoolClass.teacher)
        .outerjoin(SchoolClass, in_class())
        .where(EnrolmentRecord.pupil_id.in_(list(pupils)))
    ).all()
    in_order = sorted(records, key=lambda found: SchoolTerm.parse(found[0].term))
    return {
        record.pupil_id: (class_words(record.grade, record.class_name), teacher or "") for record, teacher in in_order
    }


@dataclass(frozen=True)
class _About:
    """One child of the leak, and who is told of it."""

    pupil: Pupil
    seen: Touched
    class_words: str
    teacher: str

    def everybody(self, own: Set[str]) -> Iterator[Told]:
        """A number of several families, and one that is no mobile, is rung by nobody about this."""
        yield self._told("学生", self.pupil.name or "")
        for guardian in self.pupil.guardians:
            yield self._of(guardian, guardian.phone if guardian.phone in own else "")

    def the_dead(self) -> Iterator[Told]:
        """Nothing is said to the child, and its family's telephone rings for nothing of it."""
        for guardian in self.pupil.guardians:
            yield self._of(guardian, "")

    def _of(self, guardian: Guardian, phone: str | None) -> Told:
        return self._told(guardian.relation or "监护人", guardian.name or "", phone or "")

    def _told(self, who: str, name: str, phone: str = "") -> Told:
        school = self.pupil.school
        return Told(
            school=school.name,
            landline=school.landline,
            above=above_words(school),
            class_words=self.class_words,
            child=self.pupil.name or "",
            who=who,
            name=name,
            phone=phone,
            way=BY_PHONE if phone else f"{self.teacher or '班主任'}当面告诉，或写信",
            shown="；".join(sorted(self.seen.shown)),
            times=self.seen.times,
            first_at=self.seen.first_at,
        )
