"""A run of matching worked off part by part, each part a transaction: a killed process loses one part, not the run.

No lease is needed: a part is held by its row's lock, which the database lets go of when the process is gone. Several
processes may work on one run; whoever finds nothing left to take and everything done ends it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.coverage.ledger import open_rows
from portal.enrolment.local_standards import catalogue_of
from portal.enrolment.matching_runs import ONE_AT_A_TIME, compare_next, finish, give_up, is_whole, unfinished
from portal.intake.progress import Sessions
from portal.models import MatchPart, MatchRun, StaffMember

LEFT_BEHIND = timedelta(seconds=30)
"""Without a part done for so long, somebody else looks whether the run is still in hands."""
GIVEN_UP = timedelta(hours=12)
PATIENCE = 300
"""Seconds that whoever changes pairs just now may take before a run ends."""


def work_on(sessions: Sessions, run_id: UUID, now: datetime) -> bool:
    """One part, or the end; False when nothing is left here. What fails by itself is given up, and the error told."""
    try:
        with sessions.begin() as session:
            run = session.get(MatchRun, run_id)
            if run is None or run.finished_at or run.given_up_at:
                return False
            if compare_next(session, run, now):
                return True
        return _end(sessions, run_id, now)
    except OperationalError:  # the database is away: the scheduler goes on later
        raise
    except Exception:
        with sessions.begin() as session:
            give_up(session, session.get_one(MatchRun, run_id), now)
        raise


def resume_left_behind(sessions: Sessions, now: datetime) -> int:
    """Go on with what killed processes left; how many runs. What never ends is given up."""
    latest = select(func.max(MatchPart.done_at)).where(MatchPart.run_id == MatchRun.id).scalar_subquery()
    left = select(MatchRun.id, MatchRun.began_at).where(unfinished(), MatchRun.began_at < now - LEFT_BEHIND)
    left = left.where(func.coalesce(latest, MatchRun.began_at) < now - LEFT_BEHIND)
    with sessions.begin() as session:
        found = session.execute(left.order_by(MatchRun.began_at)).all()
    for run_id, began_at in found:
        if began_at < now - GIVEN_UP:
            with sessions.begin() as session:
                give_up(session, session.get_one(MatchRun, run_id), now)
        while work_on(sessions, run_id, now):
            pass
    return len(found)


def _end(sessions: Sessions, run_id: UUID, now: datetime) -> bool:
    """Always False: after it nothing is left to do."""
    with sessions.begin() as session:
        run = session.get_one(MatchRun, run_id, with_for_update={"of": MatchRun})
        if run.finished_at or run.given_up_at or not is_whole(session, run):
            return False
        session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        by = _who_asked(session, run)
        finish(session, run, by, now)
        open_rows(session, run, catalogue_of(session), now, by)
    return False


def _who_asked(session: Session, run: MatchRun) -> str:
    staff = run.by_staff_id and session.get(StaffMember, run.by_staff_id)
    return f"staff:{staff.account}" if staff else "command"
