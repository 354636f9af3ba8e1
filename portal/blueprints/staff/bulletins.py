"""通报: looked at with today's figures, issued once, read as a page and on paper."""

from pkgutil import resolve_name
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, StringField, TextAreaField

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.sheets import download
from portal.blueprints.staff.terms import asked_term
from portal.clock import SchoolTerm
from portal.coverage.bulletins import BulletinRefused, Draft, digest_of, draft, issue, issued
from portal.coverage.counted import LEFT_OUT
from portal.coverage.small_groups import HIDDEN
from portal.database import db
from portal.models import Bulletin

PAPER = "portal.coverage.bulletin_pdf:pdf_of"
"""By name: fonts and pictures are loaded when the first bulletin is put on paper, not at every start."""


class BulletinForm(Form):
    title = StringField("标题")
    words = TextAreaField("说明（可以不写）")
    seen = HiddenField()


@staff.get("/bulletins")
@needs(Permission.SEE_PUPILS)
def bulletins() -> str:
    return render_template("staff/bulletins.html", bulletins=issued(db.session()))


@staff.get("/bulletins/new")
@needs(Permission.ISSUE_BULLETIN)
def new_bulletin() -> str:
    drawn = _draft()
    return _page(drawn, BulletinForm(title=drawn.title))


@staff.post("/bulletins/new")
@needs(Permission.ISSUE_BULLETIN)
def issue_bulletin() -> BaseResponse | tuple[str, int]:
    form, session, drawn = BulletinForm(), db.session(), _draft()
    if not form.validate_on_submit():
        return _page(drawn, form), 400
    said = (form.seen.data or "", form.title.data or "", form.words.data or "")
    try:
        made = issue(session, drawn, *said, current_user.staff, clock.now())
    except BulletinRefused as refused:
        return _page(drawn, form, str(refused)), 422
    session.commit()
    flash("已印发。数字和文字从现在起谁都不能改；要更正，就再印发一期。")
    return redirect(url_for("staff.bulletin", bulletin_id=made.id))


@staff.get("/bulletins/<uuid:bulletin_id>")
@needs(Permission.SEE_PUPILS)
def bulletin(bulletin_id: UUID) -> str:
    found = _find(bulletin_id)
    whole = digest_of(found) == found.digest
    term = SchoolTerm.parse(found.term)
    return render_template("staff/bulletin.html", bulletin=found, whole=whole, term=term, hidden=HIDDEN + LEFT_OUT)


@staff.get("/bulletins/<uuid:bulletin_id>/paper")
@needs(Permission.SEE_PUPILS)
def bulletin_paper(bulletin_id: UUID) -> Response:
    found = _find(bulletin_id)
    return download(resolve_name(PAPER)(found), f"{found.title}-{found.year}年第{found.number}期.pdf")


def _find(bulletin_id: UUID) -> Bulletin:
    """Whatever the database shows: also what was issued above."""
    found = db.session.get(Bulletin, bulletin_id)
    if found is None:
        raise NotInScope
    return found


def _draft() -> Draft:
    return draft(db.session(), current_user.staff.unit, asked_term(), clock.now())


def _page(drawn: Draft, form: BulletinForm, refusal: str = "") -> str:
    form.seen.data = drawn.digest
    return render_template("staff/bulletin_new.html", drawn=drawn, form=form, refusal=refusal, hidden=HIDDEN + LEFT_OUT)
