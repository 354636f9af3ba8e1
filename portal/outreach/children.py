"""What may be said to a family of its child: grade, teacher, office, and the aid where the ledger is sure of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.one_to_one import in_class
from portal.clock import SchoolTerm
from portal.coverage.words import yuan_words
from portal.enrolment.local_standards import catalogue_of
from portal.models import EnrolmentRecord, Entitlement, Pupil, SchoolClass, Unit
from portal.outreach.audiences import row_condition
from portal.policies.catalogue import Catalogue
from portal.policies.policy import Sureness, version_on
from portal.vocabulary import Audience, UnitLevel


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


def children_of(
    session: Session, pupil_ids: Iterable[UUID], term: SchoolTerm, day: date, audience: Audience
) -> dict[UUID, Child]:
    """Pupils enrolled in the term, the highest grade first; one that has left is not among them."""
    wanted = list(pupil_ids)
    statement = (
        select(Pupil.id, Pupil.name_sealed, EnrolmentRecord.grade, Unit, SchoolClass.teacher)
        .join(EnrolmentRecord, EnrolmentRecord.pupil_id == Pupil.id)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .outerjoin(SchoolClass, in_class())
        .where(Pupil.id.in_(wanted), EnrolmentRecord.term == term.code, EnrolmentRecord.left_on.is_(None))
        .order_by(EnrolmentRecord.grade_number.desc().nulls_last(), Pupil.id)
    )
    found = session.execute(statement).all()
    offers = _offers(session, wanted, term, day, audience)
    offices = offices_of(session, {row.Unit for row in found})
    return {
        row.id: Child(
            row.id, Pupil.name.open(row) or "", row.Unit, offices[row.Unit.id], row.grade, row.teacher or "",
            *offers.get(row.id, ("", "")),
        )
        for row in found
    }  # fmt: skip


def offices_of(session: Session, schools: Iterable[Unit]) -> dict[UUID, Unit]:
    """For each school the nearest unit above it, the school itself where it stands alone."""
    above = {school.id: school.path.rstrip("/").rpartition("/")[0] + "/" for school in schools}
    units = session.scalars(select(Unit).where(Unit.path.in_(set(above.values())), Unit.level != UnitLevel.SCHOOL))
    by_path = {unit.path: unit for unit in units}
    return {school.id: by_path.get(above[school.id], school) for school in schools}


def _offers(
    session: Session, pupil_ids: Iterable[UUID], term: SchoolTerm, day: date, audience: Audience
) -> Mapping[UUID, tuple[str, str]]:
    """Policy and yuan a term of the largest ledger row it is about; no yuan where it is a waiver or not settled."""
    about = row_condition(audience)
    if about is None:
        return {}
    rows = session.execute(
        select(Entitlement.pupil_id, Entitlement.policy, Entitlement.due_yuan, Unit.path)
        .join(Unit, Unit.id == Entitlement.school_id)
        .where(
            Entitlement.pupil_id.in_(list(pupil_ids)),
            Entitlement.term == term.code,
            Entitlement.due_yuan.is_not(None),
            about,
        )
        .order_by(Entitlement.due_yuan.nulls_first())
    )
    found, offers = rows.all(), {}
    if not found:
        return {}
    catalogue = catalogue_of(session)
    for pupil_id, code, yuan, path in found:
        name = catalogue[code].family_name
        doubt = "" if _is_sure(catalogue, code, path, day) else "(以学校为准)"
        offers[pupil_id] = (name, f"{yuan_words(yuan)}元/学期{doubt}" if yuan is not None else "")
    return offers


def _is_sure(catalogue: Catalogue, code: str, path: str, day: date) -> bool:
    """Whether the province's rule and what a county lays over it were both read at their official source."""
    county = next((part for part in path.split("/") if len(part) == 6 and part.isdecimal()), None)
    versions = [version_on(catalogue[code].versions, day), *(v for _, v in catalogue.local_versions(code, county, day))]
    return all(version is not None and version.sure is Sureness.OFFICIAL for version in versions)
