"""孩子的资助: the page of the child whose slip was shown, and what a family says there with one tap."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.check import catalogue
from portal.coverage.child import child_page
from portal.coverage.progress import NotPaidYet, note_answered, note_not_received, note_received
from portal.database import db
from portal.enrolment.confirmation import confirm as confirm_enrolment
from portal.models import Entitlement, Pupil

ASKED_AGAIN = "记下了。县资助中心会查这笔钱到了哪里，2个工作日内答复您。"


def the_pupil() -> Pupil:
    """The one whose slip opened this visit; the database shows no other."""
    pupil: Pupil | None = db.session.get(Pupil, current_user.pupil_id)
    return pupil or abort(404)


def its_row(row_id: UUID) -> Entitlement:
    row = db.session.get(Entitlement, row_id)
    return row if row is not None and row.pupil_id == current_user.pupil_id else abort(404)


def this_term() -> str:
    return clock.term_of(clock.today()).code


def back_to_child() -> Response:
    return redirect(url_for("families.child"))


@families.get("/child")
def child() -> str:
    page = child_page(db.session(), the_pupil(), catalogue(), clock.today())
    return render_template("families/child.html", page=page)


@families.post("/child/confirm")
def confirm() -> Response:
    """孩子在校，需要资助: however often it is tapped there is one confirmation and one receipt."""
    session, pupil, now = db.session(), the_pupil(), clock.now()
    confirm_enrolment(session, pupil, this_term(), in_school=True, wants_aid=True, by="family", now=now)
    note_answered(session, pupil.id, this_term(), in_school=True, wants_aid=True, by="family", now=now)
    session.commit()
    return back_to_child()


@families.post("/child/received/<uuid:row_id>")
def received(row_id: UUID) -> Response:
    try:
        note_received(db.session(), its_row(row_id), "family", clock.now())
    except NotPaidYet as problem:
        flash(str(problem))
    db.session.commit()
    return back_to_child()


@families.get("/child/not-received/<uuid:row_id>")
def not_received(row_id: UUID) -> str:
    """Asked once more, for a slip of the finger sets the county searching."""
    row = its_row(row_id)
    return render_template("families/not_received.html", row=row, policy=catalogue()[row.policy])


@families.post("/child/not-received/<uuid:row_id>")
def say_not_received(row_id: UUID) -> Response:
    try:
        note_not_received(db.session(), its_row(row_id), "family", clock.now())
        flash(ASKED_AGAIN)
    except NotPaidYet as problem:
        flash(str(problem))
    db.session.commit()
    return back_to_child()
