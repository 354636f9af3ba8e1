"""Which number speaks for which child, and whose number it is (J7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from sqlalchemy import Boolean, LargeBinary, Select, cast, column, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.orm import Session

from portal.access.households import MANY_CHILDREN, is_family, same_person
from portal.models import Guardian, KnownNumber
from portal.outreach.gateways.protocol import MOBILE
from portal.vocabulary import Labelled

FEW_HOUSEHOLDS = 3
LOOKED_AT_ONCE = 10_000


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
    beside: dict[UUID, dict[bytes, None]] = {}
    for guardian in _guardians(session, Guardian.pupil_id.in_(list(pupil_ids))):
        if guardian.phone_index:
            beside.setdefault(guardian.pupil_id, {})[guardian.phone_index] = None
    numbers = numbers_at(session, {index for of_pupil in beside.values() for index in of_pupil})
    found = {
        pupil_id: tuple(numbers[index] for index in of_pupil if index in numbers)
        for pupil_id, of_pupil in beside.items()
    }
    return {pupil_id: of_pupil for pupil_id, of_pupil in found.items() if of_pupil}


def numbers_at(session: Session, indexes: Collection[bytes]) -> dict[bytes, Number]:
    """Each mobile number with everybody it stands beside, of whatever school; the session must reach them all."""
    beside: dict[bytes, list[Guardian]] = {}
    for guardian in _guardians(session, Guardian.phone_index.in_(list(indexes))):
        beside.setdefault(guardian.phone_index or b"", []).append(guardian)
    return {
        index: Number(index, phone, _ownership(holders), frozenset(holder.pupil_id for holder in holders))
        for index, holders in beside.items()
        if MOBILE.fullmatch(phone := holders[0].phone or "")
    }


def shared_numbers(session: Session, numbers: Select[bytes]) -> list[bytes]:
    """Those of many families among these numbers; only few are beside so many children at all."""
    beside_many = (
        select(Guardian.phone_index)
        .where(Guardian.phone_index.in_(numbers))
        .group_by(Guardian.phone_index)
        .having(func.count() > FEW_HOUSEHOLDS)
    )
    found = numbers_at(session, set(session.scalars(beside_many)))
    return [index for index, number in found.items() if number.ownership is Ownership.SHARED]


def learn_numbers(session: Session, pupils: Select[UUID]) -> int:
    """Look once at each number beside these pupils that nobody looked at yet: whether it is a mobile."""
    known = exists().where(KnownNumber.phone_index == Guardian.phone_index)
    new = (
        select(Guardian.id, Guardian.phone_sealed, Guardian.phone_index)
        .where(Guardian.pupil_id.in_(pupils), Guardian.phone_index.is_not(None), ~known)
        .ext(distinct_on(Guardian.phone_index))
        .order_by(Guardian.phone_index)
    )
    count = 0
    for page in session.execute(new).partitions(LOOKED_AT_ONCE):
        mobile = [bool(MOBILE.fullmatch(Guardian.phone.open(row) or "")) for row in page]
        learnt = (
            func.unnest(cast([row.phone_index for row in page], ARRAY(LargeBinary)), cast(mobile, ARRAY(Boolean)))
            .table_valued(column("phone_index", LargeBinary), column("is_mobile", Boolean))
            .render_derived()
        )
        kept = insert(KnownNumber).from_select(["phone_index", "is_mobile"], select(learnt))
        session.execute(kept.on_conflict_do_nothing())
        count += len(page)
    return count


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
