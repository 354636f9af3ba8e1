"""A dispatcher process as ``flask dispatch`` runs it, on a Monday at ten: it must not matter when the tests run."""

import time_machine

from portal.app import create_app
from portal.commands.telling import open_session, open_sessions
from portal.outreach import dispatch
from portal.outreach.gateway import gateways_in_use
from tests.builders import A_MONDAY

if __name__ == "__main__":
    app = create_app()
    with time_machine.travel(A_MONDAY, tick=True), app.app_context():
        gateways = gateways_in_use(open_session(), app.extensions["settings"])
        dispatch.run(open_sessions(), gateways, dispatch.stop_on_signals())
