"""``/metrics`` for a collector on the same machine; from anywhere else it is not there."""

from flask import Blueprint, Response, abort, current_app, request

from portal import clock
from portal.database import EVERYTHING, db, set_reach
from portal.outreach.operations import as_metrics, operations

metrics = Blueprint("metrics", __name__)

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
"""Whoever comes through a proxy on this machine does not come from this machine."""


@metrics.get("/metrics")
def tell() -> Response:
    if request.remote_addr not in LOOPBACK or any(name in request.headers for name in FORWARDED):
        abort(404)
    set_reach(db.session(), EVERYTHING)
    operators = current_app.extensions["settings"].suppliers.operators
    return Response(as_metrics(operations(db.session(), clock.now(), operators)), mimetype="text/plain")
