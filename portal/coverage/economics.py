"""家庭经济信息: of each pupil the categories that lists give it, and the level to which it was determined."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.coverage.matched import matched_pupils
from portal.enrolment.lists import category_names
from portal.models import DeterminationRecord


@dataclass(frozen=True)
class Economics:
    """``categories`` by name; what is not known stays empty, for the national system takes 否 as an answer."""

    categories: tuple[str, ...] = ()
    determination: DeterminationRecord | None = None


NOTHING = Economics()


def economics_within(session: Session, scope: Scope, term: str) -> Mapping[UUID, Economics]:
    names, categories = category_names(session), defaultdict[UUID, set[str]](set)
    for matched in matched_pupils(session, term, lambda table: scope.holds(table.school_id)):
        categories[matched.record.pupil_id].update(listing.category for listing in matched.listings)
    determined = _standing(session, scope, SchoolTerm.parse(term).school_year)
    return {
        pupil_id: Economics(
            tuple(sorted(names.get(code, code) for code in categories.get(pupil_id, ()))), determined.get(pupil_id)
        )
        for pupil_id in categories.keys() | determined.keys()
    }


def _standing(session: Session, scope: Scope, school_year: str) -> dict[UUID, DeterminationRecord]:
    kept = DeterminationRecord.pupil_id, DeterminationRecord.recorded_at.desc(), DeterminationRecord.id
    newest = (
        select(DeterminationRecord)
        .ext(distinct_on(DeterminationRecord.pupil_id))
        .where(DeterminationRecord.school_year == school_year)
        .order_by(*kept)
    )
    found = session.scalars(scope.narrow(newest, DeterminationRecord.school_id))
    return {row.pupil_id: row for row in found if row.level is not None}
