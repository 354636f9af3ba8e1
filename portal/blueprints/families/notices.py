"""公示 to be read by anybody while it is up: name, school and class, and whom to tell of a doubt."""

from uuid import UUID

from flask import Response, abort, make_response, render_template

from portal import clock
from portal.blueprints.catalogue import open_catalogue
from portal.blueprints.families.blueprint import families
from portal.coverage import public_notices
from portal.database import db


@families.get("/notices")
def notices() -> Response:
    standing = public_notices.standing(db.session(), clock.today())
    return _unsearched(render_template("families/notices.html", notices=standing, catalogue=open_catalogue()))


@families.get("/notices/<uuid:notice_id>")
def notice(notice_id: UUID) -> Response:
    session = db.session()
    found = public_notices.find_standing(session, notice_id, clock.today()) or abort(404)
    lines = public_notices.lines_of(session, found)
    policy = open_catalogue()[found.policy]
    return _unsearched(render_template("families/notice.html", notice=found, lines=lines, policy=policy))


def _unsearched(page: str) -> Response:
    """No search engine keeps what is taken down next week."""
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive, nosnippet"
    return response
