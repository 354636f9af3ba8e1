"""核实: the queue by situation, both records side by side, the three answers, and taking an answer back."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal import audit, clock
from portal.access.permissions import REFUSALS, Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import count, staff
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.purposes import SETTLE_FOR
from portal.blueprints.staff.terms import asked_term
from portal.coverage import settling
from portal.database import db
from portal.enrolment import queue
from portal.enrolment.beside import beside
from portal.enrolment.review import ReviewRefused, pairs_of
from portal.enrolment.standing import ANSWERS, DESKS, desk_of
from portal.models import MatchPair
from portal.vocabulary import Answer


class RevealPairForm(Form):
    purpose = SelectField("用途", [InputRequired("请选用途")], choices=SETTLE_FOR)


@staff.get("/review")
@needs(*DESKS)
def review() -> str:
    return _queue()


@staff.post("/review/settle")
@needs(*DESKS)
def settle() -> BaseResponse | tuple[str, int]:
    session = db.session()
    pairs = pairs_of(session, current_user.scope, _chosen())
    _refuse_other_desks(pairs)
    answer = Answer(request.form["answer"]) if request.form.get("answer") in list(Answer) else abort(422)
    try:
        made = settling.settle(session, pairs, answer, current_user.staff, clock.now(), the_catalogue())
    except ReviewRefused as refused:
        session.rollback()
        return _queue(refused=str(refused)), 422
    session.commit()
    return redirect(url_for("staff.review", term=made[0].term, rule=made[0].rule, done=made[0].act_id))


@staff.post("/review/acts/<uuid:act_id>/undo")
@needs(*DESKS)
def undo_settlement(act_id: UUID) -> BaseResponse:
    session = db.session()
    settled = settling.acts_of(session, current_user.scope, act_id)
    term, rule = settled[0].term, settled[0].rule
    try:
        settling.undo(session, settled, current_user.staff, clock.now(), the_catalogue())
    except ReviewRefused as refused:
        session.rollback()
        flash(str(refused))
    else:
        session.commit()
        flash("已撤销，回到待核实。")
    return redirect(url_for("staff.review", term=term, rule=rule))


@staff.get("/review/<uuid:pair_id>")
@needs(*DESKS)
def one_pair(pair_id: UUID) -> str:
    return _one(pair_id, RevealPairForm())


@staff.post("/review/<uuid:pair_id>/reveal")
@needs(Permission.REVEAL)
def reveal_pair(pair_id: UUID) -> str | tuple[str, int]:
    session, form = db.session(), RevealPairForm()
    pair = current_user.scope.find(session, MatchPair, pair_id, MatchPair.school_id)
    if not form.validate_on_submit():
        return _one(pair_id, form), 422
    count("reveal", pair.pupil_id)
    audit.record(
        session, current_user.actor, "revealed",
        unit_id=pair.school_id, pupil_id=pair.pupil_id, source=source(), what="pair", purpose=form.purpose.data,
    )  # fmt: skip
    return _one(pair_id, form, in_full=True)


def _one(pair_id: UUID, form: RevealPairForm, in_full: bool = False) -> str:
    session = db.session()
    found = beside(session, current_user.scope, pair_id, current_user.actor, source(), in_full)
    page = render_template("staff/beside.html", pair=found, form=form, in_full=in_full, answers=ANSWERS[found.desk])
    session.commit()
    return page


def _queue(refused: str = "") -> str:
    session, scope, term, role = db.session(), current_user.scope, asked_term(), current_user.staff.role
    show = request.args.get("show", "")
    shown = {"asked": queue.at_the_bureau, "answered": queue.back_from_the_bureau}.get(show)
    which = shown(term.code) if shown else queue.waiting(role, term.code)
    found = queue.situations(session, scope, which)
    here = next((one for one in found if one.rule == request.args.get("rule")), found[0] if found else None)
    paging = Paging.within(asked_page(), here.count if here else 0)
    done = request.args.get("done", type=UUID)
    return render_template(
        "staff/review.html",
        term=term,
        show=show if shown else "",
        asked_count=queue.count(session, scope, queue.at_the_bureau(term.code)),
        answered_count=queue.count(session, scope, queue.back_from_the_bureau(term.code)),
        situations=found,
        here=here,
        total=sum(one.count for one in found),
        lines=queue.lines(session, scope, which, here.rule, paging.offset, PAGE) if here else [],
        paging=paging,
        answers=ANSWERS[DESKS[here.household]] if here else {},
        done=queue.act(session, scope, done) if done else None,
        lately=queue.settled_lately(session, scope, term.code),
        refused=refused,
    )


def _chosen() -> list[UUID]:
    return request.form.getlist("pair", type=UUID)


def _refuse_other_desks(pairs: list[MatchPair]) -> None:
    for pair in pairs:
        if not current_user.may(desk_of(pair)):
            abort(403, REFUSALS.get(desk_of(pair)))
