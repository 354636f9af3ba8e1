"""比对名单: one line a matched pupil, names masked; county and school see the same rows (N3-4)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, case, func, literal, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope, scope_of
from portal.enrolment.standing import stands
from portal.matching.rules import STRENGTH
from portal.models import EnrolmentRecord, HardshipCategory, MatchPair, Pupil, Unit
from portal.privacy.masking import mask_name
from portal.vocabulary import Answer, Basis, Decision

SETTLED = {Answer.SAME: "经人工核实", Answer.NOT_SAME: "经人工核实不是", Answer.ASK: "已请部门核实"}


@dataclass(frozen=True)
class CategoryName:
    """困难类别: the code of policies and its official name."""

    code: str
    label: str


@dataclass(frozen=True)
class MatchedLine:
    """The strongest pair of a pupil; ``categories`` are those of all its pairs with the same decision, by code."""

    pupil_id: UUID
    roster_row: str
    masked_name: str
    school_code: str
    school_name: str
    grade: str
    class_name: str
    categories: tuple[CategoryName, ...]
    basis: Basis
    rule: str
    decision: Decision
    because: str


def matched(
    session: Session,
    scope: Scope,
    term: str,
    decision: Decision | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[MatchedLine]:
    """In the order of schools and rosters; ``decision`` leaves the pupils whose strongest pair says so."""
    pupils = _strongest(scope, term)
    if decision is not None:
        pupils = pupils.having(func.min(_PLACE) == _PLACE_OF[decision])
    strongest = pupils.subquery()
    keys = (
        select(EnrolmentRecord.pupil_id, EnrolmentRecord.school_id)
        .join(strongest, strongest.c.pupil_id == EnrolmentRecord.pupil_id)
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .where(
            EnrolmentRecord.term == term,
            EnrolmentRecord.school_id == strongest.c.school_id,
            scope.holds(EnrolmentRecord.school_id),
        )
        .order_by(*_IN_ORDER)
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    of_key = (EnrolmentRecord.pupil_id == keys.c.pupil_id) & (EnrolmentRecord.school_id == keys.c.school_id)
    page = (
        select(EnrolmentRecord, Unit)
        .join(keys, of_key & (EnrolmentRecord.term == term))
        .join(Unit, Unit.id == EnrolmentRecord.school_id)
        .order_by(*_IN_ORDER)
    )
    enrolled = session.execute(page).all()
    ids = [record.pupil_id for record, _ in enrolled]
    names = {pupil.id: pupil.name or "" for pupil in session.scalars(select(Pupil).where(Pupil.id == _one_of(ids)))}
    labels = category_names(session)
    pairs: defaultdict[UUID, list[MatchPair]] = defaultdict(list)
    for pair in session.scalars(select(MatchPair).where(stands(term), MatchPair.pupil_id == _one_of(ids))):
        pairs[pair.pupil_id].append(pair)
    return [
        _line(record, school, names[record.pupil_id], pairs[record.pupil_id], labels) for record, school in enrolled
    ]


def settled_words(pair: MatchPair) -> str:
    """What rule and person made of it: 疑似匹配，经人工核实."""
    label = pair.decision.label
    return f"{label}，{SETTLED[pair.settled_as]}" if pair.settled_as else label


def category_names(session: Session) -> dict[str, str]:
    """困难类别 by code."""
    return {category.code: category.name for category in session.scalars(select(HardshipCategory))}


def pupils_matched(session: Session, unit: Unit, term: str, decision: Decision | None, most: int) -> list[UUID]:
    """At most so many, and one more to tell that there are more."""
    pupils = _strongest(scope_of(unit), term)
    if decision is not None:
        pupils = pupils.having(func.min(_PLACE) == _PLACE_OF[decision])
    return list(session.scalars(pupils.with_only_columns(MatchPair.pupil_id).limit(most + 1)))


def matched_at(session: Session, scope: Scope, term: str) -> Iterator[tuple[UUID, Decision, int]]:
    """Of each school how many pupils there are by their strongest decision."""
    strongest = _strongest(scope, term).subquery()
    places = strongest.c.school_id, strongest.c.place
    for school_id, place, count in session.execute(select(*places, func.count()).group_by(*places)):
        yield school_id, _DECISIONS[place - 1], count


def count_matched(session: Session, unit: Unit, term: str) -> dict[Decision, int]:
    """Pupils by their strongest decision; a decision nobody has is 0."""
    counts = dict.fromkeys(_DECISIONS, 0)
    for _, decision, count in matched_at(session, scope_of(unit), term):
        counts[decision] += count
    return counts


_DECISIONS = (Decision.CERTAIN, Decision.HOUSEHOLD, Decision.POSSIBLE, Decision.HOUSEHOLD_POSSIBLE)
"""Which decision speaks for a pupil with several pairs: the order of the rules' table."""
_PLACE_OF = {decision: place for place, decision in enumerate(_DECISIONS, 1)}
_PLACE = case(*((MatchPair.outcome.in_((decision,)), place) for decision, place in _PLACE_OF.items()))


_IN_ORDER = (
    Unit.code, func.length(EnrolmentRecord.roster_row), EnrolmentRecord.roster_row, EnrolmentRecord.pupil_id
)  # fmt: skip


def _strongest(scope: Scope, term: str) -> Select[UUID, UUID, int]:
    pairs = select(MatchPair.pupil_id, MatchPair.school_id, func.min(_PLACE).label("place")).where(stands(term))
    return scope.narrow(pairs, MatchPair.school_id).group_by(MatchPair.pupil_id, MatchPair.school_id)


def _one_of(ids: list[UUID]) -> Any:
    """One array instead of a parameter for each of perhaps a hundred thousand pupils."""
    return any_(literal(ids, ARRAY(Uuid)))


def _line(
    record: EnrolmentRecord, school: Unit, name: str, pairs: list[MatchPair], labels: dict[str, str]
) -> MatchedLine:
    best = min(pairs, key=lambda pair: (_place(pair), STRENGTH.get(pair.rule, len(STRENGTH)), str(pair.id)))
    decision = best.outcome or best.decision
    codes = sorted({pair.category or "" for pair in pairs if pair.outcome is decision})
    return MatchedLine(
        pupil_id=record.pupil_id,
        roster_row=record.roster_row,
        masked_name=mask_name(name),
        school_code=school.code,
        school_name=school.name,
        grade=record.grade,
        class_name=record.class_name,
        categories=tuple(CategoryName(code, labels.get(code, code)) for code in codes),
        basis=best.basis,
        rule=best.rule,
        decision=decision,
        because="；".join(filter(None, (best.because, best.settled_as and SETTLED[best.settled_as], _expired(best)))),
    )


def _expired(pair: MatchPair) -> str:
    return "" if pair.register_entry_id else "名单已到期销毁，结论保留"


def _place(pair: MatchPair) -> int:
    return _PLACE_OF[pair.outcome or pair.decision]
