"""台账上的办理: rows are moved in one press from the ledger or from 今天, and moved back in another."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.ledger import asked_show, ledger_page
from portal.blueprints.staff.presses import PressForm
from portal.blueprints.staff.terms import asked_term
from portal.blueprints.staff.today import today_page
from portal.coverage.acts import ACTS
from portal.coverage.pressing import ActRefused, a_press, do, undo
from portal.coverage.reasons import ReasonRefused
from portal.database import db

Page = Callable[[PressForm, str], str]
PAGES: dict[str, tuple[str, Page]] = {
    # where a press came from: the page it leads back to, drawn again where it was refused
    "ledger": ("staff.ledger", ledger_page),
    "today": ("staff.today", today_page),
}


@staff.post("/ledger/acts")
@needs(Permission.MOVE_ROWS)
def move_rows() -> BaseResponse | tuple[str, int]:
    session, form, page = db.session(), PressForm(), PAGES[_from()][1]
    act = ACTS.get(request.form.get("act", "")) or abort(422)
    if act.wants_reason and not current_user.may(Permission.GIVE_REASON):
        abort(403)
    if not form.validate_on_submit():
        return page(form, "预计日期看不懂，请写成 2026-10-15 这样"), 422
    rows = request.form.getlist("row", type=UUID)
    doing = a_press(
        session, current_user.staff, clock.now(), form.words.data or "", form.code.data or "", form.due.data
    )
    try:
        done = do(session, current_user.scope, act, rows, doing)
    except (ActRefused, ReasonRefused) as refused:
        session.rollback()
        return page(form, str(refused)), 422
    session.commit()
    if done.left:
        flash(f"另有 {done.left} 条现在不能这样办，没有动。")
    return redirect(_back(done.id))


@staff.post("/ledger/acts/<uuid:press_id>/undo")
@needs(Permission.MOVE_ROWS)
def undo_press(press_id: UUID) -> BaseResponse:
    session = db.session()
    try:
        restored = undo(session, current_user.scope, press_id, current_user.staff, clock.now())
    except ActRefused as refused:
        session.rollback()
        flash(str(refused))
    else:
        session.commit()
        flash(f"已撤销，{restored} 条台账回到原来的样子。")
    return redirect(_back())


def _from() -> str:
    asked = request.args.get("back", "")
    return asked if asked in PAGES else "ledger"


def _back(done: UUID | None = None) -> str:
    show = asked_show() or None if _from() == "ledger" else None
    return url_for(PAGES[_from()][0], term=asked_term().code, show=show, done=done)
