"""一家的孩子: whom a family sees on one visit: the children of the same guardian, until they are eighteen (J5, J8)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import age_on
from portal.database import EVERYTHING, reach_pupils, set_reach
from portal.models import Guardian, Move, Pupil
from portal.privacy.names import name_key
from portal.vocabulary import MoveKind

GUARDIANS_ONLY, GROWN_UP = 14, 18
"""Below the first age only a guardian acts (PIPL 31); from the second the student alone."""
MANY_CHILDREN = 6
"""Beyond so many children beside one guardian it is a teacher, a village or an institution, and no family."""
NO_FAMILY = ("老师", "教师", "班主任", "学校", "校长", "村", "社区", "居委", "福利院")


class Born(Protocol):
    @property
    def birth_date(self) -> date | None: ...


def is_grown_up(pupil: Born, day: date) -> bool:
    born = pupil.birth_date
    return born is not None and age_on(day, born) >= GROWN_UP


def has_died(session: Session, pupil_id: UUID) -> bool:
    """Nothing is ever sent about the child again, and its page asks nothing."""
    return bool(died_among(session, [pupil_id]))


def died_among(session: Session, pupils: Collection[UUID]) -> set[UUID]:
    died = select(Move.pupil_id).where(Move.pupil_id.in_(pupils), Move.kind == MoveKind.DEATH, Move.ended_at.is_(None))
    return set(session.scalars(died))


def only_guardians_act(pupil: Born, day: date) -> bool:
    """不满14周岁; a birth date nobody knows is taken for a young child's."""
    born = pupil.birth_date
    return born is None or age_on(day, born) < GUARDIANS_ONLY


def enter_family(session: Session, pupils: Iterable[Pupil], day: date) -> tuple[UUID, ...]:
    """The children of the visit, eldest first; from here on the database shows them and nobody else's.

    A grown-up student is alone on the visit, and is on nobody else's.
    """
    found = {pupil.id: pupil for pupil in pupils}
    minors = [pupil for pupil in found.values() if not is_grown_up(pupil, day)]
    set_reach(session, EVERYTHING)  # a brother may be at any school
    for pupil in minors:
        siblings = [other for other in _siblings(session, pupil) if not is_grown_up(other, day)]
        found |= {other.id: other for other in siblings if not has_died(session, other.id)}
    children = tuple(sorted(found, key=lambda key: (found[key].birth_date_text or "9", str(key))))
    set_reach(session, reach_pupils(children))
    return children


def _siblings(session: Session, pupil: Pupil) -> list[Pupil]:
    """Pupils with a guardian who is the same person; a number beside more children than a family has says nothing."""
    siblings: dict[UUID, Pupil] = {}
    for guardian in filter(is_family, pupil.guardians):
        for column, value in (
            (Guardian.id_number_index, guardian.id_number_index),
            (Guardian.phone_index, guardian.phone_index),
        ):
            holders = session.scalars(select(Guardian).where(column == value)).all() if value else ()
            if len({holder.pupil_id for holder in holders}) <= MANY_CHILDREN:
                siblings |= {holder.pupil_id: holder.pupil for holder in holders if same_person(guardian, holder)}
    return list(siblings.values())


def is_family(guardian: Guardian) -> bool:
    name = guardian.name or ""
    return bool(name) and not any(word in name + guardian.relation for word in NO_FAMILY)


def same_person(first: Guardian, second: Guardian) -> bool:
    """The same identity number; without two of them the same name, beside a number or a child they share."""
    if first.id_number_index and second.id_number_index:
        return first.id_number_index == second.id_number_index
    return bool(first.name and second.name) and name_key(first.name or "") == name_key(second.name or "")
