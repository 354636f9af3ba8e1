"""比对: run it for the unit and the running term, wait for it, see what came of the last run."""

from concurrent.futures import TimeoutError as StillRunning
from contextlib import suppress

from flask import redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.reading import match_soon, sessions
from portal.blueprints.staff.terms import current_term
from portal.database import db
from portal.enrolment.matching_runs import begin_or_join, progress_of, under_way
from portal.models import MatchRun, Unit

PATIENCE = 5.0
"""Seconds within which most schools are done, so that no waiting page is needed."""


@staff.get("/matching")
@needs(Permission.RUN_MATCHING)
def matching() -> str:
    session, term = db.session(), current_term()
    newest = _newest(session, MatchRun.term == term.code)
    going_on = under_way(session, current_user.staff.unit, term, clock.now())
    return render_template(
        "staff/matching.html",
        form=Form(),
        term=term,
        last=_newest(session, MatchRun.stands_since.is_not(None)),
        under_way=going_on is not None,
        stands=newest is not None and newest.stands_since is not None,
        progress=progress_of(session, going_on) if going_on else (0, 0),
        failed=going_on is None and newest is not None and newest.finished_at is None,
    )


@staff.post("/matching")
@needs(Permission.RUN_MATCHING)
def run_matching() -> BaseResponse:
    with sessions().begin() as session:
        unit = session.get_one(Unit, current_user.staff.unit_id)
        run_id = begin_or_join(session, unit, current_term(), current_user.actor, clock.now()).id
    db.session.rollback()  # no transaction stays open while another thread works
    with suppress(StillRunning):
        match_soon(run_id).result(PATIENCE)
    return redirect(url_for("staff.matching"))


def _newest(session: Session, which: ColumnElement[bool]) -> MatchRun | None:
    mine = select(MatchRun).where(MatchRun.unit_id == current_user.staff.unit_id, which)
    return session.scalars(mine.order_by(MatchRun.began_at.desc())).first()
