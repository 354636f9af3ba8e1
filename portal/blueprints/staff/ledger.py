"""台账 as a list: what is due first stands first; any day's list as it was, and what may be done with today's."""

from dataclasses import replace
from datetime import date

from flask import render_template, request
from flask_login import current_user

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import asked_page
from portal.blueprints.staff.presses import PressForm, offered, reasons_at, told
from portal.blueprints.staff.terms import asked_term
from portal.coverage.award_lists import received
from portal.coverage.lists import LedgerFilter, ledger_lines
from portal.coverage.totals import totals
from portal.database import db
from portal.vocabulary import EntitlementState

RAISED = "raised"
SHOWS = {
    # what the address says: what it is called, what it leaves
    "": ("全部", LedgerFilter()),
    "unaided": ("应助未助", LedgerFilter(unaided=True)),
    "missing": ("家长说没收到", LedgerFilter(not_received=True)),
    "aware": ("家庭已知晓", LedgerFilter(aware=True)),
    "unaware": ("家庭还不知道", LedgerFilter(aware=False)),
    "late": ("过了约定日期", LedgerFilter(overdue=True)),
    RAISED: ("上报到本级", LedgerFilter(open_only=True)),
    **{state.value: (state.label, LedgerFilter(state=state)) for state in EntitlementState},
}


def wanted(show: str) -> LedgerFilter:
    """What waits above waits at the level of whoever looks."""
    found = SHOWS[show][1]
    return replace(found, raised_to=current_user.staff.unit.level) if show == RAISED else found


@staff.get("/ledger")
@needs(Permission.SEE_PUPILS)
def ledger() -> str:
    return ledger_page(PressForm(None))


def ledger_page(form: PressForm, refused: str = "") -> str:
    """``refused`` is why the last press did nothing; what was chosen and written is still there."""
    term, today, session, scope = asked_term(), clock.today(), db.session(), current_user.scope
    show, as_of = asked_show(), _asked_day()
    found = totals(session, scope, term.code, today)
    page = ledger_lines(session, scope, term.code, the_catalogue(), today, wanted(show), asked_page(), as_of)
    return render_template(
        "staff/ledger.html",
        page=page,
        totals=found,
        show=show,
        label=SHOWS[show][0],
        states=[(state, found.by_state.get(state.value, 0)) for state in EntitlementState],
        term=term,
        today=today,
        as_of=as_of,
        received=None if as_of else received(session, scope, term.code),
        acts=[] if as_of else offered([line.id for line in page.lines]),
        reasons=reasons_at(),
        done=told(),
        form=form,
        chosen=set(request.form.getlist("row")),
        refused=refused,
    )


def asked_show() -> str:
    show = request.args.get("show", "")
    return show if show in SHOWS else ""


def _asked_day() -> date | None:
    """A day that is over; today's list is the list itself."""
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
    return day if day < clock.today() else None
