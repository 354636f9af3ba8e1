"""Who may be whom, by blind indexes alone: ids of pupils and entries worth opening, nothing of what they say."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    LargeBinary,
    Select,
    Uuid,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.types import UserDefinedType

from portal.clock import SchoolTerm
from portal.enrolment.people import OF_PUPIL, roster_person
from portal.intake.meeting import digests_meant, meeting_indexes
from portal.matching.kin import LARGEST_FAMILY, LARGEST_HOUSEHOLD
from portal.matching.people import Via
from portal.models import EnrolmentRecord, Guardian, Pupil, RegisterEntry, SoughtKey

GUARDIAN_AT = {1: Via.GUARDIAN_1, 2: Via.GUARDIAN_2}
STORED_KEYS = (
    (Pupil.old_number_index, RegisterEntry.old_number_index),
    (Pupil.name_birth_index, RegisterEntry.name_birth_index),
    (Pupil.name_place_index, RegisterEntry.name_place_index),
)
"""By which a pupil seeks who has no number that holds; an entry's own are ``SoughtKey``: see ``stored_keys``."""
SEEKS = or_(~Pupil.id_certain, Pupil.written_birth_sealed.is_not(None))


class Candidate(NamedTuple):
    """A pupil and an entry that have a key in common, and by whom."""

    pupil_id: UUID
    entry_id: UUID
    via: Via


class Ids(UserDefinedType[Iterable[UUID] | str]):
    """An array of ids, ``written`` in one go: psycopg asks of each whether it needs quotes, a third of a run's time."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "UUID[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return lambda ids: ids if isinstance(ids, str) else written(ids)


def written(ids: Iterable[UUID]) -> str:
    """As the database reads an array; for ids that are asked of more than once."""
    return f"{{{','.join(one.hex for one in ids)}}}"


def among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID] | str) -> ColumnElement[bool]:
    """One parameter however many ids."""
    return column == any_(literal(ids, Ids()))


def candidates_of(session: Session, pupils: Collection[UUID], term: SchoolTerm) -> Iterator[Candidate]:
    """By the pupil's number, by a guardian's, by the stored keys, and by name where the number is a stranger's."""
    mine = written(pupils)
    yield from (Candidate(*row, Via.SELF) for row in session.execute(_by_number().where(among(Pupil.id, mine))))
    for ours, listed in STORED_KEYS:
        sought = _by_stored_key(ours, listed).where(among(Pupil.id, mine))
        yield from (Candidate(*row, Via.SELF) for row in session.execute(sought))
    for found in (_by_offered_key(mine), _by_sought_number().where(among(Pupil.id, mine))):
        yield from (Candidate(*row, Via.SELF) for row in session.execute(found))
    yield from _by_former_name(session, mine)
    yield from _by_name_of_contested(session, among(Pupil.id, mine), term.code)
    by_guardian = (
        select(Guardian.pupil_id, RegisterEntry.id, Guardian.position)
        .join(RegisterEntry, RegisterEntry.id_number_index == Guardian.id_number_index)
        .where(among(Guardian.pupil_id, mine))
    )
    sought_guardian = (
        select(Guardian.pupil_id, SoughtKey.entry_id, Guardian.position)
        .join(SoughtKey, SoughtKey.key == Guardian.id_number_index)
        .where(among(Guardian.pupil_id, mine))
    )
    for statement in (by_guardian, sought_guardian):
        for pupil_id, entry_id, position in session.execute(statement):
            yield Candidate(pupil_id, entry_id, GUARDIAN_AT[position])
    yield from _by_meant_number(session, mine, term.first_day)


def rivals_of(session: Session, candidates: Iterable[Candidate], term: str) -> Iterator[Candidate]:
    """Whoever is enrolled in that term, anywhere, and may be such an entry as well.

    Another name under its number spoils certainty; somebody likelier, or as likely, than ours takes a doubt away.
    """
    entries = written({candidate.entry_id for candidate in candidates if candidate.via is Via.SELF})
    ways = [
        _by_number().where(among(RegisterEntry.id, entries)),
        *(_by_stored_key(ours, listed).where(among(RegisterEntry.id, entries)) for ours, listed in STORED_KEYS),
        _by_sought_number().where(among(SoughtKey.entry_id, entries)),
    ]
    found = [Candidate(*row, Via.SELF) for way in ways for row in session.execute(way)]
    found += _by_sought_key(session, entries)
    found += _by_name_of_contested(session, among(RegisterEntry.id, entries), term)
    enrolled = in_term(session, {candidate.pupil_id for candidate in found}, term)
    yield from (candidate for candidate in found if candidate.pupil_id in enrolled)


def siblings_of(session: Session, pupils: Collection[UUID], term: str) -> dict[UUID, set[UUID]]:
    """Who has a guardian's number in common with whom, at whatever school; a number of many is a teacher's."""
    number, beside = Guardian.id_number_index, Guardian.pupil_id.distinct()
    ours = session.scalars(select(number).distinct().where(among(Guardian.pupil_id, pupils), number.is_not(None)))
    together = select(func.array_agg(beside, type_=ARRAY(Uuid))).group_by(number).having(func.count(beside) > 1)
    families = session.scalars(together.where(number == any_(literal(ours.all(), ARRAY(LargeBinary))))).all()
    enrolled = in_term(session, set(chain.from_iterable(families)), term)
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for family in map(enrolled.intersection, families):
        if 1 < len(family) <= LARGEST_FAMILY:
            for child in family:
                found[child] |= family - {child}
    return found


def households_of(session: Session, entries: Collection[UUID]) -> set[UUID]:
    """The other entries under the same 户编号 of the county; so many under one number are a village."""
    other = aliased(RegisterEntry)
    same = and_(other.household_index == RegisterEntry.household_index, other.county_code == RegisterEntry.county_code)
    at_home: defaultdict[tuple[bytes | None, str], set[UUID]] = defaultdict(set)
    homes = (
        select(RegisterEntry.household_index, RegisterEntry.county_code, other.id)
        .distinct()
        .join(other, same)
        .where(among(RegisterEntry.id, entries))
    )
    for number, county, entry_id in session.execute(homes):
        at_home[number, county].add(entry_id)
    return {entry for home in at_home.values() if len(home) <= LARGEST_HOUSEHOLD for entry in home}


def in_term(session: Session, pupils: Collection[UUID], term: str) -> set[UUID]:
    """Which of them are at some school in that term.

    Asked by itself: within another question the planner would rather read the term's whole roll for each part.
    """
    here = select(EnrolmentRecord.pupil_id).where(EnrolmentRecord.term == term, EnrolmentRecord.left_on.is_(None))
    return set(session.scalars(here.where(among(EnrolmentRecord.pupil_id, pupils))))


def _by_number() -> Select[UUID, UUID]:
    met = RegisterEntry.id_number_index == Pupil.id_number_index
    return select(Pupil.id, RegisterEntry.id).join(RegisterEntry, met)


def _by_stored_key(
    ours: InstrumentedAttribute[bytes | None], listed: InstrumentedAttribute[bytes | None]
) -> Select[UUID, UUID]:
    return select(Pupil.id, RegisterEntry.id).join(RegisterEntry, and_(listed == ours, SEEKS))


def _by_sought_number() -> Select[UUID, UUID]:
    """A number that may be meant by an entry's damaged one."""
    return select(Pupil.id, SoughtKey.entry_id).join(SoughtKey, SoughtKey.key == Pupil.id_number_index)


def _by_name_of_contested(session: Session, whose: ColumnElement[bool], term: str) -> list[Candidate]:
    """Name and county, where the entry's number is that of another pupil of the term, of another name or county."""
    holder = aliased(Pupil)
    contested = (
        select(Pupil.id, RegisterEntry.id, holder.id)
        .join(RegisterEntry, RegisterEntry.name_place_index == Pupil.name_place_index)
        .join(holder, holder.id_number_index == RegisterEntry.id_number_index)
        .where(holder.name_place_index.is_distinct_from(RegisterEntry.name_place_index), whose)
    )
    rows = session.execute(contested).all()
    enrolled = in_term(session, {held_by for *_, held_by in rows}, term)
    return [Candidate(pupil_id, entry_id, Via.SELF) for pupil_id, entry_id, held_by in rows if held_by in enrolled]


def _by_former_name(session: Session, pupils: str) -> Iterator[Candidate]:
    """Whoever has no number that holds seeks by 曾用名 too, of which few have one: its digests are not stored."""
    renamed = select(*OF_PUPIL).where(among(Pupil.id, pupils), SEEKS, Pupil.former_name_sealed.is_not(None))
    sought: dict[InstrumentedAttribute[bytes | None], defaultdict[bytes | None, list[UUID]]]
    sought = {listed: defaultdict(list) for _, listed in STORED_KEYS}
    for line in session.execute(renamed):
        pupil = roster_person(line, {})
        digests = meeting_indexes(pupil.former_name, pupil.number, pupil.birth_date, pupil.division)
        for listed, digest in zip(sought, digests, strict=True):
            sought[listed][digest].append(line.id)
    for listed, seekers in sought.items():
        keys = literal([digest for digest in seekers if digest], ARRAY(LargeBinary))
        met = select(RegisterEntry.id, listed).where(listed == any_(keys))
        for entry_id, digest in session.execute(met) if seekers else ():
            for pupil_id in seekers[digest]:
                yield Candidate(pupil_id, entry_id, Via.SELF)


def _by_meant_number(session: Session, pupils: str, day: date) -> Iterator[Candidate]:
    """A guardian's number that does not hold has no index; what it may mean is looked for."""
    damaged = select(Guardian).where(
        among(Guardian.pupil_id, pupils), Guardian.id_number_sealed.is_not(None), Guardian.id_number_index.is_(None)
    )
    meant: defaultdict[bytes | None, list[Guardian]] = defaultdict(list)
    for guardian in session.scalars(damaged):
        for digest in digests_meant(guardian.id_number or "", day):
            meant[digest].append(guardian)
    listed = select(RegisterEntry.id, RegisterEntry.id_number_index).where(
        RegisterEntry.id_number_index == any_(literal(list(meant), ARRAY(LargeBinary)))
    )
    for entry_id, number in session.execute(listed) if meant else ():
        for guardian in meant[number]:
            yield Candidate(guardian.pupil_id, entry_id, GUARDIAN_AT[guardian.position])


def _by_sought_key(session: Session, entries: str) -> Iterator[Candidate]:
    """Whoever offers what one of the entries seeks; ``pupils_offering`` is a function of the database's own."""
    seekers: defaultdict[bytes, list[UUID]] = defaultdict(list)
    for key, entry_id in session.execute(
        select(SoughtKey.key, SoughtKey.entry_id).where(among(SoughtKey.entry_id, entries))
    ):
        seekers[key].append(entry_id)
    offering = func.pupils_offering(literal(list(seekers), ARRAY(LargeBinary))).table_valued("key", "pupil_id")
    for key, pupil_id in session.execute(select(offering.c.key, offering.c.pupil_id)) if seekers else ():
        for entry_id in seekers[key]:
            yield Candidate(pupil_id, entry_id, Via.SELF)


def _by_offered_key(pupils: str) -> Select[UUID, UUID]:
    offered = func.unnest(Pupil.offered_keys).table_valued("key").render_derived("offered").lateral()
    return (
        select(Pupil.id, SoughtKey.entry_id)
        .select_from(Pupil)
        .join(offered, true())
        .join(SoughtKey, SoughtKey.key == offered.c.key)
        .where(among(Pupil.id, pupils))
    )
