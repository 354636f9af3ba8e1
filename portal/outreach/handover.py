"""转人工: what messages did not settle becomes somebody's call with a date, once for each ledger row (G4)."""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.clock import local, term_of
from portal.coverage.steps import Mover, Step, take_step
from portal.models import Entitlement, EntitlementChange, Guardian, Message, MessagePupil
from portal.outreach.enrolment_reminder import matter_of
from portal.outreach.reminders import MOST, SHARED_NUMBER, WAIT, waiting
from portal.vocabulary import EntitlementState, MessageState

CALL = Step(Mover.SCHOOL, "短信没有回应：请班主任打电话或家访", 3, "R09")
FIND_NUMBER = Step(Mover.SCHOOL, "没有可用的手机号：请学校补全，或由班主任当面告知", 3, "R09")
UNKNOWN_LASTS = timedelta(hours=24)
MOST_AT_ONCE = 1000


def hand_over(session: Session, now: datetime) -> int:
    """Rows still only matched whose family no message reached, or answered; how many were handed over."""
    term = term_of(local(now).date())
    beside = and_(
        MessagePupil.pupil_id == Entitlement.pupil_id,
        Message.id == MessagePupil.message_id,
        Message.matter == matter_of(term),
    )
    shared = exists().where(beside, Message.state == MessageState.SUPPRESSED, Message.because == SHARED_NUMBER)
    no_number = ~exists().where(Guardian.pupil_id == Entitlement.pupil_id, Guardian.phone_index.is_not(None))
    no_answer = exists().where(
        beside,
        or_(
            Message.state == MessageState.FAILED,
            and_(Message.state == MessageState.UNKNOWN, Message.sent_at < now - UNKNOWN_LASTS),
            and_(Message.step >= MOST, Message.planned_at < now - WAIT),
        ),
    )
    cases = ((FIND_NUMBER, or_(no_number, shared)), (CALL, no_answer))
    done = 0
    for step, case in cases:
        rows = session.scalars(
            select(Entitlement)
            .where(
                Entitlement.term == term.code,
                Entitlement.closed_on.is_(None),
                Entitlement.state == EntitlementState.MATCHED,
                Entitlement.pupil_id.in_(waiting(term)),
                ~exists().where(
                    EntitlementChange.entitlement_id == Entitlement.id, EntitlementChange.next_step == step.words
                ),
                case,
            )
            .limit(MOST_AT_ONCE)
        ).all()
        for row in rows:
            take_step(session, row, row.state, "portal", now, step.words, step)
        done += len(rows)
        session.flush()
    return done
