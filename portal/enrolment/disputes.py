"""名单有异议: a family says that a list is wrong, and the bureau that delivered it is asked (L-11).

Until the family has its answer the child is not counted as confirmed; the aid itself does not stop for it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from portal.enrolment import review
from portal.enrolment.corrections import NOT_ON_LIST, CorrectionRefused
from portal.enrolment.standing import stands
from portal.models import Correction, MatchPair, StaffMember
from portal.vocabulary import Decision


def is_disputed(pupil_id: Any, term: str) -> ColumnElement[bool]:
    """Whether the pupil's family still waits for the answer."""
    unanswered = Correction.term == term, Correction.about == NOT_ON_LIST, Correction.settled_at.is_(None)
    return exists().where(Correction.pupil_id == pupil_id, *unanswered)


def ask_bureaus(session: Session, said: Correction, by: StaffMember, now: datetime) -> int:
    """Each list by which a rule is sure is put to the bureau that delivered it; how many questions those are.

    Raise CorrectionRefused where there is none to ask here, or all of them were asked.
    """
    if said.about != NOT_ON_LIST:
        raise CorrectionRefused("家长没有说名单弄错了，不用问部门")
    sure = select(MatchPair).where(
        MatchPair.pupil_id == said.pupil_id, stands(said.term), MatchPair.outcome == Decision.CERTAIN,
        MatchPair.register_entry_id.is_not(None), MatchPair.settled_as.is_(None),
    )  # fmt: skip
    taking_turns = sure.order_by(MatchPair.id).with_for_update(of=MatchPair)
    asked = review.ask_bureau(session, session.scalars(taking_turns).all(), by, now)
    if not asked:
        raise CorrectionRefused(
            "没有可以在这里问的部门：已经问过、由人核实过，或者名单不是部门自己报送的。请在“核实”里看，查清后书面答复家长"
        )
    return asked
