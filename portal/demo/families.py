"""What the invented families did since the ledger was opened: answered, were paid, said whether it came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from portal.clock import SchoolTerm
from portal.coverage import progress
from portal.coverage.contacts import Spoken, record_contact
from portal.demo.people import SECOND, SEED, Child
from portal.demo.sizes import Size
from portal.enrolment.confirmation import confirm
from portal.models import Entitlement, Pupil, Unit
from portal.vocabulary import Channel

ANSWERED, PAID, RECEIVED = 6, 4, 2
"""Of the listed children at 示例县第二小学: how many families have answered, were paid, said that it came."""
ANSWER = (0.6, 0.3, 0.15, 0.0)
"""The same as shares at the schools without a story, which are not equally far."""
ARE_PAID, HAVE_IT, MISS_IT, UNREACHED = 0.6, 0.7, 0.04, 0.05
"""Of those who answered, of those who were paid, and of all: ``UNREACHED`` did not pick up the telephone."""
PAYS = "CMP-LIVE"
"""The policy whose awards have come in."""


@dataclass(frozen=True)
class Paid:
    """``came`` is None where nobody asked the family yet."""

    child: Child
    yuan: int
    came: bool | None


def answer(
    sessions: "sessionmaker[Session]", children: Sequence[Child], size: Size, term: SchoolTerm, now: datetime
) -> list[Paid]:
    """A transaction a school; who of them was paid since, and how much."""
    by_number = {Pupil.id_number.digest(child.number): child for child in children}
    with sessions.begin() as session:
        paid = _answer_at_second(session, by_number, term, now)
    for place, school in enumerate(size.schools):
        chance = Random(SEED + place)  # noqa: S311 - invented people, the same on every machine
        with sessions.begin() as session:
            paid += _answer_at(session, school.code, by_number, ANSWER[place % len(ANSWER)], chance, term, now)
    return paid


def receive(sessions: "sessionmaker[Session]", paid: Sequence[Paid], term: SchoolTerm, now: datetime) -> None:
    """Some say that it came, a few that it did not."""
    asked = {Pupil.id_number.digest(one.child.number): one.came for one in paid if one.came is not None}
    with sessions.begin() as session:
        of_them = Pupil.id_number_index.in_(asked), Entitlement.term == term.code, Entitlement.policy == PAYS
        rows = select(Entitlement).join(Pupil).options(joinedload(Entitlement.pupil)).where(*of_them)
        for row in session.scalars(rows).all():
            note = progress.note_received if asked[row.pupil.id_number_index] else progress.note_not_received
            note(session, row, "family", now)


def _answer_at_second(
    session: Session, by_number: Mapping[bytes | None, Child], term: SchoolTerm, now: datetime
) -> list[Paid]:
    """One school of the story, where the same few always answer."""
    order = {id(child): place for place, child in enumerate(by_number.values())}
    listed = sorted(_listed(session, SECOND, by_number, term), key=lambda one: order[id(one[0])])
    for _, row in listed[:ANSWERED]:
        _say_yes(session, row.pupil, term, now)
    came = (*[True] * RECEIVED, False, *[None] * PAID)
    return [Paid(child, int(row.due_yuan or 0), said) for (child, row), said in zip(listed[:PAID], came, strict=False)]


def _answer_at(
    session: Session,
    school: str,
    by_number: Mapping[bytes | None, Child],
    share: float,
    chance: Random,
    term: SchoolTerm,
    now: datetime,
) -> list[Paid]:
    paid = []
    for child, row in _listed(session, school, by_number, term):
        if chance.random() < UNREACHED:
            record_contact(session, row.pupil, term.code, Spoken(Channel.PHONE, False, "", ""), "portal", now)
        elif chance.random() < share:
            _say_yes(session, row.pupil, term, now)
            if row.policy == PAYS and chance.random() < ARE_PAID:
                said = chance.random()
                came = True if said < HAVE_IT else False if said > 1 - MISS_IT else None
                paid.append(Paid(child, int(row.due_yuan or 0), came))
    return paid


def _listed(
    session: Session, school: str, by_number: Mapping[bytes | None, Child], term: SchoolTerm
) -> Iterator[tuple[Child, Entitlement]]:
    """Each listed child of a school once, with one of its rows."""
    rows = (
        select(Entitlement)
        .join(Unit, Unit.id == Entitlement.school_id)
        .options(joinedload(Entitlement.pupil))
        .where(Unit.code == school, Entitlement.term == term.code)
        .order_by(Entitlement.policy != PAYS, Entitlement.person)
    )
    met: set[UUID] = set()
    for row in session.scalars(rows).all():
        if row.pupil_id not in met:
            met.add(row.pupil_id)
            yield by_number[row.pupil.id_number_index], row


def _say_yes(session: Session, pupil: Pupil, term: SchoolTerm, now: datetime) -> None:
    confirm(session, pupil, term.code, True, True, "family", now)
    progress.note_answered(session, pupil.id, term.code, True, True, "family", now)
