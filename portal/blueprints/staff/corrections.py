"""家长说信息不对, closed from 今天 in one press where it is alike, and taken back in another."""

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.access.scope import NotInScope
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.presses import PressForm
from portal.blueprints.staff.pupil_acts import SettleForm
from portal.blueprints.staff.terms import asked_term
from portal.blueprints.staff.today import today_page
from portal.database import db
from portal.enrolment.corrections import CorrectionRefused, may_look, settle_alike, settled_with, wait_again
from portal.models import Correction


@staff.post("/corrections/settle")
@needs(Permission.ANSWER_FAMILIES)
def settle_corrections() -> BaseResponse | tuple[str, int]:
    session, form = db.session(), SettleForm()
    if not form.validate_on_submit():
        abort(400)
    said = [_find(one) for one in request.form.getlist("said", type=UUID)]
    try:
        act = settle_alike(session, said, form.answer.data or "", current_user.actor, clock.now())
    except CorrectionRefused as refused:
        session.rollback()
        return today_page(PressForm(None), str(refused)), 422
    session.commit()
    return redirect(url_for("staff.today", term=asked_term().code, settled=act))


@staff.post("/corrections/settled/<uuid:settled_id>/undo")
@needs(Permission.ANSWER_FAMILIES)
def reopen_corrections(settled_id: UUID) -> BaseResponse:
    session = db.session()
    said = settled_with(session, current_user.scope, settled_id)
    if not said:
        raise NotInScope
    try:
        wait_again(session, said, current_user.actor)
        session.commit()
        flash(f"已撤销，{len(said)} 条回到待核实。")
    except CorrectionRefused as refused:
        session.rollback()
        flash(str(refused))
    return redirect(url_for("staff.today", term=asked_term().code))


def _find(said_id: UUID) -> Correction:
    said: Correction = current_user.scope.find(db.session(), Correction, said_id, Correction.school_id)
    if not may_look(said.about, current_user.staff.unit.level):
        raise NotInScope
    return said
