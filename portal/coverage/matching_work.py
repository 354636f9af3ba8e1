"""A run of matching worked off part by part, each part a transaction: a killed process loses one part, not the run.

No lease is needed: a part is held by its row's lock, which the database lets go of when the process is gone. Several
processes may work on one run; whoever finds nothing left to take and everything done ends it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.coverage.ledger import open_rows_for
from portal.enrolment.local_standards import catalogue_of
from portal.enrolment.matching_runs import (
    ONE_AT_A_TIME,
    compare_next,
    finish,
    give_up,
    is_whole,
    next_part,
    put_in_place,
    unfinished,
)
from portal.intake.progress import Sessions
from portal.models import MatchPart, MatchRun, StaffMember

ALONE = timedelta(seconds=30)
"""So long whoever began a run has it to itself."""
GIVEN_UP = timedelta(hours=12)
PATIENCE = 300
"""Seconds that whoever changes pairs just now may take before a run ends."""


def work_on(sessions: Sessions, run_id: UUID, now: datetime) -> bool:
    """One part, or the list's taking its place; False when nothing is left here.

    What fails by itself is given up, and the error told; once the list stands, its ledger is tried again.
    """
    try:
        with sessions.begin() as session:
            run = session.get(MatchRun, run_id)
            if run is None or run.finished_at or run.given_up_at:
                return False
            if run.stands_since:
                return _open_next(session, run, now)
            if compare_next(session, run, now):
                return True
        return _put_in_place(sessions, run_id, now)
    except OperationalError:  # the database is away: the scheduler goes on later
        raise
    except Exception:
        with sessions.begin() as session:
            run = session.get_one(MatchRun, run_id)
            if run.stands_since is None:
                give_up(session, run, now)
        raise


def go_on(sessions: Sessions, now: datetime) -> int:
    """With every run that takes longer: whoever began it may be dead, or glad of help; how many there were.

    What never ends is given up. One that fails says so once the others had their turn.
    """
    going_on = select(MatchRun.id, MatchRun.began_at).where(unfinished(), MatchRun.began_at < now - ALONE)
    with sessions.begin() as session:
        found = session.execute(going_on.order_by(MatchRun.began_at)).all()
    failed: list[Exception] = []
    for run_id, began_at in found:
        if began_at < now - GIVEN_UP:
            with sessions.begin() as session:
                give_up(session, session.get_one(MatchRun, run_id), now)
        try:
            while work_on(sessions, run_id, now):
                pass
        except Exception as problem:  # noqa: BLE001 — raised below, after the others
            failed.append(problem)
    if failed:
        raise failed[0]
    return len(found)


def _put_in_place(sessions: Sessions, run_id: UUID, now: datetime) -> bool:
    """False where others still compare, or somebody put it there already."""
    with sessions.begin() as session:
        run = session.get_one(MatchRun, run_id, with_for_update={"of": MatchRun})
        if run.stands_since or run.given_up_at or not is_whole(session, run):
            return bool(run.stands_since)
        session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        put_in_place(session, run, _who_asked(session, run), now)
    return True


def _open_next(session: Session, run: MatchRun, now: datetime) -> bool:
    """The ledger of one part; pairs do not change meanwhile, and whoever changes them waits for no more than a part."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": ONE_AT_A_TIME})
    part = next_part(session, run)
    if part is not None:
        open_rows_for(session, part.pupil_ids, run.term, catalogue_of(session), now, _who_asked(session, run))
        session.delete(part)
        return True
    session.refresh(run, with_for_update={"of": MatchRun})
    if not session.scalar(select(exists().where(MatchPart.run_id == run.id))):
        finish(session, run, now)
    return False


def _who_asked(session: Session, run: MatchRun) -> str:
    staff = run.by_staff_id and session.get(StaffMember, run.by_staff_id)
    return f"staff:{staff.account}" if staff else "command"
