"""核实: what no rule may decide a person settles; it holds until the data behind it change, and can be undone."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import audit
from portal.access.permissions import REFUSALS, may
from portal.access.scope import NotInScope, Scope
from portal.clock import SchoolTerm
from portal.enrolment import bureau_questions
from portal.enrolment.candidates import among
from portal.enrolment.standing import desk_of, may_be_settled
from portal.matching.agreement import Validity, validity
from portal.matching.household import CHILD_GETS
from portal.models import MatchPair, Pupil, Settlement, StaffMember, Unit
from portal.models.sealed import keyring
from portal.privacy.sealing import SealBroken
from portal.vocabulary import Answer, Basis

AT_ONCE = 200
"""How many pairs one press of a button may settle."""
CARRIED_AT_ONCE = 1000
"""Pairs whose pupils and entries are in memory together after a run."""


class ReviewRefused(ValueError):
    """One sentence: why this is not settled so, and what to do instead."""


def pairs_of(session: Session, scope: Scope, ids: Sequence[UUID]) -> list[MatchPair]:
    """Locked until the commit, so that two officers take turns; NotInScope when one of them is not theirs."""
    chosen = scope.narrow(select(MatchPair).where(MatchPair.id.in_(ids)), MatchPair.school_id)
    pairs = list(session.scalars(chosen.order_by(MatchPair.id).with_for_update(of=MatchPair)))
    if len(pairs) != len(set(ids)):
        raise NotInScope
    return pairs


def settle(
    session: Session, pairs: Sequence[MatchPair], answer: Answer, by: StaffMember, now: datetime
) -> list[Settlement]:
    """Raise ReviewRefused and settle none of them; an earlier answer to the same pair is undone first."""
    _refuse(session, pairs, answer, by)
    actor, act = by.actor, uuid4()
    undo(session, {pair.settlement for pair in pairs if pair.settlement}, actor, now)
    made: dict[tuple[UUID, bytes], Settlement] = {}
    for pair in pairs:
        key = (pair.pupil_id, fingerprint(pair, SchoolTerm.parse(pair.term).first_day))
        if key not in made:
            made[key] = _settlement(pair, key[1], act, answer, actor, now)
            session.add(made[key])
            session.flush()
            if answer is Answer.ASK:
                bureau_questions.ask(session, made[key], pair, by, now)
            audit.record(
                session, actor, "settled",
                unit_id=pair.school_id, pupil_id=pair.pupil_id, rule=pair.rule, answer=answer.value, term=pair.term,
            )  # fmt: skip
    for pair in _standing_of(session, {pupil_id for pupil_id, _ in made}, pairs[0].term):
        settlement = made.get((pair.pupil_id, fingerprint(pair, SchoolTerm.parse(pair.term).first_day)))
        if settlement is not None:
            pair.settlement, pair.settled_as = settlement, answer
    session.flush()
    return list(made.values())


def ask_bureau(session: Session, pairs: Sequence[MatchPair], by: StaffMember, now: datetime) -> int:
    """A family doubts what no person settled: bureaus are asked, and the pairs hold meanwhile; how many questions.

    Lists that say the same are one question; a list that no bureau delivered is asked about outside.
    """
    actor, act = by.actor, uuid4()
    alike: dict[tuple[UUID, bytes], list[MatchPair]] = {}
    for pair in pairs:
        if bureau_questions.has_bureau(session, pair):
            key = (pair.pupil_id, fingerprint(pair, SchoolTerm.parse(pair.term).first_day))
            alike.setdefault(key, []).append(pair)
    for (_, data), same in alike.items():
        pair, settlement = same[0], _settlement(same[0], data, act, Answer.ASK, actor, now)
        for one in same:
            one.settlement, one.settled_as = settlement, Answer.ASK
        session.flush()
        bureau_questions.ask(session, settlement, pair, by, now)
        audit.record(
            session, actor, "settled",
            unit_id=pair.school_id, pupil_id=pair.pupil_id, rule=pair.rule, answer=Answer.ASK.value, term=pair.term,
        )  # fmt: skip
    session.flush()
    return len(alike)


def undo(session: Session, settlements: Iterable[Settlement], actor: str, now: datetime) -> None:
    """The pairs wait again; that they were settled stays on record."""
    for settlement in settlements:
        settlement.undone_by, settlement.undone_at = actor, now
        held = update(MatchPair).where(MatchPair.settlement_id == settlement.id)
        session.execute(held.values(settlement_id=None, settled_as=None))
        bureau_questions.close(session, [settlement.id], now)
        audit.record(
            session, actor, "settlement_undone",
            unit_id=settlement.school_id, pupil_id=settlement.pupil_id, answer=settlement.answer.value,
        )  # fmt: skip
    session.flush()


def carry_over(session: Session, unit: Unit, term: SchoolTerm, now: datetime) -> None:
    """After a run: pairs with the data of a standing settlement are settled, those whose data changed wait again.

    The session must reach the registers. A province's are a hundred thousand: opened some at a time.
    """
    below = Unit.ids_below(unit.path)
    ever = exists().where(Settlement.pupil_id == MatchPair.pupil_id, Settlement.undone_at.is_(None))
    settled = select(MatchPair.id).where(
        MatchPair.term == term.code,
        MatchPair.superseded_at.is_(None),
        MatchPair.school_id.in_(below),
        MatchPair.register_entry_id.is_not(None),
        ever,
    )
    pairs = session.scalars(settled.order_by(MatchPair.pupil_id)).all()
    for first in range(0, len(pairs), CARRIED_AT_ONCE):
        _carry(session, pairs[first : first + CARRIED_AT_ONCE], term.first_day)
    bureau_questions.close_moot(session, below, now)


def _carry(session: Session, ids: Sequence[UUID], first_day: date) -> None:
    """A pair whose data do not open any more keeps the answer it has."""
    pairs = session.scalars(
        select(MatchPair)
        .where(among(MatchPair.id, ids))
        .options(joinedload(MatchPair.entry), joinedload(MatchPair.pupil).selectinload(Pupil.guardians))
        .options(selectinload(MatchPair.settlement))
        .execution_options(populate_existing=True)
    ).all()
    of_pupils = among(Settlement.pupil_id, {pair.pupil_id for pair in pairs})
    known = {
        (settlement.pupil_id, settlement.fingerprint): settlement
        for settlement in session.scalars(select(Settlement).where(of_pupils, Settlement.undone_at.is_(None)))
    }
    for pair in pairs:
        with suppress(SealBroken):
            pair.settlement = known.get((pair.pupil_id, fingerprint(pair, first_day)))
            pair.settled_as = pair.settlement.answer if pair.settlement else None
    session.flush()


def fingerprint(pair: MatchPair, first_day: date) -> bytes:
    """What both sides say of those who were compared; the same entry in next month's batch has the same one.

    Whether somebody is still on a list whose day has passed is asked anew each term.
    """
    pupil, entry = pair.pupil, pair.entry
    if entry is None:
        raise LookupError("the entry of a pair is out of reach")
    parts = [pair.basis, pupil.name, pupil.former_name, pupil.id_number]
    if pair.basis is not Basis.SELF:
        parts += [text for guardian in pupil.guardians for text in (guardian.name, guardian.id_number)]
    parts += [entry.name, entry.id_number, entry.category, entry.household, entry.relation]
    if validity(entry.valid_to, entry.valid_to_unreadable, first_day, entry.valid_from) is not Validity.IN_FORCE:
        parts.append(pair.term)
    return keyring().index("settled pair", "\n".join(part or "" for part in parts))


def _settlement(pair: MatchPair, fingerprint: bytes, act: UUID, answer: Answer, by: str, now: datetime) -> Settlement:
    return Settlement(
        act_id=act,
        pupil_id=pair.pupil_id,
        school_id=pair.school_id,
        term=pair.term,
        basis=pair.basis,
        rule=pair.rule,
        answer=answer,
        fingerprint=fingerprint,
        by=by,
        at=now,
    )


def _standing_of(session: Session, pupil_ids: Collection[UUID], term: str) -> list[MatchPair]:
    """An entry that came in two batches makes two pairs that say the same."""
    standing = select(MatchPair).where(
        MatchPair.pupil_id.in_(pupil_ids),
        MatchPair.term == term,
        MatchPair.superseded_at.is_(None),
        MatchPair.register_entry_id.is_not(None),
    )
    return list(session.scalars(standing))


def _refuse(session: Session, pairs: Sequence[MatchPair], answer: Answer, by: StaffMember) -> None:
    if not pairs:
        raise ReviewRefused("请先在名单左边勾选学生")
    if len(pairs) > AT_ONCE:
        raise ReviewRefused(f"一次最多核实{AT_ONCE}名，请分几次办")
    if len({pair.rule for pair in pairs}) > 1:
        raise ReviewRefused("只有情况相同的才能一起核实，请按同一种情况筛选后再选")
    for pair in pairs:
        desk = desk_of(pair)
        if not may(by.role, desk):
            raise ReviewRefused(REFUSALS.get(desk, "您的角色不能核实这一条"))
        if not may_be_settled(pair):
            raise ReviewRefused("其中有已经变了的记录，请刷新后再核实")
        if answer is Answer.SAME:
            _refuse_same(session, pair)


def _refuse_same(session: Session, pair: MatchPair) -> None:
    if pair.basis is not Basis.SELF:
        if pair.category not in CHILD_GETS:
            raise ReviewRefused("这一类只对名单上的本人算数，不能随家庭认定。孩子确有困难的，请在学生页人工新增")
        return
    somebody_else = exists().where(
        MatchPair.register_entry_id == pair.register_entry_id,
        MatchPair.term == pair.term,
        MatchPair.superseded_at.is_(None),
        MatchPair.settled_as == Answer.SAME,
        MatchPair.basis == Basis.SELF,
        MatchPair.pupil_id != pair.pupil_id,
    )
    if session.scalar(select(somebody_else)):
        raise ReviewRefused("名单上的这一条已经核实为另一名学生。请先核对是谁，再撤销不对的那一次")
