"""孩子的资助: the children of the visit, the page of each, and what a family says there with one tap."""

from uuid import UUID

from flask import flash, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access.households import is_grown_up
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import back_to, its_row, place_of, the_child, the_page, this_term
from portal.coverage.progress import NotPaidYet, note_answered, note_not_received, note_received
from portal.coverage.steps import NOT_RECEIVED, due_day, settled_by
from portal.coverage.words import NOTICE_CLAUSE, above_words
from portal.database import db
from portal.enrolment.circumstances import county_of
from portal.enrolment.confirmation import confirm as confirm_enrolment

ASKED_AGAIN = "记下了。资助中心去查这笔钱到了哪里，哪天答复、哪天补到，写在下面。"


@families.get("/child")
def child() -> str:
    """With one child its page, with several all of them, each with what is due, paid and missing."""
    if len(current_user.children) == 1:
        return one_child(1)
    pages = [the_page(place + 1) for place in _places()]
    return render_template("families/children.html", pages=pages, clause=NOTICE_CLAUSE)


@families.get("/child/<int:place>")
def one_child(place: int) -> str:
    return render_template("families/child.html", page=the_page(place), place=place)


@families.post("/child/<int:place>/confirm")
def confirm(place: int) -> Response:
    """孩子在校，需要资助: however often it is tapped there is one confirmation and one receipt."""
    session, pupil, now = db.session(), the_child(place), clock.now()
    confirm_enrolment(session, pupil, this_term(), in_school=True, wants_aid=True, by="family", now=now)
    note_answered(session, pupil.id, this_term(), in_school=True, wants_aid=True, by="family", now=now)
    session.commit()
    return back_to(pupil.id)


@families.post("/child/received/<uuid:row_id>")
def received(row_id: UUID) -> Response:
    row = its_row(row_id)
    try:
        note_received(db.session(), row, "family", clock.now())
    except NotPaidYet as problem:
        flash(str(problem))
    db.session.commit()
    return back_to(row.pupil_id)


@families.get("/child/not-received/<uuid:row_id>")
def not_received(row_id: UUID) -> str:
    """Asked once more, for a slip of the finger sets the county searching."""
    row = its_row(row_id)
    answer_by = due_day(NOT_RECEIVED, clock.now())
    return render_template(
        "families/not_received.html",
        row=row,
        policy=the_catalogue().policy_at(row.policy, county_of(row.school), clock.today()),
        place=place_of(row.pupil_id),
        grown_up=is_grown_up(row.pupil, clock.today()),
        above=above_words(row.pupil.school),
        answer_by=answer_by,
        settled_by=settled_by(answer_by),
    )


@families.post("/child/not-received/<uuid:row_id>")
def say_not_received(row_id: UUID) -> Response:
    row = its_row(row_id)
    try:
        note_not_received(db.session(), row, "family", clock.now())
        flash(ASKED_AGAIN)
    except NotPaidYet as problem:
        flash(str(problem))
    db.session.commit()
    return back_to(row.pupil_id)


def _places() -> range:
    return range(len(current_user.children))
