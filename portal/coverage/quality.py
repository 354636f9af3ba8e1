"""摸清底数: what a roll lacks and what in it contradicts itself, counted and listed (N5-3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, not_, or_, select, union_all
from sqlalchemy.orm import Session

from portal.access.scope import Scope
from portal.database import same_place
from portal.enrolment.standing import stands
from portal.models import Correction, DoubleEnrolment, Guardian, MatchPair, Pupil
from portal.vocabulary import Basis, Decision


def no_phone(scope: Scope, _term: str) -> ColumnElement[bool]:
    return _no_guardian_with(scope, Guardian.phone_sealed)


def no_guardian(scope: Scope, _term: str) -> ColumnElement[bool]:
    return _no_guardian_with(scope, Guardian.name_sealed)


def _no_guardian_with(scope: Scope, sealed: Any) -> ColumnElement[bool]:
    here = Guardian.pupil_id == Pupil.id, same_place(Guardian.school_id, Pupil.school_id)
    written = select(Guardian.id).where(*here, sealed.is_not(None))
    return not_(scope.narrow(written, Guardian.school_id).exists())


def bad_number(_: Scope, _term: str) -> ColumnElement[bool]:
    """None, or one that may carry no certain match."""
    return or_(Pupil.id_number_sealed.is_(None), Pupil.id_certain == false())


def conflict(scope: Scope, term: str) -> ColumnElement[bool]:
    """Two sources say different things and nobody has decided yet."""
    parts = (said(term) for said, _ in CONFLICTS)
    said = union_all(*(scope.narrow(part, part.selected_columns.school_id) for part in parts)).subquery().c
    return exists().where(said.pupil_id == Pupil.id, same_place(said.school_id, Pupil.school_id))


def _said_wrong(term: str) -> Select[UUID, UUID]:
    return select(Correction.pupil_id, Correction.school_id).where(
        Correction.term == term, Correction.settled_at.is_(None)
    )


def _differs_from_a_list(term: str) -> Select[UUID, UUID]:
    return select(MatchPair.pupil_id, MatchPair.school_id).where(
        stands(term), MatchPair.basis == Basis.SELF, MatchPair.outcome == Decision.POSSIBLE
    )


def _twice(term: str) -> Select[UUID, UUID]:
    return select(DoubleEnrolment.pupil_id, DoubleEnrolment.school_id).where(
        DoubleEnrolment.term == term, DoubleEnrolment.settled_at.is_(None)
    )


def incomplete(scope: Scope, term: str) -> ColumnElement[bool]:
    return or_(*(lacks(scope, term) for lacks, _ in LACKS))


LACKS = (
    (no_phone, "没有监护人电话"),
    (no_guardian, "没有监护人"),
    (bad_number, "证件号没有或存疑"),
    (conflict, "信息有冲突"),
)


def lacking(session: Session, pupils: Sequence[UUID], scope: Scope, term: str) -> Mapping[UUID, tuple[str, ...]]:
    """For each of these pupils what is missing or in doubt, in the words of a list."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for lacks, words in LACKS:
        for pupil_id in session.scalars(select(Pupil.id).where(Pupil.id.in_(pupils), lacks(scope, term))):
            found[pupil_id].append(words)
    return {pupil_id: tuple(words) for pupil_id, words in found.items()}


CONFLICTS = (
    (_said_wrong, "家长说信息不对，还没有核实"),
    (_differs_from_a_list, "与部门名单上的姓名或证件号不一致，待核实"),
    (_twice, "同时在两所学校的名册里"),
)


def conflicts(session: Session, pupils: Sequence[UUID], term: str) -> Mapping[UUID, str]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for said, words in CONFLICTS:
        of_those = said(term).subquery()
        for pupil_id in session.scalars(select(of_those.c.pupil_id).distinct().where(of_those.c.pupil_id.in_(pupils))):
            found[pupil_id].append(words)
    return {pupil_id: "；".join(words) for pupil_id, words in found.items()}
