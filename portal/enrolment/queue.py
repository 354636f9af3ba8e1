"""待核实: what waits for a person, by situation, and what was settled lately; names masked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.database import same_place
from portal.enrolment.bureau_questions import answer_words, answered, questions_on
from portal.enrolment.lists import category_names
from portal.enrolment.standing import ANSWERS, desk_of, waits
from portal.matching.rules import BY_CODE, STRENGTH
from portal.models import EnrolmentRecord, MatchPair, Pupil, Settlement, Unit
from portal.privacy.masking import mask_name
from portal.vocabulary import Answer, Basis, Role

LATELY = 20
"""Acts shown below the queue."""


@dataclass(frozen=True)
class Situation:
    """All that waits by one rule; what is alike may be settled together."""

    rule: str
    label: str
    sentence: str
    household: bool
    count: int


@dataclass(frozen=True)
class Waiting:
    pair_id: UUID
    pupil_id: UUID
    masked_name: str
    school: str
    grade: str
    class_name: str
    who: str
    category: str
    register: str
    because: str
    bureau: str
    """What the bureau answered, where it was asked."""


@dataclass(frozen=True)
class Act:
    """One press of a button: who settled how many as what."""

    act_id: UUID
    at: datetime
    by: str
    answer: str
    sentence: str
    count: int
    masked_names: tuple[str, ...]


def at_the_bureau(term: str) -> ColumnElement[bool]:
    """已请部门核实: somebody asked, and nobody answered yet."""
    return _asked(term) & ~answered()


def back_from_the_bureau(term: str) -> ColumnElement[bool]:
    """部门已答复: it is the officer's turn again."""
    return _asked(term) & answered()


def _asked(term: str) -> ColumnElement[bool]:
    stands = MatchPair.superseded_at.is_(None) & MatchPair.register_entry_id.is_not(None)
    return (MatchPair.term == term) & stands & (MatchPair.settled_as == Answer.ASK)


def waiting(role: Role, term: str) -> ColumnElement[bool]:
    return (MatchPair.term == term) & waits(role)


def count(session: Session, scope: Scope, which: ColumnElement[bool]) -> int:
    """How many pairs."""
    return session.scalar(scope.narrow(select(func.count(MatchPair.id)).where(which), MatchPair.school_id)) or 0


def situations(session: Session, scope: Scope, which: ColumnElement[bool]) -> list[Situation]:
    """The strongest rule first."""
    counted = scope.narrow(select(MatchPair.rule, MatchPair.basis, func.count()).where(which), MatchPair.school_id)
    found = [
        Situation(rule, short(rule), sentence(rule), basis is not Basis.SELF, count)
        for rule, basis, count in session.execute(counted.group_by(MatchPair.rule, MatchPair.basis))
    ]
    return sorted(found, key=lambda one: STRENGTH.get(one.rule, len(STRENGTH)))


def sentence(rule: str) -> str:
    return BY_CODE[rule].officer if rule in BY_CODE else "规则已变，请重新比对"


def short(rule: str) -> str:
    """Without the advice at its end."""
    return sentence(rule).partition("，请")[0]


def lines(
    session: Session, scope: Scope, which: ColumnElement[bool], rule: str, offset: int, limit: int
) -> list[Waiting]:
    """School by school, class by class."""
    in_order = Unit.code, EnrolmentRecord.grade_number, EnrolmentRecord.class_name, MatchPair.id
    keys = _placed(select(MatchPair.id)).where(which, MatchPair.rule == rule).order_by(*in_order)
    ids = session.scalars(scope.narrow(keys, MatchPair.school_id).offset(offset).limit(limit)).all()
    columns = select(MatchPair, Pupil, Unit.name, EnrolmentRecord.grade, EnrolmentRecord.class_name)
    page = _placed(columns).join(Pupil, Pupil.id == MatchPair.pupil_id).where(MatchPair.id.in_(ids))
    found = session.execute(page.order_by(*in_order)).all()
    labels = category_names(session)
    asked = questions_on(session, {pair.settlement_id for pair, *_ in found if pair.settlement_id})
    return [
        Waiting(
            pair.id, pupil.id, mask_name(pupil.name or ""), school, grade or "", in_class or "", pair.basis.label,
            labels.get(pair.category or "", ""), pair.register or "", pair.because or "",
            "；".join(filter(None, map(answer_words, asked.get(pair.settlement_id or pair.id, ())))),
        )
        for pair, pupil, school, grade, in_class in found
    ]  # fmt: skip


def _placed(pairs: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With the school and the class of each."""
    enrolled = (
        (EnrolmentRecord.pupil_id == MatchPair.pupil_id)
        & same_place(EnrolmentRecord.school_id, MatchPair.school_id)
        & (EnrolmentRecord.term == MatchPair.term)
    )
    return pairs.select_from(MatchPair).join(Unit, Unit.id == MatchPair.school_id).outerjoin(EnrolmentRecord, enrolled)


def settled_lately(session: Session, scope: Scope, term: str) -> list[Act]:
    """The latest acts that stand; each can be undone."""
    standing = _standing(scope, term).subquery()
    latest = select(standing.c.act_id, func.max(standing.c.at).label("at")).group_by(standing.c.act_id)
    acts = [act_id for act_id, _ in session.execute(latest.order_by(func.max(standing.c.at).desc()).limit(LATELY))]
    of_act: defaultdict[UUID, list[tuple[Settlement, str]]] = defaultdict(list)
    named = _standing(scope, term).add_columns(Pupil).join(Pupil, Pupil.id == Settlement.pupil_id)
    for settlement, pupil in session.execute(named.where(Settlement.act_id.in_(acts)).order_by(Settlement.id)):
        of_act[settlement.act_id].append((settlement, mask_name(pupil.name or "")))
    return [_act(of_act[act_id]) for act_id in acts]


def act(session: Session, scope: Scope, act_id: UUID) -> Act | None:
    """What was just done; None once it was undone."""
    named = select(Settlement, Pupil).join(Pupil, Pupil.id == Settlement.pupil_id)
    mine = scope.narrow(named.where(Settlement.act_id == act_id), Settlement.school_id)
    found = [
        (settlement, mask_name(pupil.name or ""))
        for settlement, pupil in session.execute(mine.where(Settlement.undone_at.is_(None)))
    ]
    return _act(found) if found else None


def _standing(scope: Scope, term: str) -> Select[Settlement]:
    standing = select(Settlement).where(Settlement.term == term, Settlement.undone_at.is_(None))
    return scope.narrow(standing, Settlement.school_id)


def _act(settled: list[tuple[Settlement, str]]) -> Act:
    first = settled[0][0]
    names = tuple(name for _, name in settled)
    answer = ANSWERS[desk_of(first)][first.answer]
    return Act(first.act_id, first.at, first.by, answer, short(first.rule), len(settled), names[:3])
