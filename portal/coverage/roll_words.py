"""Why a pupil stands on a 名单, asked for those of one page."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.scope import EVERYWHERE
from portal.coverage.roll_conditions import last_changes
from portal.coverage.words import register_words
from portal.enrolment.lists import category_names
from portal.enrolment.standing import stands
from portal.models import DoubleEnrolment, Entitlement, MatchPair, Pupil
from portal.vocabulary import Decision

Words = Callable[[Session, Sequence[UUID], str], Mapping[UUID, str]]


def nothing(_session: Session, _pupils: Sequence[UUID], _term: str) -> Mapping[UUID, str]:
    return {}


def what_stands(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    rows = select(Entitlement.pupil_id, Entitlement.next_step).where(
        Entitlement.pupil_id.in_(pupils), Entitlement.term == term, Entitlement.closed_on.is_(None)
    )
    return {pupil_id: f"台账没有停：{step}" for pupil_id, step in session.execute(rows)}


def registers(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    said: defaultdict[UUID, list[str]] = defaultdict(list)
    for pair in session.scalars(select(MatchPair).where(MatchPair.pupil_id.in_(pupils), stands(term))):
        said[pair.pupil_id].append(register_words(pair.register or ""))
    return {pupil_id: "、".join(sorted(set(registers))) for pupil_id, registers in said.items()}


def changes(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    """新增, 消失 or 类别变化, from what was sure before the school's last change and what is now."""
    before: defaultdict[UUID, set[str]] = defaultdict(set)
    after: defaultdict[UUID, set[str]] = defaultdict(set)
    sure = MatchPair.term == term, MatchPair.outcome == Decision.CERTAIN
    where_it_is = MatchPair.pupil_id.in_(pupils), MatchPair.school_id == Pupil.school_id
    found = session.scalars(select(MatchPair).join(MatchPair.pupil).where(*where_it_is, *sure)).all()
    schools = EVERYWHERE.of_schools({pair.school_id for pair in found})
    moments = dict(iter(session.execute(last_changes(schools, term))))
    names = category_names(session)
    for pair in found:
        last, came, fell = moments.get(pair.school_id), pair.came_at, pair.superseded_at
        name = names.get(pair.category or "", "")
        if fell is None:
            after[pair.pupil_id].add(name)
        if came != last and (fell is None or fell == last):
            before[pair.pupil_id].add(name)
    return {pupil_id: _change(before[pupil_id], after[pupil_id]) for pupil_id in pupils}


def _change(before: set[str], after: set[str]) -> str:
    was, now = "、".join(sorted(before)), "、".join(sorted(after))
    if before == after:
        return "疑似记录有变化，没有影响已匹配的结论"
    if not before:
        return f"新增：{now}"
    return f"类别变化：{was} → {now}" if after else f"本次没有匹配到：以前是{was}，台账没有停"


def doubles(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    rows = select(DoubleEnrolment).where(
        DoubleEnrolment.pupil_id.in_(pupils), DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    )
    return {
        row.pupil_id: f"同时在{row.school.name}和{row.other_school.name}，资助只在"
        f"{row.school.name if row.aided_here else row.other_school.name}发一份"
        for row in session.scalars(rows)
    }
