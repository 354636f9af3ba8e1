"""A run of matching worked off part by part, each part a transaction: a killed process loses one part, not the run.

No lease is needed: a part is held by its row's lock, which the database lets go of when the process is gone. Several
processes may work on one run; whoever finds nothing left to take and everything done ends it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.coverage.ledger import open_rows_for
from portal.database import lock
from portal.enrolment.local_standards import catalogue_of
from portal.enrolment.matching_runs import (
    GIVEN_UP,
    ONE_AT_A_TIME,
    compare_next,
    finish,
    give_up,
    is_whole,
    next_part,
    put_in_place,
    unfinished,
)
from portal.enrolment.readable import each_that_opens
from portal.intake.progress import Sessions
from portal.models import MatchPart, MatchRun, StaffMember

ALONE = timedelta(seconds=30)
"""So long whoever began a run has it to itself."""
PATIENCE = 300
"""Seconds that whoever changes pairs just now may take, while a run waits for its turn."""


def work_on(sessions: Sessions, run_id: UUID, now: datetime) -> bool:
    """One part, or the list's taking its place; False when nothing is left here.

    What fails by itself is given up, and the error told; once the list stands, what of its ledger could not be opened
    is tried again.
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
            give_up(session, session.get_one(MatchRun, run_id), now)
        raise


def go_on(sessions: Sessions, now: datetime) -> int:
    """With every run that takes longer: whoever began it may be dead, or glad of help; how many there were.

    What never comes to stand is given up. One that fails says so once the others had their turn.
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
    """False where others still compare, or somebody is putting it there, for minutes.

    Only who finds every part done holds the row: a mere look would keep another from what it is about to do.
    """
    mine = select(MatchRun).where(MatchRun.id == run_id).with_for_update(of=MatchRun, skip_locked=True)
    with sessions.begin() as session:
        if not is_whole(session, session.get_one(MatchRun, run_id)):
            return False
        run = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
        if run is None or run.stands_since or run.given_up_at:
            return bool(run and run.stands_since)
        _wait_for_pairs(session, "pg_advisory_xact_lock")
        put_in_place(session, run, _who_asked(session, run), now)
    return True


def _open_next(session: Session, run: MatchRun, now: datetime) -> bool:
    """The ledger of one part; pairs do not change meanwhile, and whoever changes them waits for no more than a part.

    A part that cannot be opened goes behind all others, and its error is told once none but such are left.
    """
    _wait_for_pairs(session, "pg_advisory_xact_lock_shared")
    failed: dict[UUID, Exception] = {}
    while part := next_part(session, run, MatchPart.id.not_in(failed)):
        try:
            with session.begin_nested():
                _open_rows(session, part, run, now)
            return True
        except OperationalError:
            raise
        except Exception as problem:  # noqa: BLE001 — raised below, unless another part can be opened first
            failed[part.id] = problem
            part.place = _behind_all(session, run)
    if failed:
        raise next(iter(failed.values()))
    lock(session, run)
    if run.finished_at is None and not session.scalar(select(exists().where(MatchPart.run_id == run.id))):
        finish(session, run, now)
    return False


def _open_rows(session: Session, part: MatchPart, run: MatchRun, now: datetime) -> None:
    """The part ends, or waits with those alone who cannot be opened; raises where they are all that is left of it."""

    def rows_of(some: Sequence[UUID]) -> None:
        with session.begin_nested():
            open_rows_for(session, some, run.term, catalogue_of(session), now, _who_asked(session, run))

    _, held = each_that_opens(rows_of, part.pupil_ids)
    if not held:
        session.delete(part)
    elif len(held) < len(part.pupil_ids):
        part.pupil_ids, part.place = list(held), _behind_all(session, run)
    else:
        raise next(iter(held.values()))


def _behind_all(session: Session, run: MatchRun) -> int:
    last = select(func.max(MatchPart.place)).where(MatchPart.run_id == run.id)
    return (session.scalar(last) or 0) + 1


def _wait_for_pairs(session: Session, lock: str) -> None:
    """Longer than a connection usually waits: whoever changes pairs just now may be putting a province's in place."""
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
    session.execute(select(getattr(func, lock)(ONE_AT_A_TIME)))


def _who_asked(session: Session, run: MatchRun) -> str:
    staff = run.by_staff_id and session.get(StaffMember, run.by_staff_id)
    return staff.actor if staff else "command"
