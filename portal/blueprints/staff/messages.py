"""提醒: what was sent to families, in words; what is unknown and left to a person; the sandbox's outbox as phones."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.reading import sessions
from portal.clock import local
from portal.coverage.words import short_day
from portal.database import db
from portal.outreach.lists import count_by_state, phones, recent_messages
from portal.outreach.settling import SHOWN_AFTER, NotUnknown, send_again
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
        undecided_before=clock.now() - SHOWN_AFTER,
        form=Form(),
    )


@staff.post("/messages/<uuid:message_id>/again")
@needs(Permission.SEND_MESSAGES)
def send_message_again(message_id: UUID) -> BaseResponse:
    """Its campaign may be of an office above the officer's, so the portal reads on its own behalf; the scope is his."""
    if Form().validate_on_submit():
        try:
            with sessions().begin() as everything:
                due_at = send_again(everything, current_user.scope, message_id, current_user.actor, clock.now())
        except NotUnknown as refused:
            flash(str(refused))
        else:
            flash(f"已放回待发，{short_day(local(due_at).date())} 9:00 到 20:00 之间发出；家长可能收到两条。")
    return redirect(url_for("staff.messages", state=MessageState.UNKNOWN.value))


@staff.get("/phone")
@needs(Permission.SEE_MESSAGES)
def phone() -> str:
    return render_template("staff/phone.html", phones=phones(db.session(), current_user.scope))
