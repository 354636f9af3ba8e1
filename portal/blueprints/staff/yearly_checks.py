"""学年核查: a school looks at everybody on its list and signs; the offices above see who has not."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.terms import asked_term
from portal.coverage import yearly_check
from portal.coverage.yearly_check import CheckRefused, Show
from portal.database import db
from portal.models import Unit
from portal.vocabulary import UnitLevel


@staff.get("/yearly-check")
@needs(Permission.SEE_PUPILS)
def yearly_checks() -> str:
    unit, code = current_user.staff.unit, request.args.get("school", "")
    if unit.level is UnitLevel.SCHOOL:
        return _of_school(unit)
    return _of_school(current_user.scope.find_unit(db.session(), code)) if code else _of_all()


@staff.post("/yearly-check/looks")
@needs(Permission.CHECK_YEARLY)
def look_at_pupils() -> BaseResponse | tuple[str, int]:
    session, school, chosen = db.session(), current_user.staff.unit, request.form.getlist("pupil", type=UUID)
    if not Form().validate_on_submit() or not chosen:
        return _of_school(school, "请先在左边勾选看过的学生"), 422
    number = yearly_check.look(session, school, asked_term(), chosen, current_user.staff, clock.now())
    session.commit()
    flash(f"已记下：看过 {number} 名学生。")
    return redirect(url_for("staff.yearly_checks", term=asked_term().code))


@staff.post("/yearly-check")
@needs(Permission.CHECK_YEARLY)
def sign_year() -> BaseResponse | tuple[str, int]:
    session, school, term = db.session(), current_user.staff.unit, asked_term()
    try:
        yearly_check.sign(session, school, term, current_user.staff, clock.now())
    except CheckRefused as refused:
        session.rollback()
        return _of_school(current_user.staff.unit, str(refused)), 422
    session.commit()
    flash(f"{term.school_year}学年全面核查已签字。")
    return redirect(url_for("staff.yearly_checks", term=term.code))


def _of_school(school: Unit, refused: str = "") -> str:
    session, term, show = db.session(), asked_term(), _show()
    counts = yearly_check.counts(session, school, term)
    paging = Paging.within(asked_page(), counts[show])
    return render_template(
        "staff/yearly_check.html",
        school=school,
        found=yearly_check.check_of(session, school, term),
        counts=counts,
        show=show,
        lines=yearly_check.lines(session, school, term, show, paging.offset, PAGE),
        paging=paging,
        term=term,
        refused=refused,
    )


def _of_all() -> str:
    term = asked_term()
    found = yearly_check.checks(db.session(), current_user.scope, term)
    return render_template("staff/yearly_checks.html", lines=found, term=term)


def _show() -> Show:
    written = request.args.get("show", Show.OPEN.value)
    return Show(written) if written in list(Show) else Show.OPEN
