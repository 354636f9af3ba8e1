"""台账 as a list: what is due first stands first."""

from flask import render_template, request
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import asked_page
from portal.blueprints.staff.terms import asked_term
from portal.coverage.lists import LedgerFilter, ledger_lines
from portal.coverage.totals import totals
from portal.database import db
from portal.vocabulary import EntitlementState

SHOWS = {
    # what the address says: what it is called, what it leaves
    "": ("全部", LedgerFilter()),
    "unaided": ("应助未助", LedgerFilter(unaided=True)),
    "missing": ("家长说没收到", LedgerFilter(not_received=True)),
    "aware": ("家庭已知晓", LedgerFilter(aware=True)),
    "unaware": ("家庭还不知道", LedgerFilter(aware=False)),
    "late": ("过了约定日期", LedgerFilter(overdue=True)),
    **{state.value: (state.label, LedgerFilter(state=state)) for state in EntitlementState},
}


@staff.get("/ledger")
@needs(Permission.SEE_PUPILS)
def ledger() -> str:
    term, today, session, scope = asked_term(), clock.today(), db.session(), current_user.scope
    show = request.args.get("show", "")
    show = show if show in SHOWS else ""
    found = totals(session, scope, term.code, today)
    return render_template(
        "staff/ledger.html",
        page=ledger_lines(session, scope, term.code, the_catalogue(), today, SHOWS[show][1], asked_page()),
        totals=found,
        show=show,
        label=SHOWS[show][0],
        states=[(state, found.by_state.get(state.value, 0)) for state in EntitlementState],
        term=term,
    )
