"""A settled pair opens the ledger as a certain one does; taking it back ends what rested on it (review.py)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actors import actor_words
from portal.access.permissions import may
from portal.access.scope import NotInScope, Scope
from portal.clock import SchoolTerm
from portal.coverage.ledger import Judged, open_rows_for
from portal.coverage.matched import matched_pupils
from portal.coverage.steps import LIST_GONE, PAID, Mover, Step, close, take_step
from portal.database import lock
from portal.enrolment import review
from portal.enrolment.doubles import aided_elsewhere
from portal.enrolment.standing import DESKS
from portal.models import DoubleEnrolment, Entitlement, MatchPair, Settlement, StaffMember
from portal.policies.catalogue import Catalogue
from portal.vocabulary import Answer, Decision, EntitlementState

MISTAKEN = "R10"
"""信息有误、比对误报."""
PAID_ALREADY = Step(Mover.ABOVE, "核实结论已撤销，款项已发放：查明是否发对", 5, "R16")


def settle(
    session: Session, pairs: Sequence[MatchPair], answer: Answer, by: StaffMember, now: datetime, catalogue: Catalogue
) -> list[Settlement]:
    """Raise ReviewRefused with everything as it was; 同一人 opens the rows at once."""
    if answer is Answer.SAME and _elsewhere(session, pairs):
        raise review.ReviewRefused("其中有学生还在另一所学校的名册里，资助记在那里。请先在“双重学籍”里核实在哪里上学")
    before = [pair.settlement for pair in pairs if pair.settled_as is Answer.SAME and pair.settlement]
    made = review.settle(session, pairs, answer, by, now)
    if answer is Answer.SAME:
        open_rows_for(session, {one.pupil_id for one in made}, made[0].term, catalogue, now, by.actor)
    if answer is Answer.NOT_SAME and any(pair.decision is Decision.CERTAIN for pair in pairs):
        _let_go(session, made, catalogue, by.actor, now)
    _retract(session, before, catalogue, by.actor, now)
    return made


def _elsewhere(session: Session, pairs: Sequence[MatchPair]) -> bool:
    """Whether one of them is enrolled twice and aided at the other school."""
    theirs = DoubleEnrolment.pupil_id.in_({pair.pupil_id for pair in pairs})
    return any(aided_elsewhere(session, term, theirs) for term in {pair.term for pair in pairs})


def acts_of(session: Session, scope: Scope, act_id: UUID) -> list[Settlement]:
    """What stands of one press of a button; NotInScope when it is nobody's, or not theirs."""
    statement = scope.narrow(select(Settlement).where(Settlement.act_id == act_id), Settlement.school_id)
    found = list(session.scalars(statement.where(Settlement.undone_at.is_(None)).with_for_update()))
    if not found:
        raise NotInScope
    return found


def undo(
    session: Session, settlements: Sequence[Settlement], by: StaffMember, now: datetime, catalogue: Catalogue
) -> None:
    """Raise ReviewRefused where somebody above settled it: a school does not take back what the county said."""
    if not may(by.role, DESKS[1]) and any(not _is_of(session, one, by) for one in settlements):
        raise review.ReviewRefused("这是上级资助中心核实的，学校不能撤销；有新情况请告诉资助中心")
    review.undo(session, settlements, by.actor, now)
    _retract(session, settlements, catalogue, by.actor, now)


def _is_of(session: Session, settlement: Settlement, by: StaffMember) -> bool:
    account = settlement.by.partition(":")[2]
    settler = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    return settler is not None and settler.unit_id == by.unit_id


def _retract(session: Session, settlements: Sequence[Settlement], catalogue: Catalogue, by: str, now: datetime) -> None:
    """Rows that rested on nothing else end; those already paid stay open for the unit above to look into."""
    for settlement in settlements:
        owed = _still_owed(session, settlement, catalogue)
        rows = select(Entitlement).where(Entitlement.settlement_id == settlement.id, Entitlement.retracted.is_(False))
        for row in session.scalars(rows).all():
            lock(session, row)
            if row.policy in owed:
                row.settlement_id = None
            elif row.state is EntitlementState.RECEIVED or row.paid_yuan:
                take_step(session, row, PAID, by, now, f"{actor_words(session, by)}撤销核实", PAID_ALREADY)
            else:
                row.retracted = True
                close(session, row, row.state, MISTAKEN, by, now, f"{actor_words(session, by)}撤销核实，台账结束")
    session.flush()


def _let_go(session: Session, settlements: Sequence[Settlement], catalogue: Catalogue, by: str, now: datetime) -> None:
    """A list was wrong after all: rows that rested on nothing else are the county's to look into, unless paid."""
    for settlement in settlements:
        owed = _still_owed(session, settlement, catalogue)
        rows = select(Entitlement).where(
            Entitlement.pupil_id == settlement.pupil_id, Entitlement.term == settlement.term,
            Entitlement.closed_on.is_(None), Entitlement.policy.not_in(owed),
        )  # fmt: skip
        for row in session.scalars(rows.order_by(Entitlement.id)).all():
            lock(session, row)
            if row.state is not PAID:
                take_step(session, row, row.state, by, now, f"{actor_words(session, by)}核实：名单有误", LIST_GONE)


def _still_owed(session: Session, settlement: Settlement, catalogue: Catalogue) -> set[str]:
    judged = Judged(catalogue, SchoolTerm.parse(settlement.term).first_day)
    left = matched_pupils(session, settlement.term, lambda table: table.pupil_id == settlement.pupil_id)
    return {finding.policy for matched in left for finding in judged.owed(matched.circumstances)}
