"""提醒与批次: what the calendar proposes, counted before it leaves, let go by one or two people, stopped any time."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as StillRunning
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.reading import draw_soon
from portal.database import db
from portal.models import Campaign
from portal.outreach import campaigns as events
from portal.outreach import deadline_days
from portal.outreach.campaign_lists import ahead, campaigns_of, count_campaigns, counted
from portal.outreach.campaigns import Days
from portal.outreach.drawing_up import CampaignRefused, draw_up, hold
from portal.outreach.pauses import standing_below, standing_on
from portal.outreach.quiet import why_quiet
from portal.outreach.results import count_results, count_states, results
from portal.outreach.sayings import wordings_of
from portal.settings import Settings

PATIENCE = 3
"""Seconds within which most previews are counted."""


class DaysForm(Form):
    starts_on = DateField("开始日期", [InputRequired("请填开始日期")])
    stops_on = DateField("停止日期", [InputRequired("请填停止日期")])


class DeadlineForm(Form):
    because = StringField(
        "为什么非那天发不可", [InputRequired("请写一句为什么"), Length(max=200, message="请不超过200个字")]
    )


@staff.get("/campaigns")
@needs(Permission.SEND_MESSAGES)
def campaigns() -> str:
    session, scope, unit = db.session(), current_user.scope, current_user.staff.unit
    paging = Paging.within(asked_page(), count_campaigns(session, scope))
    return render_template(
        "staff/campaigns.html",
        campaigns=campaigns_of(session, scope, PAGE, paging.offset),
        paging=paging,
        ahead=ahead(clock.today()),
        today=clock.today(),
        paused_here=standing_on(session, unit),
        paused_below=standing_below(session, unit),
        form=Form(),
    )


@staff.get("/campaigns/<uuid:campaign_id>")
@needs(Permission.SEND_MESSAGES)
def campaign(campaign_id: UUID) -> str:
    return _page(_find(campaign_id))


def _page(found: Campaign, form: DaysForm | None = None, deadline_form: DeadlineForm | None = None) -> str:
    session, scope = db.session(), current_user.scope
    failed_only = request.args.get("show") == "failed"
    paging = Paging.within(asked_page(), count_results(session, scope, found, failed_only))
    settings = _settings()
    return render_template(
        "staff/campaign.html",
        campaign=found,
        why_quiet=why_quiet(found.stops_on),
        deadline=deadline_days.asked_for(session, found),
        deadline_form=deadline_form or DeadlineForm(None),
        may_ask=deadline_days.may_be_asked(found, clock.today()),
        counted=counted(found, settings.sms_price),
        wordings=wordings_of(session, found),
        approve_above=settings.approve_above,
        form=form or DaysForm(None, starts_on=found.starts_on, stops_on=found.stops_on),
        lines=results(session, scope, found, failed_only, PAGE, paging.offset),
        failed=count_results(session, scope, found, failed_only=True),
        states=count_states(session, scope, found),
        failed_only=failed_only,
        paging=paging,
        today=clock.today(),
    )


@staff.post("/campaigns/<uuid:campaign_id>/days")
@needs(Permission.SEND_MESSAGES)
def change_campaign_days(campaign_id: UUID) -> BaseResponse | tuple[str, int]:
    found, form = _find(campaign_id), DaysForm()
    if form.validate_on_submit():
        hold(db.session(), found)
        try:
            events.change_days(found, Days(form.starts_on.data, form.stops_on.data), clock.today())
        except CampaignRefused as refused:
            form.starts_on.errors = [str(refused)]
        else:
            db.session.commit()
            flash("日期已改。")
            return redirect(url_for("staff.campaign", campaign_id=campaign_id))
    return _page(found, form), 422


@staff.post("/campaigns/<uuid:campaign_id>/draw")
@needs(Permission.SEND_MESSAGES)
def draw_campaign(campaign_id: UUID) -> BaseResponse:
    """A number may stand beside pupils of other schools, so the portal counts on its own behalf, not the officer's."""
    _find(campaign_id)
    by, now, apps = current_user.actor, clock.now(), _settings().suppliers.apps

    def work(session: Session) -> None:
        draw_up(session, session.get_one(Campaign, campaign_id), by, now, apps)

    db.session.rollback()  # no transaction stays open while another thread works
    try:
        draw_soon(work).result(PATIENCE)
    except StillRunning:
        flash("人数较多，正在算；过一会儿刷新这一页。")
    except CampaignRefused as refused:
        flash(str(refused))
    return redirect(url_for("staff.campaign", campaign_id=campaign_id))


@staff.post("/campaigns/<uuid:campaign_id>/submit")
@needs(Permission.SEND_MESSAGES)
def submit_campaign(campaign_id: UUID) -> BaseResponse:
    def submit(found: Campaign) -> str:
        settings, by = _settings(), current_user.actor
        events.submit(db.session(), found, settings.approve_above, by, clock.now(), settings.suppliers.operators)
        return f"已提交。{found.state.label}。"

    return _act(campaign_id, submit)


@staff.post("/campaigns/<uuid:campaign_id>/approve")
@needs(Permission.SEND_MESSAGES)
def approve_campaign(campaign_id: UUID) -> BaseResponse:
    def approve(found: Campaign) -> str:
        events.approve(db.session(), found, current_user.actor, clock.now(), _settings().suppliers.operators)
        return "已批准，到开始日期的 9:00 起发送。"

    return _act(campaign_id, approve)


@staff.post("/campaigns/<uuid:campaign_id>/back")
@needs(Permission.SEND_MESSAGES)
def send_campaign_back(campaign_id: UUID) -> BaseResponse:
    def send_back(found: Campaign) -> str:
        events.send_back(db.session(), found, current_user.actor)
        return "已退回，提交的人可以修改后再提交。"

    return _act(campaign_id, send_back)


@staff.post("/campaigns/<uuid:campaign_id>/stop")
@needs(Permission.SEND_MESSAGES)
def stop_campaign(campaign_id: UUID) -> BaseResponse:
    def stop(found: Campaign) -> str:
        unsent = events.stop(db.session(), found, current_user.actor, clock.now())
        return "已停止，没有发出的都不再发" + (f"，其中 {unsent} 条已经排好" if unsent else "") + "。"

    return _act(campaign_id, stop)


@staff.post("/campaigns/<uuid:campaign_id>/deadline-day")
@needs(Permission.SEND_MESSAGES)
def ask_deadline_day(campaign_id: UUID) -> BaseResponse | tuple[str, int]:
    form = DeadlineForm()
    if not form.validate_on_submit():
        return _page(_find(campaign_id), deadline_form=form), 422

    def ask(found: Campaign) -> str:
        deadline_days.ask(db.session(), found, form.because.data, current_user.actor, clock.now())
        return "已申请截止日例外，等另一位工作人员批准。"

    return _act(campaign_id, ask)


@staff.post("/campaigns/<uuid:campaign_id>/deadline-day/approve")
@needs(Permission.SEND_MESSAGES)
def approve_deadline_day(campaign_id: UUID) -> BaseResponse:
    def approve(found: Campaign) -> str:
        deadline_days.approve(db.session(), found, current_user.actor, clock.now())
        return f"已批准，{found.stops_on} 9:00 到 20:00 照发。"

    return _act(campaign_id, approve)


@staff.post("/campaigns/<uuid:campaign_id>/deadline-day/take-back")
@needs(Permission.SEND_MESSAGES)
def take_back_deadline_day(campaign_id: UUID) -> BaseResponse:
    def take_back(found: Campaign) -> str:
        deadline_days.take_back(db.session(), found, current_user.actor, clock.now())
        return "已撤回，那一天不发。"

    return _act(campaign_id, take_back)


def _act(campaign_id: UUID, act: Callable[[Campaign], str]) -> BaseResponse:
    """``act`` returns what is said when it was done; what it refuses is said just so."""
    found = _find(campaign_id)
    if Form().validate_on_submit():
        hold(db.session(), found)
        try:
            said = act(found)
        except CampaignRefused as refused:
            said = str(refused)
        else:
            db.session.commit()
        flash(said)
    return redirect(url_for("staff.campaign", campaign_id=campaign_id))


def _find(campaign_id: UUID) -> Campaign:
    found: Campaign = current_user.scope.find(db.session(), Campaign, campaign_id, Campaign.unit_id)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
