"""学期关账: a school sees what hinders it and signs; the offices above see who has not, and may send it back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.terms import asked_term, terms_around
from portal.coverage.closing import (
    ClosingRefused,
    close_term,
    closing_of,
    closings,
    hindering_doubts,
    hindering_rows,
    reopen,
    sent_back,
)
from portal.database import db
from portal.enrolment.waivers import APART
from portal.models import TermClosing, Unit
from portal.vocabulary import UnitLevel


class BackForm(Form):
    because = StringField("为什么退回")


@staff.get("/closing")
@needs(Permission.SEE_PUPILS)
def closing() -> str:
    unit, code = current_user.staff.unit, request.args.get("school", "")
    if unit.level is UnitLevel.SCHOOL:
        return _of_school(unit)
    return _of_school(current_user.scope.find_unit(db.session(), code)) if code else _of_all()


@staff.post("/closing")
@needs(Permission.CLOSE_TERM)
def sign_closing() -> BaseResponse | tuple[str, int]:
    session, term, school = db.session(), asked_term(), current_user.staff.unit
    try:
        close_term(session, school, term, current_user.staff, clock.now(), clock.today())
    except ClosingRefused as refused:
        session.rollback()
        return _of_school(current_user.staff.unit, str(refused)), 422
    session.commit()
    flash(f"{term.label}已关账。")
    return redirect(url_for("staff.closing", term=term.code))


@staff.post("/closing/<uuid:closing_id>/reopen")
@needs(Permission.REOPEN_TERM)
def reopen_closing(closing_id: UUID) -> BaseResponse:
    session = db.session()
    signed: TermClosing = current_user.scope.find(session, TermClosing, closing_id, TermClosing.school_id)
    try:
        reopen(session, signed, BackForm().because.data or "", current_user.staff, clock.now())
    except ClosingRefused as refused:
        flash(str(refused))
    else:
        session.commit()
        flash(f"已退回{signed.school.name}，学校打开“学期关账”就能看到原因。")
    return redirect(url_for("staff.closing", term=signed.term, school=signed.school.code))


def _of_school(school: Unit, refused: str = "") -> str:
    session, term, today = db.session(), asked_term(), clock.today()
    return render_template(
        "staff/closing.html",
        school=school,
        found=closing_of(session, school, term, today),
        rows=hindering_rows(session, school, term, the_catalogue(), today),
        doubts=hindering_doubts(session, school, term),
        sent_back=sent_back(session, school, term),
        form=BackForm(None),
        term=term,
        terms=terms_around(),
        apart=APART.days,
        refused=refused,
    )


def _of_all() -> str:
    term = asked_term()
    found = closings(db.session(), current_user.scope, term, clock.today())
    asked = request.args.get("show", "")
    shown = [
        one for one in found if asked not in ("open", "signed") or (one.closing is not None) == (asked == "signed")
    ]
    return render_template(
        "staff/closings.html",
        lines=shown,
        total=len(found),
        signed=sum(one.closing is not None for one in found),
        asked=asked,
        term=term,
        terms=terms_around(),
    )
