"""Whom lists name for sure, by rule or because a person settled it, and whom the county added by hand."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Row, Select, select
from sqlalchemy.orm import Session, aliased

from portal.access.actors import actor_words
from portal.access.scope import Scope, scope_of
from portal.clock import SchoolTerm, local
from portal.coverage.school import ABOVE, SCHOOL, school_of
from portal.coverage.tallies import Found, Key, Tally, added_up, by_school
from portal.coverage.words import Listing, above_words, day_words
from portal.enrolment.circumstances import circumstances_of
from portal.enrolment.lists import matched_at
from portal.enrolment.standing import stands
from portal.matching.household import CHILD_GETS
from portal.matching.rules import BY_CODE
from portal.models import Addition, EnrolmentRecord, MatchPair, Pupil, RegisterEntry, Settlement, Unit
from portal.policies.circumstances import Circumstances
from portal.vocabulary import AdditionState, Basis, Boarding, Decision, Stage

OPENED = "比对确认，开立台账"
Whose = Callable[[Any], ColumnElement[bool]]
"""Narrows a table with ``school_id`` and ``pupil_id`` to those spoken of."""


@dataclass(frozen=True)
class Matched:
    """A pupil with everything its lists say; ``settlement`` where only a person's word makes it sure."""

    record: EnrolmentRecord
    school: Unit
    hukou_division: str
    person: bytes | None
    listings: tuple[Listing, ...]
    settlement: Settlement | None = None
    addition: Addition | None = None

    @property
    def circumstances(self) -> Circumstances:
        categories = {listing.category for listing in self.listings}
        return circumstances_of(self.record, self.school, self.hukou_division, categories)

    def opening(self, session: Session) -> str:
        """Why its rows were opened, for their trail: by rule, or by which rule's doubt and whose word."""
        if self.addition is not None:
            return f"人工新增（{self.addition.found_by.label}，负责人{self.addition.in_charge}），开立台账"
        if self.settlement is None:
            return OPENED
        rule = BY_CODE.get(self.settlement.rule)
        doubt = f"（{rule.officer.partition('，请')[0]}）" if rule else ""
        return f"{actor_words(session, self.settlement.by)}核实{doubt}，开立台账"


def matched_pupils(session: Session, term: str, whose: Whose) -> Iterator[Matched]:
    """Each pupil once: by lists, by 人工新增, or by both."""
    added = _added(session, term, whose)
    for listed in _listed(session, term, whose):
        by_hand = added.pop((listed.record.pupil_id, listed.school.id), None)
        yield replace(listed, listings=(*listed.listings, *by_hand.listings)) if by_hand else listed
    yield from added.values()


@dataclass(frozen=True)
class _Place:
    """Where a pupil is enrolled, as far as policies ask."""

    school_id: UUID
    stage: Stage | None = None
    grade_number: int | None = None
    boarding: Boarding | None = None
    hukou_division: str = ""

    def key(self, held: Collection[str]) -> Key:
        """As a tally writes it; empty for what is not known."""
        said = self.stage or "", str(self.grade_number or ""), self.boarding or "", self.hukou_division
        return *map(str, said), *sorted(held)

    @classmethod
    def of(cls, school_id: UUID, key: Key) -> "tuple[_Place, frozenset[str]]":
        stage, grade, boarding, hukou, *held = key
        place = cls(
            school_id, Stage(stage) if stage else None, int(grade) if grade else None,
            Boarding(boarding) if boarding else None, hukou,
        )  # fmt: skip
        return place, frozenset(held)


def _in_circumstances(session: Session, scope: Scope, term: str) -> Found:
    """Of the scope's ``matched_pupils``: what policies ask of the pupil, and how many are alike in it."""

    def whose(table: Any) -> ColumnElement[bool]:
        return scope.holds(table.school_id)

    places: dict[tuple[UUID, UUID], _Place] = {}
    categories: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    place = EnrolmentRecord.stage, EnrolmentRecord.grade_number, EnrolmentRecord.boarding, Pupil.hukou_division
    of_pair = MatchPair.id, MatchPair.category_sealed, MatchPair.basis, MatchPair.pupil_id, MatchPair.school_id
    standing = _standing(select(*of_pair, *place), term, whose).where(whose(EnrolmentRecord))
    for pair in session.execute(standing):
        who = pair.pupil_id, pair.school_id
        categories[who].add(_given(MatchPair.category.open(pair) or "", pair.basis))
        places[who] = _Place(pair.school_id, *pair[-len(place) :])
    for who, matched in _added(session, term, whose).items():
        categories[who].update(listing.category for listing in matched.listings)
        record = matched.record
        places[who] = _Place(who[1], record.stage, record.grade_number, record.boarding, matched.hukou_division)
    alike = Counter((places[who], frozenset(categories[who])) for who in places)
    for (where, held), pupils in alike.items():
        yield where.school_id, where.key(held), (pupils,)


IN_CIRCUMSTANCES = Tally("circumstances-1", _in_circumstances)


def _by_decision(session: Session, scope: Scope, term: str) -> Found:
    for school, decision, pupils in matched_at(session, scope, term):
        yield school, (decision.value,), (pupils,)


BY_DECISION = Tally("matched-1", _by_decision)
"""比对名单: pupils by their strongest decision."""


def count_circumstances(session: Session, unit: Unit, term: str) -> Counter[Circumstances]:
    """How many of ``matched_pupils`` stand in each circumstances: thousands of pupils, dozens of cases."""
    found = by_school(session, scope_of(unit), term, IN_CIRCUMSTANCES)
    above = select(Unit.id, *SCHOOL).outerjoin(ABOVE, ABOVE.id == Unit.parent_id).where(Unit.id.in_(found))
    schools = {school_id: school_of(columns) for school_id, *columns in session.execute(above)}
    alike: defaultdict[Circumstances, list[UUID]] = defaultdict(list)
    for school_id in found:
        alike[circumstances_of(_Place(school_id), schools[school_id], "", ())].append(school_id)
    counted: Counter[Circumstances] = Counter()
    for school_ids in alike.values():
        for key, (pupils,) in added_up(found[school_id] for school_id in school_ids).items():
            where, held = _Place.of(school_ids[0], key)
            counted[circumstances_of(where, schools[where.school_id], where.hukou_division, held)] += pupils
    return counted


def _added(session: Session, term: str, whose: Whose) -> dict[tuple[UUID, UUID], Matched]:
    """Whom the county added in this term or before, at the school the pupil is enrolled in."""
    school = aliased(Unit)
    statement = (
        select(Addition, EnrolmentRecord, school, Pupil.hukou_division, _PERSON)
        .join(Pupil, Pupil.id == Addition.pupil_id)
        .join(EnrolmentRecord, (EnrolmentRecord.pupil_id == Pupil.id) & (EnrolmentRecord.term == term))
        .join(school, school.id == EnrolmentRecord.school_id)
        .where(Addition.state == AdditionState.ADDED, EnrolmentRecord.left_on.is_(None), whose(EnrolmentRecord))
    )
    first_day = SchoolTerm.parse(term).first_day
    return {
        (record.pupil_id, unit.id): Matched(record, unit, hukou, person, (_by_hand(addition),), addition=addition)
        for addition, record, unit, hukou, person in session.execute(statement)
        if SchoolTerm.parse(addition.term).first_day <= first_day
    }


def _by_hand(addition: Addition) -> Listing:
    day = day_words(local(addition.decided_at).date()) if addition.decided_at else ""
    said = f"{day}{above_words(addition.school)}确认"
    return Listing("", "", addition.category or "", sentence=said)


def _listed(session: Session, term: str, whose: Whose) -> Iterator[Matched]:
    school = aliased(Unit)
    columns = select(
        MatchPair, RegisterEntry.valid_to, EnrolmentRecord, school, Pupil.hukou_division, _PERSON, Settlement
    )
    statement = (
        _standing(columns, term, whose)
        .join(school, school.id == MatchPair.school_id)
        .outerjoin(Settlement, Settlement.id == MatchPair.settlement_id)
        .outerjoin(RegisterEntry, RegisterEntry.id == MatchPair.register_entry_id)
        .order_by(MatchPair.pupil_id, MatchPair.school_id)
    )
    for _, group in groupby(session.execute(statement), key=lambda row: (row[0].pupil_id, row[0].school_id)):
        yield _together(tuple(group))


def _standing(columns: Select[*tuple[Any, ...]], term: str, whose: Whose) -> Select[*tuple[Any, ...]]:
    """Of pairs that are sure, each beside the pupil and the enrolment it is about.

    Only pairs are narrowed: thousands of ids asked of the enrolment too were sorted anew for each pair.
    """
    enrolled = (
        (EnrolmentRecord.pupil_id == MatchPair.pupil_id)
        & (EnrolmentRecord.school_id == MatchPair.school_id)
        & (EnrolmentRecord.term == MatchPair.term)
    )
    sure = stands(term), MatchPair.outcome == Decision.CERTAIN, EnrolmentRecord.left_on.is_(None)
    return (
        columns.select_from(MatchPair)
        .join(Pupil, Pupil.id == MatchPair.pupil_id)
        .join(EnrolmentRecord, enrolled)
        .where(*sure, whose(MatchPair))
    )


_PERSON = Pupil.id_number_index.op("||", return_type=LargeBinary())(Pupil.name_index)
"""Number and name, as their digests; NULL without a number."""


def _together(rows: tuple[Row[*tuple[Any, ...]], ...]) -> Matched:
    listings = [_listing(pair, until) for pair, until, *_ in rows]
    listings.sort(key=lambda listing: (listing.batch, listing.source))
    by_rule = any(pair.decision is Decision.CERTAIN for pair, *_ in rows)
    _, _, record, school, hukou, person, settlement = rows[0]
    return Matched(record, school, hukou, person, tuple(listings), None if by_rule else settlement)


def _listing(pair: MatchPair, until: date | None) -> Listing:
    source, _, batch = (pair.register or "").rpartition(" ")
    category = _given(pair.category or "", pair.basis)
    return Listing(source, batch, category, household=pair.basis is not Basis.SELF, until=until)


def _given(category: str, basis: Basis) -> str:
    """What a child gets by a register's category: its own, or what comes with the household's."""
    return category if basis is Basis.SELF else CHILD_GETS.get(category, category)
