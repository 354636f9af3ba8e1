"""暂停发送: one press stops a school, a county or all below a unit; the next look of every dispatcher sees it."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.database import db
from portal.models import OutreachPause, Unit
from portal.outreach import pauses as events


class PauseForm(Form):
    school = StringField("学校标识码", [Length(max=32, message="代码太长")])
    because = StringField("为什么", [InputRequired("请写一句为什么暂停"), Length(max=100, message="请不超过100个字")])


@staff.post("/pauses")
@needs(Permission.PAUSE_MESSAGES)
def pause() -> BaseResponse:
    form, session = PauseForm(), db.session()
    if form.validate_on_submit():
        unit = _unit(form.school.data or "")
        if unit is None:
            flash(f"没有代码为“{form.school.data}”的学校；请核对后再试，还没有暂停。")
        else:
            events.pause(session, unit.id, form.because.data, current_user.actor, clock.now())
            session.commit()
            flash(f"{unit.name}已暂停发送，一分钟内生效。")
    else:
        flash(next((said[0] for said in form.errors.values()), "请再试一次"))
    return redirect(url_for("staff.campaigns"))


@staff.post("/pauses/<uuid:pause_id>/lift")
@needs(Permission.PAUSE_MESSAGES)
def lift_pause(pause_id: UUID) -> BaseResponse:
    """What a unit above has paused is not for those below to lift."""
    session = db.session()
    standing = current_user.scope.find(session, OutreachPause, pause_id, OutreachPause.unit_id)
    if Form().validate_on_submit():
        events.lift(session, standing, current_user.actor, clock.now())
        session.commit()
        flash("已恢复发送。")
    return redirect(url_for("staff.campaigns"))


def _unit(code: str) -> Unit | None:
    """One's own where no code is given; None for a code that is not theirs, or nobody's."""
    if not code.strip():
        unit: Unit = current_user.staff.unit
        return unit
    try:
        found: Unit = current_user.scope.find_unit(db.session(), code.strip())
    except NotInScope:
        return None
    return found
