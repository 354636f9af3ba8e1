"""Where gateways tell what became of a message and what families replied: ``POST /reports/<gateway>/<secret>``.

Kannel itself knows only GET (docs/decisions/0007).
"""

import hmac
from datetime import datetime

import structlog
from flask import Blueprint, abort, current_app, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal import clock
from portal.access.tries import count_try
from portal.blueprints.guards import csrf, source
from portal.database import EVERYTHING, db, set_reach
from portal.outreach import replies
from portal.outreach.delivery import record
from portal.outreach.gateway import door_of, report_secret
from portal.outreach.gateways.doors import Door, NotGenuine, Push
from portal.outreach.gateways.protocol import Report

log = structlog.get_logger()

reports = Blueprint("reports", __name__, url_prefix="/reports")
LARGEST = 256 * 1024


@reports.route("/<gateway>/<secret>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
def receive(gateway: str, secret: str) -> Response:
    """A report of a message that is not ours is counted and answered like any other."""
    request.max_content_length = LARGEST
    door = _door(gateway, secret)
    try:
        arrival = door.open(_push())
    except NotGenuine as problem:
        note(f"not genuine: {problem}")
        abort(403)
    session, now = db.session(), clock.now()
    set_reach(session, EVERYTHING)
    found = [_keep(session, gateway, report, now) for report in arrival.reports]
    for reply in arrival.replies:
        replies.receive(session, gateway, reply, now)
    session.commit()
    if not all(found) or not (found or arrival.replies or arrival.greeting):
        note("no such message")
    return Response(arrival.answer, mimetype="application/json" if arrival.answer.startswith("{") else "text/plain")


def _door(gateway: str, secret: str) -> Door:
    """At an address that its gateway alone was told."""
    door = door_of(gateway, current_app.extensions["settings"])
    if door is None or not hmac.compare_digest(secret.encode(), report_secret(gateway).encode()):
        note("wrong address")
        abort(404)
    if request.method not in door.methods:
        abort(405)
    return door


def _keep(session: Session, gateway: str, report: Report, now: datetime) -> bool:
    """One at a time: a list of them could wait for a dispatcher that settles many messages, and it for the list."""
    found = record(session, gateway, report, now)
    session.commit()
    return found


def _push() -> Push:
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.get_data()  # before the fields: a form would leave nothing of it
    return Push(request.method, request.values, headers, body, clock.now())


def note(what: str) -> None:
    """Who keeps on guessing is told to wait; a gateway that knows its messages never comes here."""
    log.warning("report not taken", because=what)
    try:
        count_try(db.session(), "delivery report", source(), clock.now())
    finally:
        db.session.commit()
