"""发放记录 as the national system's files have them: to be read, by nobody to be written (N3-15)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.coverage.lists import GONE, classes_of
from portal.coverage.tallies import FEN, Counts, Found, Tally, by_school
from portal.models import Award, Pupil, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name


@dataclass(frozen=True)
class Received:
    """What came in for a term; ``as_of`` is the day the newest file speaks of (数据截至).

    ``oldest`` is that of the school whose newest is the oldest; ``without``: schools of which no file said anything.
    """

    awards: int
    yuan: Decimal
    as_of: date | None
    oldest: date | None
    without: int


@dataclass(frozen=True)
class PaidLine:
    pupil_id: UUID
    masked_name: str
    school: str
    class_words: str
    policy_name: str
    yuan: Decimal
    paid_on: date
    payee_differs: bool


def _received_at(session: Session, scope: Scope, term: str) -> Found:
    """Of a school, by 数据截至, the awards and their sum in 分."""
    sums = _of_term(scope, term, Award.school_id, Award.as_of, func.count(), func.sum(Award.yuan))
    for school, as_of, awards, yuan in session.execute(sums.group_by(Award.school_id, Award.as_of)):
        yield school, (str(as_of or ""),), (awards, int(yuan * FEN))


RECEIVED = Tally("received-1", _received_at)


def received(session: Session, scope: Scope, term: str) -> Received:
    schools = by_school(session, scope, term, RECEIVED).values()
    sums = [numbers for counts in schools for numbers in counts.values()]
    newest = {max(date.fromisoformat(day) for day in days) for counts in schools if (days := _days(counts))}
    return Received(
        awards=sum(awards for awards, _ in sums),
        yuan=Decimal(sum(fen for _, fen in sums)) / FEN,
        as_of=max(newest, default=None),
        oldest=min(newest, default=None),
        without=sum(not counts for counts in schools),
    )


def _days(counts: Counts) -> list[str]:
    return [day for (day,) in counts if day]


def schools_paid(session: Session, scope: Scope, term: str) -> tuple[UUID, ...]:
    """The schools at which there are awards: whoever lists these looks at no other."""
    return tuple(school for school, counts in by_school(session, scope, term, RECEIVED).items() if counts)


def paid_lines(
    session: Session, scope: Scope, term: str, catalogue: Catalogue, offset: int, limit: int
) -> list[PaidLine]:
    """The latest payment stands first."""
    latest = Award.paid_on.desc(), Award.id
    there = scope.of_schools(schools_paid(session, scope, term))
    ids = session.scalars(_of_term(there, term, Award.id).order_by(*latest).offset(offset).limit(limit)).all()
    page: Select[*tuple[Any, ...]] = (
        select(Award, Unit.name, Pupil)
        .join(Unit, Unit.id == Award.school_id)
        .outerjoin(Pupil, Pupil.id == Award.pupil_id)
        .where(Award.id.in_(ids))
        .order_by(*latest)
    )
    found = session.execute(page).all()
    classes = classes_of(session, term, [award.pupil_id for award, *_ in found])
    return [
        PaidLine(
            award.pupil_id, mask_name(pupil.name or "") if pupil else GONE, school, classes.get(award.pupil_id, ""),
            catalogue[award.policy].name, award.yuan, award.paid_on, award.payee_differs,
        )
        for award, school, pupil in found
    ]  # fmt: skip


def _of_term(scope: Scope, term: str, *columns: Any) -> Select[Any]:
    return scope.narrow(select(*columns).select_from(Award).where(Award.term == term), Award.school_id)
