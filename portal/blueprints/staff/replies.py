"""家长回复 on 联系记录: dealt with, or found to be somebody else's; and 退订 on a pupil's page, ended at a word."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.database import db
from portal.models import Pupil
from portal.outreach import opt_outs
from portal.outreach.replies import handle


@staff.post("/replies/<uuid:reply_id>")
@needs(Permission.RECORD_CONTACT)
def handle_reply(reply_id: UUID) -> BaseResponse:
    of_family = request.form.get("who") != "stranger"
    handle(db.session(), current_user.scope, reply_id, of_family, current_user.actor, clock.now())
    db.session.commit()
    flash("已记为处理。" if of_family else "已记下：回复的不是家长，改由班主任打电话或上门。")
    return redirect(url_for("staff.contact_tasks"))


@staff.post("/pupils/<uuid:pupil_id>/opt-in")
@needs(Permission.RECORD_CONTACT)
def opt_in(pupil_id: UUID) -> BaseResponse:
    """Said to the officer by the family; whoever presses it stands in the trail."""
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    stood = opt_outs.opt_in(session, pupil, request.form.get("number", ""), current_user.actor, clock.now())
    session.commit()
    flash(_ended(stood))
    return redirect(url_for("staff.pupil", pupil_id=pupil_id))


def _ended(stood: list[str]) -> str:
    if not stood:
        return "这里没有退订要恢复。"
    if any(source != opt_outs.REPLY for source in stood):
        return "已恢复；服务商名单上的，要等家长请运营商恢复了，提醒才到得了。"
    return "已恢复，下一次提醒会发到这里。"
