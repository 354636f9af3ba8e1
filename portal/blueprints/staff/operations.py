"""发送状况: for whoever keeps the portal running."""

from flask import current_app, render_template

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.reading import sessions
from portal.outreach.operations import operations as look


@staff.get("/operations")
@needs(Permission.SEE_OPERATIONS)
def operations() -> str:
    """Counts of the whole portal and nothing of anybody, so the reach is the portal's own."""
    operators = current_app.extensions["settings"].suppliers.operators
    with sessions()() as everything:
        return render_template("staff/operations.html", seen=look(everything, clock.now(), operators))
