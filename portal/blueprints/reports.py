"""Where gateways tell what became of a message: ``POST /reports/<gateway>/<secret>``."""

from flask import Blueprint

reports = Blueprint("reports", __name__, url_prefix="/reports")
