"""比对: run it for the unit and the running term, wait for it, see what came of the last run."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.reading import match_soon
from portal.blueprints.staff.terms import current_term
from portal.clock import SchoolTerm
from portal.coverage.ledger import open_rows
from portal.database import db
from portal.enrolment.local_standards import catalogue_of
from portal.enrolment.matching_runs import ONE_AT_A_TIME, MatchingBusy, run
from portal.models import MatchRun, Unit

PATIENCE = 5.0
"""Seconds within which most schools are done, so that no waiting page is needed."""


@staff.get("/matching")
@needs(Permission.RUN_MATCHING)
def matching() -> str:
    since = request.args.get("since", type=_moment)
    last = _last_run(db.session(), current_user.staff.unit_id)
    fresh = since is not None and last is not None and last.began_at >= since
    waits = since is not None and not fresh
    return render_template(
        "staff/matching.html",
        form=Form(),
        term=current_term(),
        last=last,
        under_way=waits and _is_running(db.session()),
        failed=waits and not _is_running(db.session()),
    )


@staff.post("/matching")
@needs(Permission.RUN_MATCHING)
def run_matching() -> BaseResponse:
    now = clock.now()
    work = _work(current_user.staff.unit_id, current_term(), current_user.actor, now)
    db.session.rollback()  # no transaction stays open while another thread works
    done: Future[None] = match_soon(work)
    try:
        done.result(PATIENCE)
    except StillRunning:
        return redirect(url_for("staff.matching", since=now.isoformat()))
    except MatchingBusy as busy:
        flash(str(busy))
        return redirect(url_for("staff.matching"))
    return redirect(url_for("staff.matching", since=now.isoformat()))


def _work(unit_id: UUID, term: SchoolTerm, by: str, now: datetime) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        made = run(session, session.get_one(Unit, unit_id), term, by, now)
        open_rows(session, made, catalogue_of(session), now, by)

    return work


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment


def _last_run(session: Session, unit_id: UUID) -> MatchRun | None:
    finished = select(MatchRun).where(MatchRun.unit_id == unit_id, MatchRun.finished_at.is_not(None))
    return session.scalars(finished.order_by(MatchRun.began_at.desc())).first()


def _is_running(session: Session) -> bool:
    """Whether somebody holds the lock of all matching, in whichever process."""
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted")
    return bool(session.scalar(held, {"key": ONE_AT_A_TIME}))
