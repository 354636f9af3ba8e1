"""从名单发提醒: whatever list an officer looks at becomes a campaign, previewed like any other before it leaves."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import Scope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.ledger import SHOWS, wanted
from portal.clock import SchoolTerm, WrongTerm
from portal.coverage.lists import pupils_of
from portal.database import db
from portal.enrolment.lists import pupils_matched
from portal.outreach import campaigns
from portal.outreach.campaigns import MOST_LISTED, Days
from portal.outreach.drawing_up import CampaignRefused
from portal.outreach.reach import pupils_unreached
from portal.vocabulary import Audience, Decision

WITHIN = timedelta(days=14)
MATTERS = {
    audience.value: label
    for audience, label in (
        (Audience.UNCONFIRMED, "请确认在校、要不要资助"),
        (Audience.TO_APPLY, "还有资助要申请一次"),
        (Audience.PAID, "已发放，请看看收到没有"),
    )
}


class SendForm(Form):
    audience = RadioField("说什么事", [InputRequired("请选说什么事")], choices=choices(MATTERS))
    list = StringField("名单")
    show = StringField("筛选")
    term = StringField("学期")


def of_ledger(session: Session, scope: Scope, term: SchoolTerm, show: str) -> tuple[str, list[UUID]]:
    show = show if show in SHOWS else ""
    return f"台账“{SHOWS[show][0]}”", pupils_of(session, scope, term.code, clock.today(), wanted(show), MOST_LISTED)


def of_unreached(session: Session, scope: Scope, term: SchoolTerm, _: str) -> tuple[str, list[UUID]]:
    return "还没告知到的", pupils_unreached(session, scope, term, MOST_LISTED)


def of_matched(session: Session, _: Scope, term: SchoolTerm, show: str) -> tuple[str, list[UUID]]:
    decision = Decision(show) if show in list(Decision) else None
    label = f"比对名单“{decision.label}”" if decision else "比对名单"
    return label, pupils_matched(session, current_user.staff.unit, term.code, decision, MOST_LISTED)


LISTS: dict[str, Callable[[Session, Scope, SchoolTerm, str], tuple[str, list[UUID]]]] = {
    "ledger": of_ledger,
    "matched": of_matched,
    "unreached": of_unreached,
}


@staff.post("/campaigns/from-list")
@needs(Permission.SEND_MESSAGES)
def send_to_list() -> BaseResponse:
    """Only who is on the list now and whose matter it still is will be written to."""
    form, session, now = SendForm(), db.session(), clock.now()
    if not form.validate_on_submit() or form.list.data not in LISTS:
        flash("请选说什么事。")
        return redirect(url_for("staff.campaigns"))
    term = _term(form.term.data or "")
    label, pupils = LISTS[form.list.data](session, current_user.scope, term, form.show.data or "")
    audience, days = Audience(form.audience.data), Days(clock.today(), clock.today() + WITHIN)
    title = f"{label}：{MATTERS[audience.value]}"
    unit, by = current_user.staff.unit, current_user.actor
    try:
        made = campaigns.make(session, unit, title, audience, "", term, days, by, now, pupils)
    except CampaignRefused as refused:
        flash(str(refused))
        return redirect(url_for("staff.campaigns"))
    session.commit()
    return redirect(url_for("staff.campaign", campaign_id=made.id))


def _term(written: str) -> SchoolTerm:
    try:
        return SchoolTerm.parse(written)
    except WrongTerm:
        abort(404)


@staff.context_processor
def matters() -> dict[str, object]:
    """What may be said to a list, for the component below each."""
    return {"list_matters": MATTERS}
