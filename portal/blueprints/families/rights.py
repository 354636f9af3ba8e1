"""我的信息与权利, 经过: see, copy, correct, ask to delete (PIPL 44-47); nothing of it is in an address."""

from flask import Response, flash, render_template
from werkzeug.wrappers import Response as BaseResponse

from portal import audit, clock
from portal.access.households import is_grown_up
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import back_to, the_child, this_term
from portal.blueprints.forms import Form
from portal.blueprints.guards import source
from portal.coverage.history import history_of
from portal.coverage.own_data import answered_by, in_full, shown
from portal.coverage.words import above_words, day_words
from portal.database import db
from portal.enrolment import corrections

ERASURE = "asked_to_erase"
COPY_NAME = "%E6%88%91%E7%9A%84%E4%BF%A1%E6%81%AF.txt"
"""我的信息.txt; the name tells nothing of anybody."""


@families.get("/child/<int:place>/history")
def history(place: int) -> str:
    pupil = the_child(place)
    events = history_of(db.session(), pupil.id, the_catalogue())
    grown_up = is_grown_up(pupil, clock.today())
    return render_template("families/history.html", events=events, place=place, name=pupil.name, grown_up=grown_up)


@families.get("/child/<int:place>/rights")
def rights(place: int) -> str:
    pupil = the_child(place)
    lines = shown(db.session(), pupil)
    by = answered_by(clock.today())
    return render_template("families/rights.html", lines=lines, place=place, name=pupil.name, answered_by=by)


@families.post("/child/<int:place>/copy")
def copy(place: int) -> Response:
    """By POST, so that no address leads to it; that it was taken is in the trail."""
    session, pupil = db.session(), the_child(place)
    text = in_full(session, pupil, the_catalogue())
    audit.record(session, "family", "copied", unit_id=pupil.school_id, pupil_id=pupil.id, source=source())
    session.commit()
    disposition = f"attachment; filename*=UTF-8''{COPY_NAME}"
    return Response("\ufeff" + text, mimetype="text/plain", headers={"Content-Disposition": disposition})


@families.route("/child/<int:place>/erase", methods=["GET", "POST"])
def erase(place: int) -> str | BaseResponse:
    """The county answers in writing; what the law bids keep is not deleted, and the family reads why."""
    form, pupil = Form(), the_child(place)
    by = answered_by(clock.today())
    if not form.validate_on_submit():
        said = {"name": pupil.name, "answered_by": by, "above": above_words(pupil.school)}
        return render_template("families/erase.html", form=form, place=place, **said)
    corrections.record(db.session(), pupil, this_term(), ERASURE, "", "family", clock.now())
    db.session.commit()
    flash(f"记下了。{above_words(pupil.school)}{day_words(by)}前书面答复，您在“经过”里看得到。")
    return back_to(pupil.id)
