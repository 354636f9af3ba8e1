"""首页 and what the portal does with a family's particulars; both open to everybody."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from portal.blueprints.families.answers import forget_answers
from portal.blueprints.families.blueprint import families
from portal.blueprints.families.drawn import drawn_once
from portal.coverage.words import NOTICE_CLAUSE


@families.get("/")
def home() -> Response:
    """Coming back here ends a check: the next person on this phone starts afresh."""
    page = drawn_once((), lambda: render_template("families/home.html", clause=NOTICE_CLAUSE))
    return forget_answers(make_response(page))


@families.get("/privacy")
def privacy() -> str:
    return drawn_once((), lambda: render_template("families/privacy.html"))


@families.get("/privacy/children")
def privacy_children() -> str:
    """The rule of its own that the law wants for children under 14 (PIPL 31)."""
    return drawn_once((), lambda: render_template("families/privacy_children.html"))
