"""核实双重学籍: the child is not here; unpaid rows go with it to the school where it is (doubles.py)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.ledger import open_rows_for
from portal.coverage.progress import open_rows_of
from portal.coverage.steps import close
from portal.database import lock
from portal.enrolment import doubles
from portal.models import DoubleEnrolment, Pupil, StaffMember
from portal.policies.catalogue import Catalogue

AIDED_THERE = "R12"
"""已享受同类资助，不重复."""


def leave(session: Session, double: DoubleEnrolment, by: StaffMember, now: datetime, catalogue: Catalogue) -> None:
    """Raise DoubleRefused. What was paid stays on record here, and is not paid there again."""
    doubles.leave(session, double, by, now)
    for row in open_rows_of(session, double.pupil_id, double.term):
        lock(session, row)
        if not row.paid_yuan:
            row.retracted = True
            close(
                session, row, row.state, AIDED_THERE, by.actor, now, f"核实双重学籍：在{double.other_school.name}上学"
            )
    session.flush()
    _open_there(session, double, catalogue, by.actor, now)


def _open_there(session: Session, double: DoubleEnrolment, catalogue: Catalogue, by: str, now: datetime) -> None:
    """At once where it lies within reach, else with the next run over there."""
    here = session.get_one(Pupil, double.pupil_id)
    there = session.scalars(
        select(DoubleEnrolment)
        .join(Pupil, Pupil.id == DoubleEnrolment.pupil_id)
        .where(
            DoubleEnrolment.school_id == double.other_school_id,
            DoubleEnrolment.other_school_id == double.school_id,
            DoubleEnrolment.term == double.term,
            Pupil.id_number_index == here.id_number_index,
        )
    ).first()
    if there is not None:
        there.settled_at, there.aided_here = there.settled_at or now, True
        session.flush()
        open_rows_for(session, [there.pupil_id], double.term, catalogue, now, by)
