"""文案: the words of all messages with their versions, and an officer's own, refused where they ask for proof."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.terms import current_term
from portal.database import db
from portal.models import Wording
from portal.outreach import campaigns
from portal.outreach.campaigns import Days
from portal.outreach.drawing_up import CampaignRefused
from portal.outreach.messages import all_templates
from portal.outreach.wordings import WordingRefused, latest, name_of, save
from portal.outreach.words import ONE_SEGMENT
from portal.outreach.writing import office_of, signature
from portal.vocabulary import Audience


class WordingForm(Form):
    title = StringField(
        "名称", [InputRequired("请写一个名称，如“家长会”"), Length(max=40, message="名称请不超过40个字")]
    )
    text = TextAreaField("内容", [InputRequired("请写内容"), Length(max=200, message="内容太长")])


class NoticeForm(Form):
    starts_on = DateField("开始日期", [InputRequired("请填开始日期")])
    stops_on = DateField("停止日期", [InputRequired("请填停止日期")])


@staff.get("/wordings")
@needs(Permission.SEND_MESSAGES)
def wordings() -> str:
    return _page(WordingForm(None))


@staff.post("/wordings")
@needs(Permission.SEND_MESSAGES)
def save_wording() -> BaseResponse | tuple[str, int]:
    form, session = WordingForm(), db.session()
    if form.validate_on_submit():
        unit, by = current_user.staff.unit, current_user.actor
        try:
            kept = save(session, unit, form.title.data.strip(), form.text.data, by, clock.now())
        except WordingRefused as refused:
            form.text.errors = refused.faults
            session.commit()  # that it was tried stays in the trail
        else:
            session.commit()
            flash(f"“{kept.title}”第 {kept.version} 版已保存。填日期后成为批次，预览后再发。")
            return redirect(url_for("staff.wordings"))
    return _page(form), 422


@staff.post("/wordings/<uuid:wording_id>/campaign")
@needs(Permission.SEND_MESSAGES)
def make_notice(wording_id: UUID) -> BaseResponse:
    """Own words go to every family alike; there is no way to send them to some."""
    session, form = db.session(), NoticeForm()
    wording = current_user.scope.find(session, Wording, wording_id, Wording.unit_id)
    if not form.validate_on_submit():
        flash("请填开始日期和停止日期。")
        return redirect(url_for("staff.wordings"))
    days = Days(form.starts_on.data, form.stops_on.data)
    unit, by, name = current_user.staff.unit, current_user.actor, name_of(wording)
    try:
        made = campaigns.make(
            session, unit, wording.title, Audience.EVERYONE, name, current_term(), days, by, clock.now()
        )
    except CampaignRefused as refused:
        flash(str(refused))
        return redirect(url_for("staff.wordings"))
    session.commit()
    return redirect(url_for("staff.campaign", campaign_id=made.id))


def _page(form: WordingForm) -> str:
    unit = current_user.staff.unit
    return render_template(
        "staff/wordings.html",
        form=form,
        own=latest(db.session(), unit),
        notice_form=NoticeForm(None),
        templates=all_templates(),
        signature=signature(office_of(unit).name),
        most=ONE_SEGMENT,
    )
