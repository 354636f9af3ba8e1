"""Which number speaks for which child, and whose number it is (J7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.households import MANY_CHILDREN, is_family, same_person
from portal.models import Guardian
from portal.outreach.gateways.protocol import MOBILE
from portal.vocabulary import Labelled

FEW_HOUSEHOLDS = 3


class Ownership(Labelled):
    """Whose a number is decides what may be said to it."""

    OWN = "own", "监护人自己的号码"
    UNSURE = "unsure", "不确定或两三家共用的号码"
    SHARED = "shared", "多家共用的号码"


@dataclass(frozen=True)
class Number:
    """A mobile number with every pupil it stands beside, of whichever household."""

    index: bytes
    phone: str = field(repr=False)
    ownership: Ownership
    pupils: frozenset[UUID]


def numbers_of(session: Session, pupil_ids: Iterable[UUID]) -> dict[UUID, tuple[Number, ...]]:
    """For each pupil the mobile numbers of its guardians, the first guardian's first; pupils without are left out."""
    mobiles: dict[UUID, dict[bytes, str]] = {}
    for guardian in _guardians(session, Guardian.pupil_id.in_(list(pupil_ids))):
        phone = guardian.phone
        if guardian.phone_index and phone and MOBILE.fullmatch(phone):
            mobiles.setdefault(guardian.pupil_id, {}).setdefault(guardian.phone_index, phone)
    phones = {index: phone for of_pupil in mobiles.values() for index, phone in of_pupil.items()}
    numbers = numbers_at(session, phones)
    return {pupil_id: tuple(numbers[index] for index in of_pupil) for pupil_id, of_pupil in mobiles.items()}


def numbers_at(session: Session, phones: Mapping[bytes, str]) -> dict[bytes, Number]:
    """Each number with everybody it stands beside, of whatever school; the session must reach them all."""
    beside: dict[bytes, list[Guardian]] = {index: [] for index in phones}
    for guardian in _guardians(session, Guardian.phone_index.in_(list(phones))):
        if guardian.phone_index:
            beside[guardian.phone_index].append(guardian)
    return {
        index: Number(index, phones[index], _ownership(holders), frozenset(holder.pupil_id for holder in holders))
        for index, holders in beside.items()
        if holders
    }


def ownership_of(session: Session, phone_index: bytes) -> Ownership:
    """Of one number, over everybody it stands beside."""
    return _ownership(list(_guardians(session, Guardian.phone_index == phone_index)))


def _guardians(session: Session, which: object) -> Iterable[Guardian]:
    return session.scalars(select(Guardian).where(which).order_by(Guardian.position))  # type: ignore[arg-type]


def _ownership(holders: list[Guardian]) -> Ownership:
    """One guardian's children are one household: the same identity number, or the same name and no two numbers."""
    first = {holder.pupil_id: holder for holder in reversed(holders)}
    if len(first) > MANY_CHILDREN or (households := _households(first)) > FEW_HOUSEHOLDS:
        return Ownership.SHARED
    family = all(is_family(holder) for holder in holders)
    return Ownership.OWN if households == 1 and family else Ownership.UNSURE


def _households(holders: Mapping[UUID, Guardian]) -> int:
    """How many groups are left when pupils with the same guardian are put together."""
    group = {pupil_id: pupil_id for pupil_id in holders}
    for (one, first), (other, second) in combinations(holders.items(), 2):
        if group[one] != group[other] and same_person(first, second):
            group = {pupil: group[one] if of == group[other] else of for pupil, of in group.items()}
    return len(set(group.values()))
