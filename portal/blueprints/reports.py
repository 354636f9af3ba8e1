"""Where gateways tell what became of a message: ``POST /reports/<gateway>/<secret>``.

Kannel itself knows only GET (docs/decisions/0007).
"""

import hmac

import structlog
from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from portal import clock
from portal.access.tries import count_try
from portal.blueprints.guards import csrf, source
from portal.database import EVERYTHING, db, set_reach
from portal.outreach.delivery import record
from portal.outreach.gateway import DOORS, report_secret

log = structlog.get_logger()

reports = Blueprint("reports", __name__, url_prefix="/reports")
LARGEST = 64 * 1024


@reports.route("/<gateway>/<secret>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
def receive(gateway: str, secret: str) -> Response:
    """A report of a message that is not ours is counted and answered like any other."""
    request.max_content_length = LARGEST
    door = DOORS.get(gateway)
    if door is None or not hmac.compare_digest(secret.encode(), report_secret(gateway).encode()):
        note("wrong address")
        abort(404)
    if request.method not in door.methods:
        abort(405)
    session = db.session()
    set_reach(session, EVERYTHING)
    found = [record(session, gateway, report, clock.now()) for report in door.read(request.values, request.get_data())]
    session.commit()
    if not found or not all(found):
        note("no such message")
    return Response("ok\n", mimetype="text/plain")


def note(what: str) -> None:
    """Who keeps on guessing is told to wait; a gateway that knows its messages never comes here."""
    log.warning("report not taken", because=what)
    try:
        count_try(db.session(), "delivery report", source(), clock.now())
    finally:
        db.session.commit()
