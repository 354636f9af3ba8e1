"""找学生, from every page: whoever is the only one is opened at once. What was asked for stays out of addresses."""

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import audit, clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.clock import term_of
from portal.coverage.looking_up import MOST, look_up
from portal.database import db

LONGEST = 64


@staff.post("/pupils/find")
@needs(Permission.SEE_PUPILS)
def find_pupil() -> str | BaseResponse:
    """The trail tells whom the page showed, by their ids, and never what was asked for."""
    words, session = request.form.get("words", "").strip()[:LONGEST], db.session()
    found = look_up(session, current_user.scope, words, term_of(clock.today()).code) if words else []
    if words:
        audit.record(
            session, current_user.actor, "looked_up",
            unit_id=current_user.staff.unit_id, source=source(), pupils=len(found),
            whose=[str(pupil.id) for pupil in found[:MOST]],
        )  # fmt: skip
        session.commit()
    if len(found) == 1:
        return redirect(url_for("staff.pupil", pupil_id=found[0].id))
    return render_template("staff/looked_up.html", found=found[:MOST], more=len(found) > MOST, asked=bool(words))
