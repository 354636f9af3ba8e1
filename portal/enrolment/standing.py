"""Which pairs stand once rule and person are heard, and whose turn it is: said once, for every list."""

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from portal.access.permissions import Permission, may
from portal.database import same_place
from portal.models import MatchPair, Settlement
from portal.vocabulary import Answer, Basis, Decision, Role

WEAK = (Decision.POSSIBLE, Decision.HOUSEHOLD, Decision.HOUSEHOLD_POSSIBLE)


def stands(term: str) -> ColumnElement[bool]:
    """Made by the latest run of its term, and nobody said no to it.

    What was sure stays when its register expires; a doubt goes with the entry it was about, nobody could settle it.
    """
    held = or_(MatchPair.register_entry_id.is_not(None), MatchPair.outcome == Decision.CERTAIN)
    return and_(MatchPair.term == term, MatchPair.superseded_at.is_(None), MatchPair.outcome.is_not(None), held)


def waits_for(permission: Permission) -> ColumnElement[bool]:
    """No rule may decide it and no person did; pupils themselves and households go to different desks.

    A household asks nothing any more about a pupil who is on a list as itself.
    """
    waits = and_(
        MatchPair.superseded_at.is_(None),
        MatchPair.register_entry_id.is_not(None),
        MatchPair.settled_as.is_(None),
        MatchPair.outcome.in_(WEAK),
    )
    if permission is Permission.SETTLE_SELF:
        return and_(waits, MatchPair.basis == Basis.SELF)
    other = aliased(MatchPair)
    listed = exists().where(
        other.pupil_id == MatchPair.pupil_id,
        same_place(other.school_id, MatchPair.school_id),
        other.term == MatchPair.term,
        other.superseded_at.is_(None),
        other.outcome == Decision.CERTAIN,
        or_(other.settled_as.is_(None), other.decision == Decision.CERTAIN),
    )
    return and_(waits, MatchPair.basis != Basis.SELF, ~listed)


DESKS = (Permission.SETTLE_SELF, Permission.SETTLE_HOUSEHOLD)
ANSWERS = {
    # the question's desk: what each answer is called there
    Permission.SETTLE_SELF: {Answer.SAME: "同一人", Answer.NOT_SAME: "不是同一人", Answer.ASK: "请部门核实"},
    Permission.SETTLE_HOUSEHOLD: {
        Answer.SAME: "孩子随家庭认定",
        Answer.NOT_SAME: "不随家庭认定",
        Answer.ASK: "请部门核实",
    },
}


def waits(role: Role) -> ColumnElement[bool]:
    """What waits for somebody in this role."""
    return or_(false(), *(waits_for(desk) for desk in DESKS if may(role, desk)))


def may_be_settled(pair: MatchPair) -> bool:
    """A certain pair only once its bureau was asked about it; one at the bureau may still be answered."""
    open_to_doubt = pair.decision in WEAK or pair.settled_as is Answer.ASK
    return pair.superseded_at is None and pair.register_entry_id is not None and open_to_doubt


def desk_of(pair: MatchPair | Settlement) -> Permission:
    """Whose permission it takes to settle it."""
    return Permission.SETTLE_SELF if pair.basis is Basis.SELF else Permission.SETTLE_HOUSEHOLD
