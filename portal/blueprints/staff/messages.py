"""提醒: what was sent to families, in words; and the sandbox's outbox as phones would show it."""

from flask import render_template, request
from flask_login import current_user

from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.database import db
from portal.outreach.lists import count_by_state, phones, recent_messages
from portal.vocabulary import MessageState


@staff.get("/messages")
@needs(Permission.SEE_MESSAGES)
def messages() -> str:
    session, scope = db.session(), current_user.scope
    written = request.args.get("state", "")
    state = MessageState(written) if written in list(MessageState) else None
    counts = count_by_state(session, scope)
    paging = Paging.within(asked_page(), counts[state] if state else sum(counts.values()))
    return render_template(
        "staff/messages.html",
        messages=recent_messages(session, scope, state, PAGE, paging.offset),
        counts=counts,
        state=state,
        paging=paging,
    )


@staff.get("/phone")
@needs(Permission.SEE_MESSAGES)
def phone() -> str:
    return render_template("staff/phone.html", phones=phones(db.session(), current_user.scope))
