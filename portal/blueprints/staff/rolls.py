"""名单: who was not found, who fell off, who lives elsewhere, what changed, who is enrolled twice."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.terms import asked_term
from portal.coverage import doubling, rolls
from portal.coverage.rolls import ROLLS
from portal.database import db
from portal.enrolment.doubles import DoubleRefused, doubles_of
from portal.models import DoubleEnrolment


@staff.get("/rolls")
@needs(Permission.SEE_PUPILS)
def all_rolls() -> str:
    session, scope, term = db.session(), current_user.scope, asked_term()
    counts = rolls.counts(session, scope, term.code)
    counted = [(roll, counts[roll.code]) for roll in ROLLS.values()]
    return render_template("staff/rolls.html", counted=counted, term=term)


@staff.get("/rolls/<code>")
@needs(Permission.SEE_PUPILS)
def roll(code: str) -> str:
    session, scope, term = db.session(), current_user.scope, asked_term()
    shown = ROLLS.get(code) or abort(404)
    on = rolls.on_roll(session, scope, shown, term.code)
    paging = Paging.within(asked_page(), sum(on.values()))
    lines = rolls.lines(session, scope, shown, term.code, on, paging.offset, PAGE)
    return render_template(
        "staff/roll.html",
        roll=shown,
        lines=lines,
        paging=paging,
        schools=rolls.named(session, on),
        doubles=doubles_of(session, [line.pupil_id for line in lines], term.code),
        term=term,
    )


@staff.post("/doubles/<uuid:double_id>/leave")
@needs(Permission.SETTLE_DOUBLE)
def leave_school(double_id: UUID) -> BaseResponse:
    session = db.session()
    double = current_user.scope.find(session, DoubleEnrolment, double_id, DoubleEnrolment.school_id)
    try:
        doubling.leave(session, double, current_user.staff, clock.now(), the_catalogue())
    except DoubleRefused as refused:
        flash(str(refused))
    else:
        session.commit()
        flash(f"已记下：孩子不在{double.school.name}，在{double.other_school.name}上学。")
    return redirect(url_for("staff.roll", code="doubles", term=double.term))
