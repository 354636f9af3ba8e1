"""公示: put up by a school for what is won in a contest; it goes by itself, or earlier when somebody says why."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.terms import current_term
from portal.coverage import public_notices
from portal.coverage.public_notices import COLUMNS, WORKING_DAYS, Notice, NoticeRefused, earliest_end, may_be_public
from portal.database import db
from portal.models import PublicNotice


class NoticeForm(Form):
    policy = SelectField("公示哪一项")
    names = TextAreaField("名单")
    starts_on = DateField("哪天开始", [InputRequired("请写开始的日期")])
    ends_on = DateField("最后一天", [InputRequired("请写最后一天")])


class DownForm(Form):
    because = StringField("为什么提前撤下")


@staff.get("/notices")
@needs(Permission.SEE_PUPILS)
def all_notices() -> str:
    return _page(_blank())


@staff.post("/notices")
@needs(Permission.PUT_UP_NOTICE)
def put_up_notice() -> BaseResponse | tuple[str, int]:
    session, form = db.session(), _with_policies(NoticeForm())
    if not form.validate_on_submit():
        return _page(form), 422
    wanted = Notice(form.policy.data, current_term(), form.names.data or "", form.starts_on.data, form.ends_on.data)
    unit, who = current_user.staff.unit, current_user.staff
    try:
        public_notices.put_up(session, unit, wanted, the_catalogue(), who, clock.now())
    except NoticeRefused as refused:
        return _page(form, str(refused)), 422
    session.commit()
    flash("已张贴。到期自动撤下，名单同时删除。")
    return redirect(url_for("staff.all_notices"))


@staff.post("/notices/<uuid:notice_id>/take-down")
@needs(Permission.TAKE_DOWN_NOTICE)
def take_down_notice(notice_id: UUID) -> BaseResponse:
    session = db.session()
    notice: PublicNotice = current_user.scope.find(session, PublicNotice, notice_id, PublicNotice.unit_id)
    try:
        public_notices.take_down(session, notice, DownForm().because.data or "", current_user.staff, clock.now())
    except NoticeRefused as refused:
        flash(str(refused))
    else:
        session.commit()
        flash("已撤下，名单已删除。")
    return redirect(url_for("staff.all_notices"))


def _blank() -> NoticeForm:
    today = clock.today()
    return _with_policies(NoticeForm(None, starts_on=today, ends_on=earliest_end(today)))


def _with_policies(form: NoticeForm) -> NoticeForm:
    taught = set(current_user.staff.unit.stages)
    public = [policy for policy in the_catalogue().policies if may_be_public(policy) and policy.stages & taught]
    form.policy.choices = choices({policy.code: policy.name for policy in public})
    return form


def _page(form: NoticeForm, refused: str = "") -> str:
    session, scope = db.session(), current_user.scope
    paging = Paging.within(asked_page(), public_notices.count(session, scope))
    return render_template(
        "staff/notices.html",
        notices=public_notices.all_of(session, scope, paging.offset, PAGE),
        catalogue=the_catalogue(),
        paging=paging,
        form=form,
        refused=refused,
        columns=COLUMNS,
        working_days=WORKING_DAYS,
        today=clock.today(),
    )
