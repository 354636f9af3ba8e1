"""The one built-in reminder, 就学信息待确认: what it says to whom about which child."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local
from portal.coverage.words import short_day, yuan_words
from portal.models import EnrolmentRecord, Entitlement, Pupil, SchoolClass, Unit
from portal.outreach.contacts import Ownership
from portal.outreach.gateways.protocol import parts
from portal.outreach.messages import Template, template
from portal.outreach.words import surname
from portal.policies.catalogue import Catalogue, load_catalogue
from portal.policies.policy import Sureness, version_on
from portal.vocabulary import UnitLevel

NAME = "enrolment-not-confirmed"
ANSWER_WITHIN = timedelta(days=14)
COUNTS = "零一两三四五六"
the_catalogue = cache(load_catalogue)


def matter_of(term: SchoolTerm) -> str:
    return f"{NAME}:{term.code}"


@dataclass(frozen=True)
class Child:
    """What may be said of one pupil; ``policy`` and ``amount`` only where the ledger is sure of them."""

    pupil_id: UUID
    name: str
    school: Unit
    office: Unit
    """The county (or city) whose signature stands on the message."""
    grade: str
    teacher: str
    policy: str
    amount: str


@dataclass(frozen=True)
class Written:
    template: Template
    text: str

    @property
    def parts(self) -> int:
        return parts(self.text)


def write(children: Sequence[Child], ownership: Ownership, now: datetime) -> Written:
    """Raise TemplateFault where no wording can be sent; an unsure number learns of no child, policy or amount."""
    first = children[0]
    kind = "neutral" if ownership is not Ownership.OWN else "siblings" if len(children) > 1 else "own"
    chosen = template(f"enrolment_not_confirmed.{kind}")
    one_school = len({child.school.id for child in children}) == 1
    words = {
        "signature": signature(first.office),
        "child": called(first),
        "grade": first.grade,
        "grades": "、".join(child.grade for child in children) if all(child.grade for child in children) else "",
        "count": COUNTS[len(children)],
        "policy": first.policy,
        "amount": first.amount,
        "date": short_day(local(now + ANSWER_WITHIN).date()),
        "person": person_of(first) if one_school else "学校",
        "landline": (first.school.landline if one_school else "") or first.office.landline,
    }
    return Written(chosen, chosen.say(words))


def signature(office: Unit) -> str:
    """As filed with the operators: the office's own name."""
    named = office.name.endswith(("局", "中心", "委", "委员会"))
    return office.name if named else f"{office.name}教育局"


def called(child: Child) -> str:
    """王同学; who has no 姓 is the family's child."""
    family_name = surname(child.name)
    return f"{family_name}同学" if family_name else "您的孩子"


def person_of(child: Child) -> str:
    """班主任李老师, else the school's aid officer."""
    return f"班主任{child.teacher}" if child.teacher else child.school.aid_officer or "班主任"


def children_of(session: Session, pupil_ids: Iterable[UUID], term: SchoolTerm, day: date) -> dict[UUID, Child]:
    """Pupils enrolled in the term; one that has left is not among them."""
    wanted = list(pupil_ids)
    statement = (
        select(Pupil, EnrolmentRecord, Unit, SchoolClass.teacher)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .outerjoin(
            SchoolClass,
            (SchoolClass.school_id == EnrolmentRecord.school_id)
            & (SchoolClass.grade == EnrolmentRecord.grade)
            & (SchoolClass.name == EnrolmentRecord.class_name),
        )
        .where(Pupil.id.in_(wanted), EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None))
        .order_by(EnrolmentRecord.grade_number.desc().nulls_last(), Pupil.id)
    )
    found = session.execute(statement).all()
    offers = _offers(session, wanted, term, day)
    offices = _offices(session, [school for _, _, school, _ in found])
    return {
        pupil.id: Child(
            pupil.id, pupil.name or "", school, offices[school.id], record.grade, teacher or "",
            *offers.get(pupil.id, ("", "")),
        )
        for pupil, record, school, teacher in found
    }  # fmt: skip


def _offices(session: Session, schools: Iterable[Unit]) -> dict[UUID, Unit]:
    """For each school the nearest unit above it, the school itself where it stands alone."""
    above = {school.id: school.path.rstrip("/").rpartition("/")[0] + "/" for school in schools}
    units = session.scalars(select(Unit).where(Unit.path.in_(set(above.values())), Unit.level != UnitLevel.SCHOOL))
    by_path = {unit.path: unit for unit in units}
    return {school.id: by_path.get(above[school.id], school) for school in schools}


def _offers(session: Session, pupil_ids: Iterable[UUID], term: SchoolTerm, day: date) -> Mapping[UUID, tuple[str, str]]:
    """Policy and yuan a term of the largest open ledger row; no yuan where it is a waiver or not settled."""
    rows = session.execute(
        select(Entitlement.pupil_id, Entitlement.policy, Entitlement.due_yuan, Unit.path)
        .join(Unit, Unit.id == Entitlement.school_id)
        .where(
            Entitlement.pupil_id.in_(list(pupil_ids)),
            Entitlement.term == term.code,
            Entitlement.closed_on.is_(None),
            Entitlement.due_yuan.is_not(None),
        )
        .order_by(Entitlement.due_yuan.nulls_first())
    )
    offers = {}
    for pupil_id, code, yuan, path in rows:
        name = the_catalogue()[code].family_name
        doubt = "" if _is_sure(the_catalogue(), code, path, day) else "(以学校为准)"
        offers[pupil_id] = (name, f"{yuan_words(yuan)}元/学期{doubt}" if yuan is not None else "")
    return offers


def _is_sure(catalogue: Catalogue, code: str, path: str, day: date) -> bool:
    """Whether the province's rule and what a county lays over it were both read at their official source."""
    county = next((part for part in path.split("/") if len(part) == 6 and part.isdecimal()), None)
    versions = [version_on(catalogue[code].versions, day), *(v for _, v in catalogue.local_versions(code, county, day))]
    return all(version is not None and version.sure is Sureness.OFFICIAL for version in versions)
